import Foundation
import ServiceKit

/// All secrets of a deployment, and the files for its servers that follow from them.
struct DeploymentSecrets {
    enum Change: String {
        case made, kept
        /// An address or `.env` that changed with the form of the deployment.
        case changed
    }

    static let definitions = "secrets/definitions.json"
    static let databases = "secrets/databases.sql"
    static let replication = "secrets/replication.sql"
    private static let superuser = "secrets/superuser"
    private static let environment = ".env"

    /// Every user of the broker, and every role of a service and of backups.
    static let users = Topology().users.map(\.name)
    static let roles = Topology.services.flatMap { [$0, "\($0)_owner"] } + ["scratch"]

    private let directory: DeploymentDirectory
    private let wanted: (tls: Bool?, cluster: Bool?)
    private var files: [(name: String, change: Change)] = []

    /// - Parameters:
    ///   - tls: nil for as it is; as is `cluster`.
    init(_ directory: DeploymentDirectory, tls: Bool? = nil, cluster: Bool? = nil) {
        self.directory = directory
        wanted = (tls, cluster)
    }

    /// - Returns: every file, and whether it was written.
    mutating func make() throws -> [(name: String, change: Change)] {
        try refuseUnfinishedRotation()
        // Backups belong to the user of the containers.
        for name in ["secrets", "secrets/broker", "secrets/database", "backups"] {
            try directory.makeDirectory(name)
        }
        try refuseStale(Self.definitions, Self.users.map(Self.brokerFile))
        try refuseStale(Self.databases, Self.roles.map(Self.databaseFile))
        try refuseStale(Self.replication, [Self.databaseFile(DeploymentForm.replicator)])
        // First, because it stores the form of the deployment: the next run finishes an interrupted one.
        let form = try makeEnvironment()
        let broker = try passwords(
            Self.users, in: Self.brokerFile, address: { $0.brokerAddress($1, $2) }, form)
        let database = try passwords(
            Self.roles, in: Self.databaseFile, address: { $0.databaseAddress($1, $2) }, form)
        try keep("secrets/registry-key", .secret) { Secrets.random(Secrets.registryKeyBytes) }
        for service in Topology.services {
            try keep("secrets/\(service)-secret", .secret) {
                Secrets.random(ServiceSecret.byteCount)
            }
        }
        try keep(Self.definitions, .open) { try ServerFiles.definitions(broker) }
        try keep(Self.databases, .open) { ServerFiles.databases(database) }
        // Nobody logs in as the superuser over the network: a password that nobody knows.
        try keep(Self.superuser, .open) {
            ServerFiles.verifier(Secrets.random(Secrets.passwordBytes))
        }
        if form.cluster { try makeCluster(form) }
        if form.tls { try makeCertificates() }
        return files
    }

    static func brokerFile(_ user: String) -> String { "secrets/broker/\(user)" }

    static func databaseFile(_ role: String) -> String { "secrets/database/\(role)" }

    // MARK: The overlays

    private mutating func makeEnvironment() throws -> DeploymentForm {
        let before = try directory.read(Self.environment)
        var file = EnvironmentFile(
            before ?? "# Written by nuanxin init, read by compose. RUN_AS can read the secrets.")
        let present = DeploymentForm(composeFiles: file["COMPOSE_FILE"] ?? "")
        let form = DeploymentForm(
            tls: wanted.tls ?? present.tls, cluster: wanted.cluster ?? present.cluster)
        if before == nil {
            file["RUN_AS"] = "\(directory.owner.user):\(directory.owner.group)"
        }
        // Servers that run as users of their own read their keys as one of this group.
        if form != DeploymentForm(), file["SECRETS_GROUP"] == nil {
            file["SECRETS_GROUP"] = "\(directory.owner.group)"
        }
        // Two processes of reporting cannot share one port.
        if form.cluster, file["HTTP_PORT"] == nil { file["HTTP_PORT"] = "8080-8081" }
        file["COMPOSE_FILE"] = form.composeFiles(after: file["COMPOSE_FILE"])
        try put(Self.environment, .open, file.text, before: before)
        return form
    }

    private mutating func makeCluster(_ form: DeploymentForm) throws {
        let name = DeploymentForm.replicator
        let passwords = try passwords(
            [name], in: Self.databaseFile, .server, address: { $0.databaseAddress($1, $2) }, form)
        try keep(Self.replication, .open) { ServerFiles.replication(passwords[name] ?? "") }
        try keep("secrets/erlang-cookie", .server) { Secrets.random(Secrets.passwordBytes) }
    }

    private mutating func makeCertificates() throws {
        let directory = directory
        let (certificate, key) = ("secrets/tls/authority.pem", "secrets/tls/authority.key")
        try directory.makeDirectory("secrets/tls")
        let issued = Authority.servers.map { "secrets/tls/\($0.name).pem" }
        if let stale = issued.first(where: directory.has) { try refuseStale(stale, [certificate]) }
        if !directory.has(certificate) {
            try keep(key, .secret) { try Authority.key() }
        }
        try keep(certificate, .open) {
            try Authority.certificate(key: directory.location(key))
        }
        for server in Authority.servers {
            let own = "secrets/tls/\(server.name)"
            try keep("\(own).key", .server) { try Authority.key() }
            try keep("\(own).pem", .open) {
                guard directory.has(key) else {
                    throw Settings.Problem(
                        "\(own).pem needs the authority's key: put it back as \(key) for now")
                }
                return try Authority.certificate(
                    for: server.hosts, key: directory.location("\(own).key"),
                    authority: (directory.location(certificate), directory.location(key)))
            }
        }
    }

    // MARK: Files

    @discardableResult
    private mutating func keep(
        _ name: String, _ access: DeploymentDirectory.Access, _ content: () throws -> String
    ) throws -> String {
        let file = try directory.file(name, access, content)
        files.append((name, file.isNew ? .made : .kept))
        return file.content
    }

    private mutating func put(
        _ name: String, _ access: DeploymentDirectory.Access, _ text: String, before: String?
    ) throws {
        if text != before { try directory.replace(name, access, text) }
        files.append((name, before == nil ? .made : text == before ? .kept : .changed))
    }

    /// Addresses with a password, in a file for each user; the passwords come back. An address that `init` has
    /// written for another form of the deployment changes, and one that somebody else has written stays.
    private mutating func passwords(
        _ users: [String], in file: (String) -> String,
        _ access: DeploymentDirectory.Access = .secret,
        address: (DeploymentForm, _ user: String, _ password: String) -> String,
        _ form: DeploymentForm
    ) throws -> [String: String] {
        var passwords: [String: String] = [:]
        for user in users {
            let name = file(user)
            guard let text = try directory.read(name) else {
                let password = Secrets.random(Secrets.passwordBytes)
                passwords[user] = password
                try keep(name, access) { address(form, user, password) }
                continue
            }
            guard let password = SecretAddress(text)?.password else {
                throw Settings.Problem("\(name) holds no address with a password")
            }
            passwords[user] = password
            let isOurs = DeploymentForm.all.contains { address($0, user, password) == text }
            try put(name, access, isOurs ? address(form, user, password) : text, before: text)
        }
        return passwords
    }

    /// A file that follows from secrets and is there before all of them would not know the new ones; looked at before
    /// anything is made, so that trying again finds the same.
    private func refuseStale(_ name: String, _ sources: [String]) throws {
        guard directory.has(name), let missing = sources.first(where: { !directory.has($0) }) else {
            return
        }
        throw Settings.Problem(
            "\(name) is there and \(missing) is not: delete \(name) and run nuanxin init again")
    }

    /// During a rotation, files derived from secrets would be derived from the old ones.
    private func refuseUnfinishedRotation() throws {
        let names = Self.users.map(Self.brokerFile) + Self.roles.map(Self.databaseFile)
        guard let name = names.first(where: { directory.has(SecretRotation.next($0)) }) else {
            return
        }
        throw Settings.Problem(
            "\(name) is being changed: run nuanxin secrets rotate again, which finishes it")
    }
}
