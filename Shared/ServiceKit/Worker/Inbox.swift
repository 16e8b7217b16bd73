internal import Foundation
internal import Messages
internal import Postgres

/// Messages that were decided, by id and origin: publishers choose the ids of commands, and the ids of facts follow from those of
/// their causes, so that a publisher could choose the id of a coming fact. A row is written once, with its answer, in the transaction
/// of its effects. Two workers that decide the same message at the same time collide on the primary
/// key; the second one's batch is run again and finds the answer.
enum Inbox {
    struct Key: Hashable, Comparable {
        let id: UUID
        /// Whether a service has published it.
        let isFact: Bool

        static func < (a: Key, b: Key) -> Bool {
            a.id == b.id ? !a.isFact && b.isFact : a.id < b.id
        }
    }

    struct Entry {
        /// Nil of a query: whoever guesses what was asked must not find it confirmed here.
        let digest: [UInt8]?
        let answer: Answer
    }

    /// In order, which only the index gives without a sort: a plan made while the table was small,
    /// and kept with the prepared statement, would read the whole table ever after.
    static func select(_ ids: [UUID]) -> Statement {
        """
        SELECT id, is_fact, digest, state, facts, code, pointer, expected, outcome, place, until
        FROM inbox WHERE id = ANY(\(ids)) ORDER BY id, is_fact
        """
    }

    static func entries(_ rows: Rows) throws -> [Key: Entry] {
        var entries: [Key: Entry] = [:]
        for row in rows {
            var cursor = row.cursor()
            let key = Key(id: try cursor.next(UUID.self), isFact: try cursor.next(Bool.self))
            let digest = try cursor.next(optional: [UInt8].self)
            var answer = Answer(
                state: Answer.State(rawValue: try cursor.next(Int16.self)) ?? .dead,
                facts: try cursor.next(Int16.self))
            let code = try cursor.next(optional: String.self)
            let pointer = try cursor.next(optional: String.self) ?? ""
            let expected = try cursor.next(optional: String.self) ?? ""
            answer.refusal = code.map {
                Refusal(code: $0, pointer: pointer, expected: expected)
            }
            let state = try cursor.next(optional: String.self)
            let place = try cursor.next(optional: Int.self)
            answer.outcome = state.map { Receipt.Outcome($0, place: place) }
            answer.until = try cursor.next(optional: Timestamp.self)
            entries[key] = Entry(digest: digest, answer: answer)
        }
        return entries
    }

    /// One decision to remember.
    struct Decision {
        let key: Key
        let day: BusinessDate
        let digest: [UInt8]?
        let answer: Answer
    }

    static func insert(_ decisions: [Decision]) -> Statement {
        """
        INSERT INTO inbox (id, is_fact, day, digest, state, facts, code, pointer, expected,
            outcome, place, until)
        SELECT * FROM unnest(
            \(decisions.map(\.key.id)), \(decisions.map(\.key.isFact)),
            \(decisions.map(\.day)), \(decisions.map(\.digest)),
            \(decisions.map(\.answer.state.rawValue)), \(decisions.map(\.answer.facts)),
            \(decisions.map(\.answer.refusal?.code)), \(decisions.map(\.answer.refusal?.pointer)),
            \(decisions.map(\.answer.refusal?.expected)),
            \(decisions.map(\.answer.outcome?.state)), \(decisions.map(\.answer.outcome?.place)),
            \(decisions.map(\.answer.until)))
        """
    }

    /// The decision on a message that was parked or dead before.
    static func decide(_ decisions: [Decision]) -> Statement {
        """
        UPDATE inbox AS i SET state = v.state, facts = v.facts, code = v.code,
               pointer = v.pointer, expected = v.expected, outcome = v.outcome,
               place = v.place, until = v.until
        FROM unnest(
            \(decisions.map(\.key.id)), \(decisions.map(\.key.isFact)),
            \(decisions.map(\.answer.state.rawValue)),
            \(decisions.map(\.answer.facts)), \(decisions.map(\.answer.refusal?.code)),
            \(decisions.map(\.answer.refusal?.pointer)),
            \(decisions.map(\.answer.refusal?.expected)),
            \(decisions.map(\.answer.outcome?.state)), \(decisions.map(\.answer.outcome?.place)),
            \(decisions.map(\.answer.until)))
            AS v(id, is_fact, state, facts, code, pointer, expected, outcome, place, until)
        WHERE i.id = v.id AND i.is_fact = v.is_fact
        """
    }

    /// Rows a purge removes at once. A run goes on while its slice of time lasts.
    private static let purgeChunk: Int64 = 5_000

    /// Forgets messages that are too old to be accepted again, by the day of their own time.
    /// - Parameter needed: finds a row as long as nothing may be forgotten.
    static func purge(days: Int, unless needed: Statement?) -> Job {
        Job("purge-inbox", every: .seconds(1)) { context in
            if let needed, try !context.connection.run(needed).isEmpty { return }
            let horizon = context.now.day.adding(days: -(days + 1))
            _ = try context.connection.run(Trials.purge(before: context.now.adding(days: -days)))
            while try context.connection.run(purge(before: horizon)).affected == purgeChunk,
                !context.shouldYield
            {}
        }
    }

    /// In the order of the days, so that it begins at the end of the index and reads nothing else, whatever the planner believes
    /// about the table.
    static func purge(before day: BusinessDate) -> Statement {
        """
        DELETE FROM inbox WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM inbox WHERE day < \(day) ORDER BY day LIMIT \(purgeChunk)))
        """
    }
}
