internal import Foundation
internal import Messages
internal import Postgres

/// Messages that were decided, by id. A row is written once, with its answer, in the transaction
/// of its effects. Two workers that decide the same message at the same time collide on the primary
/// key; the second one's batch is run again and finds the answer.
enum Inbox {
    struct Entry {
        /// Nil of a query: whoever guesses what was asked must not find it confirmed here.
        let digest: [UInt8]?
        let answer: Answer
    }

    /// In order, which only the index gives without a sort: a plan made while the table was small,
    /// and kept with the prepared statement, would read the whole table ever after.
    static func select(_ ids: [UUID]) -> Statement {
        """
        SELECT id, digest, state, facts, code, pointer, expected
        FROM inbox WHERE id = ANY(\(ids)) ORDER BY id
        """
    }

    static func entries(_ rows: Rows) throws -> [UUID: Entry] {
        var entries: [UUID: Entry] = [:]
        for row in rows {
            var cursor = row.cursor()
            let id = try cursor.next(UUID.self)
            let digest = try cursor.next(optional: [UInt8].self)
            var answer = Answer(
                state: Answer.State(rawValue: try cursor.next(Int16.self)) ?? .dead,
                facts: try cursor.next(Int16.self))
            if let code = try cursor.next(optional: String.self) {
                answer.refusal = Refusal(
                    code: code, pointer: try cursor.next(optional: String.self) ?? "",
                    expected: try cursor.next(optional: String.self) ?? "")
            }
            entries[id] = Entry(digest: digest, answer: answer)
        }
        return entries
    }

    /// One decision to remember.
    struct Decision {
        let id: UUID
        let day: BusinessDate
        let digest: [UInt8]?
        let answer: Answer
    }

    static func insert(_ decisions: [Decision]) -> Statement {
        """
        INSERT INTO inbox (id, day, digest, state, facts, code, pointer, expected)
        SELECT * FROM unnest(
            \(decisions.map(\.id)), \(decisions.map(\.day)), \(decisions.map(\.digest)),
            \(decisions.map(\.answer.state.rawValue)), \(decisions.map(\.answer.facts)),
            \(decisions.map(\.answer.refusal?.code)), \(decisions.map(\.answer.refusal?.pointer)),
            \(decisions.map(\.answer.refusal?.expected)))
        """
    }

    /// The decision on a message that was parked or dead before.
    static func decide(_ decisions: [Decision]) -> Statement {
        """
        UPDATE inbox AS i SET state = v.state, facts = v.facts, code = v.code,
               pointer = v.pointer, expected = v.expected
        FROM unnest(
            \(decisions.map(\.id)), \(decisions.map(\.answer.state.rawValue)),
            \(decisions.map(\.answer.facts)), \(decisions.map(\.answer.refusal?.code)),
            \(decisions.map(\.answer.refusal?.pointer)),
            \(decisions.map(\.answer.refusal?.expected)))
            AS v(id, state, facts, code, pointer, expected)
        WHERE i.id = v.id
        """
    }

    /// Rows a purge removes at once, so that it never holds a worker up.
    private static let purgeChunk: Int64 = 5_000

    /// Forgets messages that are too old to be accepted again, by the day of their own time.
    /// - Parameter needed: finds a row as long as nothing may be forgotten.
    static func purge(days: Int, unless needed: Statement?) -> Job {
        Job("purge-inbox", every: .seconds(60)) { context in
            if let needed, try !context.connection.run(needed).isEmpty { return }
            let now = context.now
            _ = try context.connection.run(
                """
                DELETE FROM inbox WHERE id IN (
                    SELECT id FROM inbox
                    WHERE day < (\(now) AT TIME ZONE 'UTC')::date - \(Int32(days + 1))
                    LIMIT \(purgeChunk))
                """)
        }
    }
}
