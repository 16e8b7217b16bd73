/// The authority of a deployment and the certificates that it gives to the servers, made by `openssl`.
///
/// A certificate is for the names by which our containers call the server, and for `localhost`.
enum Authority {
    /// The authority signs only server certificates, so its key can be offline meanwhile.
    private static let authorityDays = 3_652
    private static let serverDays = 730

    static let servers: [(name: String, hosts: [String])] = [
        ("postgres", ["postgres", "postgres-standby", "localhost"]),
        ("rabbitmq", ["rabbitmq", "rabbitmq-2", "rabbitmq-3", "localhost"]),
    ]

    /// A private key, as PEM.
    static func key() throws -> String {
        try OpenSSL.run(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
    }

    /// The authority's own certificate.
    /// - Parameter key: a file.
    static func certificate(key: String) throws -> String {
        try certificate(
            of: "Nuanxin, authority of a deployment", key, days: authorityDays,
            [
                "basicConstraints = critical, CA:TRUE, pathlen:0",
                "keyUsage = critical, keyCertSign, cRLSign", "subjectKeyIdentifier = hash",
            ])
    }

    /// A server's certificate.
    /// - Parameters:
    ///   - key: the server's own; a file, as are the authority's.
    ///   - authority: the path of the authority's certificate and its key.
    static func certificate(
        for hosts: [String], key: String, authority: (certificate: String, key: String)
    ) throws -> String {
        let names = hosts.map { "DNS:\($0)" }.joined(separator: ", ")
        return try certificate(
            of: hosts[0], key, days: serverDays,
            [
                "basicConstraints = critical, CA:FALSE", "keyUsage = critical, digitalSignature",
                "extendedKeyUsage = serverAuth, clientAuth", "subjectAltName = \(names)",
                "subjectKeyIdentifier = hash", "authorityKeyIdentifier = keyid",
            ], ["-CA", authority.certificate, "-CAkey", authority.key])
    }

    private static func certificate(
        of subject: String, _ key: String, days: Int, _ extensions: [String],
        _ signer: [String] = []
    ) throws -> String {
        let configuration =
            [
                "[req]", "distinguished_name = subject", "prompt = no", "string_mask = utf8only",
                "x509_extensions = extensions", "[subject]", "commonName = \"\(subject)\"",
                "[extensions]",
            ] + extensions
        return try OpenSSL.run(
            [
                "req", "-x509", "-new", "-sha256", "-config", "/dev/stdin", "-key", key, "-days",
                "\(days)",
            ] + signer, input: configuration.joined(separator: "\n") + "\n")
    }
}
