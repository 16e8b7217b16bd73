internal import Foundation
public import Messages
public import Postgres

/// Messages that cannot be handled, kept whole for an operator. The same message again counts up.
public enum DeadLetters {
    struct Entry {
        let examined: Examined
        let refusal: Refusal
    }

    static func insert(_ all: [Entry], at now: Timestamp) -> Statement {
        // One row for each message: a statement may not touch a row twice. In order, so that workers
        // that bury the same messages never deadlock.
        var seen: Set<[UInt8]> = []
        let entries = all.filter { seen.insert($0.examined.digest).inserted }
            .sorted { $0.examined.digest.lexicographicallyPrecedes($1.examined.digest) }
        let intakes = entries.map(\.examined.intake)
        return """
            INSERT INTO dead_letter AS d (digest, message_id, origin, routing_key, publisher,
                reply_to, correlation_id, body, code, pointer, found, expected, first_at, last_at)
            SELECT v.*, \(now), \(now) FROM unnest(
                \(entries.map(\.examined.digest)), \(entries.map(\.examined.id)),
                \(intakes.map(\.origin.rawValue)), \(intakes.map(\.routingKey)),
                \(intakes.map(\.publisher)), \(intakes.map(\.replyTo)),
                \(intakes.map(\.correlationID)), \(intakes.map(\.body)),
                \(entries.map(\.refusal.code)), \(entries.map(\.refusal.pointer)),
                \(entries.map(\.refusal.found)), \(entries.map(\.refusal.expected))) AS v
            ON CONFLICT (digest) DO UPDATE SET times = d.times + 1, last_at = EXCLUDED.last_at,
                code = EXCLUDED.code, pointer = EXCLUDED.pointer, found = EXCLUDED.found,
                expected = EXCLUDED.expected, state = 'open'
            """
    }

    /// The statement by which an operator has dead letters handled again, at once. Those that fail again
    /// are open again. One that has ended a process is tried alone. The body of one that was too large was not kept.
    public static func redrive(_ digests: [[UInt8]], note: String, at now: Timestamp) -> Statement {
        """
        WITH redriven AS (
            UPDATE dead_letter SET state = 'redriven', note = \(note)
            WHERE state = 'open' AND digest = ANY(\(digests))
              AND code <> \(RefusalCode.tooLarge.code) RETURNING *)
        INSERT INTO parked (digest, message_id, origin, routing_key, publisher, reply_to,
            correlation_id, body, attempt, due_at, takes, code)
        SELECT digest, message_id, origin, routing_key, publisher, reply_to, correlation_id, body,
               0, \(now), CASE WHEN code = \(RefusalCode.deliveryLimit.code) THEN 1 ELSE 0 END, code
        FROM redriven
        ON CONFLICT (digest) DO NOTHING
        """
    }
}
