import CPostgres

/// The address of a database, and the limits of a session with it.
public struct PostgresConfiguration: Sendable, CustomStringConvertible {
    /// A `postgresql://` URL; several hosts separated by commas follow a failover by themselves, because a
    /// host that takes no writes is passed over unless the URL has another `target_session_attrs`.
    public let url: String
    let applicationName: String?
    /// How long one host may take to accept the session; rounded up to whole seconds, at least 2.
    let connectTimeout: Duration
    /// The server ends a statement that runs longer (57014).
    public var statementTimeout: Duration?
    /// How long one call waits for all its answers before it gives the connection up. Keep it above
    /// `statementTimeout`, so that a slow statement does not cost the session.
    public var responseTimeout: Duration
    /// After so long without a word, the server is asked over another session whether it is still at work; if not, the session
    /// is given up. Nil for never.
    public var silenceLimit: Duration?

    /// - Throws: F0000 when `url` is not a connection URL; the error does not repeat it.
    public init(
        url: String, applicationName: String? = nil, connectTimeout: Duration = .seconds(10),
        statementTimeout: Duration? = nil, responseTimeout: Duration = .seconds(60)
    ) throws(PostgresError) {
        guard Self.isConnectionURL(url) else {
            throw PostgresError(
                sqlState: .invalidConfiguration, message: "not a postgresql:// connection URL")
        }
        self.url = url
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.responseTimeout = responseTimeout
    }

    /// The URL may hold a password.
    public var description: String { "PostgresConfiguration(…)" }

    /// libpq's keywords in the order they take effect: what stands before `dbname` can be overridden by the
    /// URL, what stands after it overrides the URL.
    var keywords: [(keyword: String, value: String)] {
        var list = [
            ("fallback_application_name", "nuanxin"),
            // With several hosts, the one that accepts writes is the one to follow.
            ("target_session_attrs", "read-write"),
            // A host that is gone is noticed within 25 seconds, also by who waits without a limit.
            ("keepalives_idle", "10"),
            ("keepalives_interval", "5"),
            ("keepalives_count", "3"),
            ("dbname", url),
            // Encrypted GSS sessions hide received bytes from poll().
            ("gssencmode", "disable"),
            ("client_encoding", "UTF8"),
            ("connect_timeout", "\(max(2, connectTimeout.wholeSecondsUp))"),
        ]
        if let applicationName { list.append(("application_name", applicationName)) }
        return list
    }

    private static func isConnectionURL(_ url: String) -> Bool {
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else { return false }
        // libpq's message is dropped: it can quote a part of the password.
        var message: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(message) }
        guard let options = PQconninfoParse(url, &message) else { return false }
        PQconninfoFree(options)
        return true
    }
}

extension Duration {
    var wholeSecondsUp: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }

    /// Whole milliseconds, rounded up.
    var milliseconds: Int64 {
        components.seconds * 1000 + (components.attoseconds + 999_999_999_999_999)
            / 1_000_000_000_000_000
    }
}
