/// Asks the server, over another session, what it does for one that it says nothing to.
///
/// A statement may take minutes, and the way to the server may be cut without a word: both look alike to whoever waits. The
/// server knows. It also ends what holds the session up, if that is another session of the same role and program whose client
/// has been silent in the middle of a transaction: its way may be cut too, and its locks would be held for hours.
struct SilenceProbe {
    enum Finding: String {
        case atWork = "it is at work"
        case waitsForUs = "it waits for us, so the way is cut"
        case sessionGone = "it has no such session"
        case unreachable = "it cannot be reached over another session either"
    }

    /// After so long without a word, the server is asked.
    let limit: Duration
    /// Seconds after which a client that is silent in a transaction is given up, if somebody waits for its locks.
    private let patience: Double
    private let url: String

    /// The longest for the other session to stand, and again for its answer.
    private static let answerTime: Duration = .seconds(3)

    init(_ configuration: PostgresConfiguration, after limit: Duration) {
        self.limit = limit
        patience = 2 * Double(limit.milliseconds) / 1_000
        url = configuration.url
    }

    /// - Parameter session: the number of the server's process.
    func ask(about session: Int32) -> Finding {
        do {
            let connection = try Connection(
                PostgresConfiguration(
                    url: url, applicationName: "nuanxin-probe", connectTimeout: Self.answerTime,
                    responseTimeout: Self.answerTime))
            guard let row = try connection.run(question(session)).first else {
                return .sessionGone
            }
            return try row.decode(Bool.self, at: 0) ? .waitsForUs : .atWork
        } catch let error as PostgresError {
            // A server that has no room for another session is there.
            return error.message.contains("FATAL") ? .atWork : .unreachable
        } catch {
            return .atWork
        }
    }

    /// `ClientRead` is what a session waits for whose client is silent. In the middle of a pipeline it is `active`, and no
    /// time-out of PostgreSQL before version 17 ends it.
    private func question(_ session: Int32) -> Statement {
        """
        WITH cut_off AS MATERIALIZED (
            SELECT h.pid FROM unnest(pg_blocking_pids(\(session))) AS b (pid)
            JOIN pg_stat_activity AS h ON h.pid = b.pid
            JOIN pg_stat_activity AS a ON a.pid = \(session)
            WHERE h.usename = current_user AND h.application_name = a.application_name
              AND h.wait_event = 'ClientRead'
              AND greatest(h.query_start, h.state_change)
                  < clock_timestamp() - make_interval(secs => \(patience))),
        -- Of those alone: a condition could be asked of every session before the others are.
        ended AS MATERIALIZED (SELECT pg_terminate_backend(pid) FROM cut_off)
        SELECT wait_event_type IS NOT DISTINCT FROM 'Client', (SELECT count(*) FROM ended)
        FROM pg_stat_activity WHERE pid = \(session)
        """
    }
}
