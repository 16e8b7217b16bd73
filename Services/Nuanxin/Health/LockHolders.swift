import Foundation
import Postgres

/// Who holds up a service's messages: sessions of its database, other than the service's own, that hold locks of its tables in a
/// transaction that does not end.
struct LockHolders {
    /// A transaction of that many seconds or less is no fault.
    private static let moment = 1.0
    /// The code of messages that wait for a row which another session holds.
    static let code = "row_locked"

    /// What is known of each without special rights: its process id at the server, its user and its program.
    let sessions: [String]

    /// Asks twice, and names the sessions whose transaction was the same both times.
    init(_ service: String, _ connection: Connection) throws {
        let first = try Self.transactions(service, connection)
        guard !first.isEmpty else {
            sessions = []
            return
        }
        Thread.sleep(forTimeInterval: Self.moment)
        let second = try Self.transactions(service, connection)
        sessions = first.filter { second[$0.key] != nil }.map(\.value).sorted()
    }

    /// Sessions by their transaction. Of other roles' sessions the server tells no more than this.
    private static func transactions(
        _ service: String, _ connection: Connection
    ) throws -> [String: String] {
        let rows = try connection.run(
            """
            SELECT DISTINCT l.virtualtransaction, l.pid, coalesce(a.usename::text, ''),
                   coalesce(nullif(a.application_name, ''), 'a program without a name')
            FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE l.granted AND l.locktype = 'relation' AND l.mode <> 'AccessShareLock'
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND l.relation >= 16384 AND l.pid <> pg_backend_pid()
              AND a.application_name NOT LIKE \("nuanxin-\(service)%")
            """)
        return try Dictionary(
            rows.map { row in
                var row = row.cursor()
                let transaction = try row.next(String.self)
                let pid = try row.next(Int32.self)
                let user = try row.next(String.self)
                return (transaction, "\(try row.next(String.self)) of \(user), pid \(pid)")
            }, uniquingKeysWith: { first, _ in first })
    }
}

extension LockHolders {
    /// What waits for whom; nil if nothing waits for a session that is not the service's own.
    static func problem(_ service: String, _ connection: Connection) throws -> String? {
        let rows = try connection.run(
            """
            SELECT (SELECT count(*) FROM parked WHERE code = \(code)),
                   EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                           WHERE NOT l.granted AND a.datname = current_database())
            """)
        let parked = try rows.first?.decode(Int64.self, at: 0) ?? 0
        let isWaiting = try rows.first?.decode(Bool.self, at: 1) ?? false
        guard parked > 0 || isWaiting else { return nil }
        let holders = try LockHolders(service, connection).sessions.joined(separator: ", ")
        guard parked > 0 else {
            return holders.isEmpty ? nil : "its workers wait for a lock held by \(holders)"
        }
        return "\(parked) messages wait for a row "
            + (holders.isEmpty ? "that was held until now" : "held by \(holders)")
    }

    static func findings(_ connections: [String: Connection]) -> [Finding] {
        connections.sorted { $0.key < $1.key }.compactMap { service, connection in
            guard let problem = try? problem(service, connection) else { return nil }
            return Finding(
                place: "locks at \(service)",
                fault: .init(
                    cause: problem,
                    remedy: "end the transaction, or its session: SELECT pg_terminate_backend(pid)")
            )
        }
    }
}
