import Glibc

/// A session with PostgreSQL, confined to the thread that opened it: every entry asserts that.
///
/// Values travel in binary, as many statements as wanted in one round trip. A session that was lost, or that
/// gave no answer in time, is closed at once and stays closed: open another.
public final class Connection {
    /// Where the session's transaction stands after the last call.
    public enum TransactionStatus: Sendable {
        case idle
        case open
        /// A statement of the transaction failed; only ROLLBACK is heard.
        case failed
        /// The session is closed.
        case unknown
    }

    private var link: Link?
    private var cache = StatementCache()
    private let responseTimeout: Duration
    private let thread = pthread_self()

    /// Connects, trying the hosts of the URL in turn, and blocks for as long as that takes.
    public init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        responseTimeout = configuration.responseTimeout
        link = try Link(configuration)
        let settings: [Statement] = [
            ("statement_timeout", configuration.statementTimeout),
            ("lock_timeout", configuration.lockTimeout),
        ].compactMap { name, limit in
            limit.map { "SELECT set_config(\(name), \("\($0.milliseconds)ms"), false)" }
        }
        _ = try pipeline(settings)
    }

    public var isOpen: Bool {
        assertThread()
        return link != nil
    }

    public var transactionStatus: TransactionStatus {
        assertThread()
        return link?.transactionStatus ?? .unknown
    }

    /// Says goodbye to the server. Letting go of the connection does the same.
    public func close() {
        assertThread()
        link = nil
    }

    /// Runs one statement; outside of a transaction block it is a transaction of its own.
    ///
    /// - Parameter timeout: how long to wait for the answer, nil for the configured `responseTimeout`.
    public func run(
        _ statement: Statement, within timeout: Duration? = nil
    ) throws(PostgresError) -> Rows {
        let results = try pipeline([statement], within: timeout)
        return results[0]
    }

    /// Runs statements in one round trip, with one result for each.
    ///
    /// What is outside of a `BEGIN` … `COMMIT` block is one implicit transaction. When a statement fails the
    /// server skips the rest; its error is thrown with its index once all answers are in, and the connection
    /// stays usable: after a `BEGIN` send `ROLLBACK`.
    public func pipeline(
        _ statements: [Statement], within timeout: Duration? = nil
    ) throws(PostgresError) -> [Rows] {
        let link = try openLink()
        guard !statements.isEmpty else { return [] }
        defer { dropIfBroken(link) }
        link.startClock(timeout ?? responseTimeout)
        var pipeline = Pipeline(link)
        try pipeline.send(statements, &cache)
        return try pipeline.receive(statements, &cache)
    }

    /// The longest that `script` waits unless told otherwise: building an index takes its time.
    public static let scriptTimeout = Duration.seconds(600)

    /// Runs several statements separated by semicolons, for migrations; nothing can be bound.
    public func script(
        _ sql: String, within timeout: Duration = scriptTimeout
    ) throws(PostgresError) {
        let link = try openLink()
        defer { dropIfBroken(link) }
        link.startClock(timeout)
        try link.script(sql)
    }

    private func openLink() throws(PostgresError) -> Link {
        assertThread()
        guard let link else {
            throw PostgresError(sqlState: .connectionFailure, message: "the connection is closed")
        }
        return link
    }

    private func dropIfBroken(_ used: Link) {
        if used.isBroken { link = nil }
    }

    private func assertThread() {
        precondition(
            pthread_equal(thread, pthread_self()) != 0, "a Connection used away from its thread")
    }
}

@available(*, unavailable)
extension Connection: Sendable {}
