internal import Foundation
internal import Messages
public import Postgres

/// Messages that cannot be handled, for an operator. The same message again counts up.
///
/// The body is kept, sealed, only of a type that the service takes in. Of everything else there are the
/// digest, the size and the type.
public enum DeadLetters {
    struct Entry {
        let examined: Examined
        let refusal: Refusal
    }

    static func insert(
        _ all: [Entry], _ bodies: KeptBodies, at now: Timestamp
    ) throws -> Statement {
        // One row for each message: a statement may not touch a row twice. In order, so that workers
        // that bury the same messages never deadlock.
        var seen: Set<[UInt8]> = []
        let entries = all.filter { seen.insert($0.examined.digest).inserted }
            .sorted { $0.examined.digest.lexicographicallyPrecedes($1.examined.digest) }
        let intakes = entries.map(\.examined.intake)
        let sealed = try entries.map { try bodies.seal($0.examined) }
        return """
            INSERT INTO dead_letter AS d (digest, message_id, origin, routing_key, publisher,
                reply_to, correlation_id, type, size, body, sealed_on, code, pointer, found, expected,
                first_at, last_at)
            SELECT v.*, \(now), \(now) FROM unnest(
                \(entries.map(\.examined.digest)), \(entries.map(\.examined.id)),
                \(intakes.map(\.origin.rawValue)), \(intakes.map { Examination.plausible($0.routingKey) ?? "" }),
                \(intakes.map(\.publisher)),
                \(intakes.map { $0.receiptQueue == nil ? nil : $0.replyTo }),
                \(entries.map(\.examined.keptCorrelationID)), \(entries.map(\.examined.type)),
                \(intakes.map { Int32(clamping: $0.size) }), \(sealed.map { $0?.body }),
                \(sealed.map { $0?.day }),
                \(entries.map(\.refusal.code)), \(entries.map(\.refusal.keptPointer)),
                \(entries.map(\.refusal.found)), \(entries.map(\.refusal.expected))) AS v
            ON CONFLICT (digest) DO UPDATE SET times = d.times + 1, last_at = EXCLUDED.last_at,
                code = EXCLUDED.code, pointer = EXCLUDED.pointer, found = EXCLUDED.found,
                expected = EXCLUDED.expected, body = EXCLUDED.body,
                sealed_on = EXCLUDED.sealed_on, state = 'open'
            """
    }

    /// The statement by which an operator has dead letters handled again, at once. Those that fail again
    /// are open again. The body moves as it is, sealed; a letter without one stays as it is. One that has ended a process is
    /// tried alone.
    public static func redrive(_ digests: [[UInt8]], note: String) -> Statement {
        """
        WITH letter AS MATERIALIZED (
            SELECT * FROM dead_letter
            WHERE state = 'open' AND digest = ANY(\(digests)) AND body IS NOT NULL FOR UPDATE),
        redriven AS (
            UPDATE dead_letter AS d
            SET state = 'redriven', note = \(note), body = NULL, sealed_on = NULL
            FROM letter AS l WHERE d.digest = l.digest)
        INSERT INTO parked (digest, message_id, origin, routing_key, publisher, reply_to,
            correlation_id, body, sealed_on, attempt, due_at, takes, code)
        SELECT digest, message_id, origin, routing_key, publisher, reply_to, correlation_id, body,
               sealed_on, 0, clock_timestamp(),
               CASE WHEN code = \(RefusalCode.deliveryLimit.code) THEN 1 ELSE 0 END, code
        FROM letter
        ON CONFLICT (digest) DO NOTHING
        """
    }

    /// The statement by which an operator closes dead letters. Their bodies are gone at once.
    public static func discard(_ digests: [[UInt8]], note: String) -> Statement {
        """
        UPDATE dead_letter
        SET state = 'discarded', note = \(note), body = NULL, sealed_on = NULL
        WHERE digest = ANY(\(digests)) AND state = 'open'
        """
    }

    /// The body of a dead letter, for an operator who has the service's secret.
    /// - Returns: nil if there is none, or if its key was destroyed.
    public static func body(
        of digest: [UInt8], _ connection: Connection, _ secret: ServiceSecret
    ) throws -> [UInt8]? {
        let rows = try connection.run(
            """
            SELECT body, sealed_on FROM dead_letter
            WHERE digest = \(digest) AND body IS NOT NULL
            """)
        guard let row = rows.first else { return nil }
        let body = try row.decode([UInt8].self, at: 0)
        let day = try row.decode(BusinessDate.self, at: 1)
        return try KeptBodies(secret, connection).open([(body, day, digest)]).first ?? nil
    }
}
