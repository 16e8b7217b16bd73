import Glibc

/// A session with PostgreSQL, confined to the thread that opened it: every entry asserts that.
///
/// Values travel in binary, as many statements as wanted in one round trip. A session that was lost, or that
/// gave no answer in time, is closed at once and stays closed: open another.
public final class Connection {
    private var link: Link?
    private var cache = StatementCache()
    private let responseTimeout: Duration
    private let thread = pthread_self()

    /// Connects, trying the hosts of the URL in turn, and blocks for as long as that takes.
    public init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        responseTimeout = configuration.responseTimeout
        link = try Link(configuration)
        if let limit = configuration.statementTimeout {
            _ = try run(
                "SELECT set_config('statement_timeout', \("\(limit.milliseconds)ms"), false)")
        }
    }

    /// Called about once a second while answers are awaited, and between them. It must not use this connection.
    public var whileWaiting: (() -> Void)? {
        get { link?.whileWaiting }
        set { link?.whileWaiting = newValue }
    }

    public var isOpen: Bool {
        assertThread()
        return link != nil
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
        let results = try pipeline([statement], within: timeout ?? responseTimeout)
        return results[0]
    }

    /// Runs statements in one round trip, with one result for each.
    ///
    /// Statements outside of a `BEGIN` … `COMMIT` block are one implicit transaction. When a statement fails, the server skips
    /// the rest. Its error is thrown with its index once all answers are in. The connection stays usable: after a `BEGIN` send
    /// `ROLLBACK`.
    public func pipeline(_ statements: [Statement]) throws(PostgresError) -> [Rows] {
        try pipeline(statements, within: responseTimeout)
    }

    private func pipeline(
        _ statements: [Statement], within timeout: Duration
    ) throws(PostgresError) -> [Rows] {
        let link = try openLink()
        guard !statements.isEmpty else { return [] }
        defer { dropIfBroken(link) }
        link.startClock(timeout)
        var pipeline = Pipeline(link)
        try pipeline.send(statements, &cache)
        return try pipeline.receive(statements, &cache)
    }

    /// The longest that `script` waits: building an index takes its time.
    private static let scriptTimeout = Duration.seconds(600)

    /// Runs several statements separated by semicolons, for migrations; nothing can be bound.
    public func script(_ sql: String) throws(PostgresError) {
        let link = try openLink()
        defer { dropIfBroken(link) }
        link.startClock(Self.scriptTimeout)
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
