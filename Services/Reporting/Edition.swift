import Messages
import Postgres
import ServiceKit

/// The changed cells of one programme in a dataset, written, protected and audited by one transaction.
struct Edition {
    let dataset: String
    let programme: String

    /// How many times longer than it took to write the last edition is waited for the next.
    private static let restFactor = 5

    /// Writes the next edition, or holds it back if what it hides could be known too well.
    /// - Parameter isResting: whether programmes rest after an edition.
    /// - Returns: how many cells were looked at; nil if nothing has changed that may be written.
    static func write(
        _ connection: Connection, now: Timestamp, threshold: Int64, isResting: Bool
    ) throws -> Int? {
        let start = ContinuousClock.now
        _ = try connection.pipeline([
            "BEGIN", Summaries.lock,
        ])
        do {
            guard let edition = try next(connection, now: now) else {
                _ = try connection.run("COMMIT")
                return nil
            }
            let count = try edition.write(connection, now, threshold)
            if isResting { try edition.rest(ContinuousClock.now - start, connection, now) }
            _ = try connection.run("COMMIT")
            return count
        } catch {
            _ = try? connection.run("ROLLBACK")
            throw error
        }
    }

    /// The one that has waited longest, of those that may be written.
    private static func next(_ connection: Connection, now: Timestamp) throws -> Edition? {
        try connection.run(
            """
            SELECT c.dataset, c.programme
            FROM (SELECT DISTINCT dataset, programme FROM changed) c
            LEFT JOIN edition_turn t USING (dataset, programme)
            WHERE coalesce(t.next_at <= \(now), true)
              AND NOT EXISTS (SELECT FROM rebuild WHERE held_until > \(now))
            ORDER BY t.next_at NULLS FIRST, c.dataset, c.programme LIMIT 1
            """
        ).first.map {
            Edition(
                dataset: try $0.decode(String.self, at: 0),
                programme: try $0.decode(String.self, at: 1))
        }
    }

    /// A programme rests several times as long as its edition took.
    private func rest(_ took: Duration, _ connection: Connection, _ now: Timestamp) throws {
        let pause = (took * Self.restFactor).components
        let next = Timestamp(
            microseconds: now.microseconds + pause.seconds * 1_000_000
                + pause.attoseconds / 1_000_000_000_000)
        _ = try connection.run(
            """
            INSERT INTO edition_turn AS t (dataset, programme, next_at)
            VALUES (\(dataset), \(programme), \(next))
            ON CONFLICT (dataset, programme) DO UPDATE SET next_at = EXCLUDED.next_at
            """)
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
