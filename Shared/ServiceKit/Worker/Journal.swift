internal import Foundation
internal import Messages
internal import Postgres

/// A worker's part of the journal: it alone writes and publishes rows of its owner number, in order.
final class Journal {
    let owner: Int32
    private(set) var end = JournalEnd()

    /// Becomes a new owner for as long as this database session lives.
    init(_ connection: Connection) throws {
        // The lock is taken before the row can be seen: nobody may take a newborn for a dead one.
        _ = try connection.run("BEGIN")
        let rows = try connection.run("INSERT INTO journal_owner DEFAULT VALUES RETURNING owner")
        guard let row = rows.first else { throw JournalError.noOwner }
        owner = try row.decode(Int32.self, at: 0)
        _ = try connection.run("SELECT pg_advisory_lock(\(OwnerLock.space), \(owner))")
        _ = try connection.run("COMMIT")
    }

    enum JournalError: Error { case noOwner }

    /// A fact with the position it will have if the batch commits, and the end of the journal then.
    struct Entry {
        let end: JournalEnd
        let id: UUID
        let type: String
        let subject: String
        let sequence: Int64
        let cause: UUID
        /// Of the message that led to it.
        let publisher: String?
        let body: [UInt8]

        var position: Int64 { end.position }
    }

    static func insert(_ entries: [Entry], owner: Int32, at time: Timestamp) -> Statement {
        """
        INSERT INTO journal
            (owner, position, id, type, subject, sequence, cause, publisher, time, body)
        SELECT \(owner), e.position, e.id, e.type, e.subject, e.sequence, e.cause,
               e.publisher, \(time), e.body
        FROM unnest(\(entries.map(\.position)), \(entries.map(\.id)), \(entries.map(\.type)),
                    \(entries.map(\.subject)), \(entries.map(\.sequence)), \(entries.map(\.cause)),
                    \(entries.map(\.publisher)), \(entries.map(\.body)))
             AS e(position, id, type, subject, sequence, cause, publisher, body)
        """
    }

    func committed(_ end: JournalEnd) { self.end = end }

    static func publication(
        _ owner: Int32, _ position: Int64, id: UUID, type: String, cause: UUID, body: [UInt8]
    ) -> Publication {
        Publication(
            exchange: "nuanxin.facts", routingKey: type, id: id, type: type,
            correlationID: cause.uuidString.lowercased(), body: body,
            journal: JournalPosition(owner: owner, position: position))
    }

    /// The statement that notes how far the broker has confirmed.
    static func write(_ positions: [Int32: Int64]) -> Statement {
        """
        UPDATE journal_owner AS o SET published = greatest(o.published, v.published)
        FROM unnest(\(Array(positions.keys)), \(Array(positions.values))) AS v(owner, published)
        WHERE o.owner = v.owner
        """
    }
}

/// The advisory lock that an owner holds while its session lives.
enum OwnerLock {
    /// Keeps these locks apart from others.
    static let space: Int32 = 0x6E78
}

/// Publishes what owners left behind that no longer live: their session is gone, so their lock is free.
enum TakeOver {
    private static let chunk: Int64 = 1_000

    /// - Returns: how many rows were published.
    @discardableResult
    static func run(
        _ connection: Connection, _ outlet: JobOutlet, except own: Int32
    ) throws -> Int {
        let owners = try connection.run(
            """
            WITH living AS MATERIALIZED (
                SELECT owner FROM journal_owner WHERE NOT is_closed AND owner <> \(own))
            SELECT owner FROM living WHERE pg_try_advisory_lock(\(OwnerLock.space), owner)
            """)
        var count = 0
        for row in owners {
            let owner = try row.decode(Int32.self, at: 0)
            defer {
                _ = try? connection.run("SELECT pg_advisory_unlock(\(OwnerLock.space), \(owner))")
            }
            count += try publish(owner, connection, outlet)
        }
        return count
    }

    private static func publish(
        _ owner: Int32, _ connection: Connection, _ outlet: JobOutlet
    ) throws -> Int {
        var count = 0
        while true {
            let rows = try connection.run(
                """
                SELECT j.position, j.id, j.type, j.cause, j.body
                FROM journal j JOIN journal_owner o ON o.owner = j.owner
                WHERE j.owner = \(owner) AND j.position > o.published
                ORDER BY j.position LIMIT \(chunk)
                """)
            var last: Int64 = 0
            for row in rows {
                last = try row.decode(Int64.self, at: 0)
                outlet.publish(
                    Journal.publication(
                        owner, last, id: try row.decode(UUID.self, at: 1),
                        type: try row.decode(String.self, at: 2),
                        cause: try row.decode(UUID.self, at: 3),
                        body: try row.decode([UInt8].self, at: 4)))
                count += 1
            }
            guard last > 0 else { break }
            try outlet.flush()
            CrashPoint.beforePosition.pass()
            _ = try connection.run(Journal.write([owner: last]))
        }
        _ = try connection.run("UPDATE journal_owner SET is_closed = true WHERE owner = \(owner)")
        return count
    }
}
