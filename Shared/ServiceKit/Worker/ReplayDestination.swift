public import Messages
public import Postgres

/// The receiver of a journal that is sent again.
public enum ReplayDestination: Hashable, Sendable, CustomStringConvertible {
    /// Reporting alone, which has begun anew.
    case rebuild
    /// Every service that takes in such facts. `nuanxin restore` asks for it, because databases were restored.
    case everybody
    /// One service, which may have most of it.
    case service(String)

    /// The reverse of `description`.
    public init(_ text: String) {
        switch text {
        case "rebuild": self = .rebuild
        case "everybody": self = .everybody
        default: self = .service(text)
        }
    }

    public var description: String {
        switch self {
        case .rebuild: "rebuild"
        case .everybody: "everybody"
        case .service(let name): name
        }
    }

    var exchange: String {
        switch self {
        case .rebuild: Topology.replay(to: "reporting")
        case .everybody: "nuanxin.facts"
        case .service(let name): Topology.replay(to: name)
        }
    }

    /// The types of the facts that are sent.
    var types: [String] {
        switch self {
        case .rebuild: Subscriptions.facts(of: "reporting").map { $0.type }
        case .everybody: Topology.consumers.keys.sorted()
        case .service(let name): Subscriptions.facts(of: name).map { $0.type }
        }
    }
}

/// A replay that an operator asks for, in the database of the service whose journal it is.
public struct RequestedReplay: Sendable {
    public let destination: ReplayDestination
    private let first: Timestamp?

    /// - Parameter first: the time of the first fact that is sent; nil for the whole journal.
    public init(to destination: ReplayDestination, from first: Timestamp?) {
        self.destination = destination
        self.first = first
    }

    /// Asks the service to send, in one transaction.
    /// - Returns: how many facts it will send; nil if a replay to the same receiver goes on.
    public func start(_ connection: Connection) throws -> Int64? {
        _ = try connection.run("BEGIN")
        do {
            // Two operators may ask at once.
            _ = try connection.run("LOCK TABLE replay IN SHARE ROW EXCLUSIVE MODE")
            guard try progress(connection).isOver else {
                _ = try connection.run("ROLLBACK")
                return nil
            }
            _ = try connection.run(
                "DELETE FROM replay WHERE destination = \(destination.description)")
            let count = try connection.run(insert).first?.decode(Int64.self, at: 0)
            _ = try connection.run("COMMIT")
            return count ?? 0
        } catch {
            if connection.isOpen { _ = try? connection.run("ROLLBACK") }
            throw error
        }
    }

    private var insert: Statement {
        """
        WITH part AS (
            SELECT owner, coalesce(min(position) FILTER (WHERE time >= \(first)), 1) AS first,
                   max(position) AS last,
                   count(*) FILTER (WHERE type = ANY(\(destination.types))
                                      AND (time >= \(first) OR \(first) IS NULL)) AS facts
            FROM journal GROUP BY owner
        ), asked AS (
            INSERT INTO replay (owner, destination, sent, until)
            SELECT owner, \(destination.description), first - 1, last FROM part WHERE facts > 0)
        SELECT coalesce(sum(facts), 0)::bigint FROM part
        """
    }

    /// Positions of the journal that were passed, and all that are to be passed.
    public struct Progress: Equatable, Sendable {
        public var passed: Int64 = 0
        public var all: Int64 = 0
        public var isOver: Bool { passed == all }
    }

    public func progress(_ connection: Connection) throws -> Progress {
        let rows = try connection.run(
            """
            SELECT coalesce(sum(sent), 0)::bigint, coalesce(sum(until), 0)::bigint FROM replay
            WHERE destination = \(destination.description)
            """)
        guard let row = rows.first else { return Progress() }
        return Progress(
            passed: try row.decode(Int64.self, at: 0), all: try row.decode(Int64.self, at: 1))
    }
}
