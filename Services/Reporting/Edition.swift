import Messages
import Postgres
import ServiceKit

/// The changed cells of one programme in a dataset, written, protected and audited by one transaction.
struct Edition {
    let dataset: String
    let programme: String

    /// Writes the next edition, or holds it back if what it hides could be known too well.
    /// - Returns: how many cells were looked at; nil if nothing has changed.
    static func write(
        _ connection: Connection, now: Timestamp, threshold: Int64
    ) throws -> Int? {
        _ = try connection.pipeline([
            "BEGIN", Summaries.withoutJIT, Summaries.lock,
        ])
        do {
            guard let edition = try next(connection, now: now) else {
                _ = try connection.run("COMMIT")
                return nil
            }
            let count = try edition.write(connection, now, threshold)
            _ = try connection.run("COMMIT")
            return count
        } catch {
            _ = try? connection.run("ROLLBACK")
            throw error
        }
    }

    /// In turn, so that none waits for ever.
    private static func next(_ connection: Connection, now: Timestamp) throws -> Edition? {
        try connection.run(
            """
            UPDATE edition_turn SET dataset = n.dataset, programme = n.programme
            FROM (
                SELECT c.dataset, c.programme FROM changed c CROSS JOIN edition_turn t
                WHERE NOT EXISTS (SELECT FROM rebuild WHERE held_until > \(now))
                ORDER BY (c.dataset, c.programme) <= (t.dataset, t.programme), c.dataset, c.programme
                LIMIT 1) n
            RETURNING n.dataset, n.programme
            """
        ).first.map {
            Edition(
                dataset: try $0.decode(String.self, at: 0),
                programme: try $0.decode(String.self, at: 1))
        }
    }

    private func write(
        _ connection: Connection, _ now: Timestamp, _ threshold: Int64
    ) throws -> Int {
        let results = try connection.pipeline([
            "SAVEPOINT edition", Held.takeBack(self), Summaries.markLater(dataset, programme),
            Summaries.writeStatement(now, dataset: dataset, programme: programme),
        ])
        guard let row = results[3].first else { return 0 }
        let count = Int(try row.decode(Int64.self, at: 0))
        guard let number = try row.decode(optional: Int64.self, at: 1) else {
            try Held.forgetReasons(self, connection)
            return count
        }
        let exposed = try Protection.protect(
            self, number, threshold: threshold, connection)
        if exposed.isEmpty {
            try Held.forgetReasons(self, connection)
        } else {
            _ = try connection.run("ROLLBACK TO SAVEPOINT edition")
            try Held.hold(self, exposed, connection, now)
        }
        return count
    }
}
