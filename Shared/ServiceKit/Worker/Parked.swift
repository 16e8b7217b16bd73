internal import Foundation
internal import Messages
internal import Postgres

/// Messages that wait for their next attempt or for a row to appear. They wait in the database, so they survive a crash
/// and do not block the queue.
enum Parked {
    /// Due messages a worker takes at once, and the bytes of their bodies above which no more are taken.
    static let chunk: Int64 = 200
    private static let chunkBytes: Int64 = 1 << 20

    struct Entry {
        let examined: Examined
        let attempt: Int
        let due: Timestamp
        let waitsFor: UUID?
        let code: String
    }

    /// Seconds for which a message is left to the worker that has taken it.
    private static let patience = 10

    /// Takes messages that are due. One that was taken before, and is still there, is suspect: the worker that took it may be
    /// gone because of it. `claim` decides if that worker is only slow.
    static func due(_ now: Timestamp) -> Statement {
        """
        UPDATE parked SET takes = takes + 1, taken_at = \(now)
        WHERE digest = ANY (ARRAY(
            SELECT digest FROM (
                SELECT digest, sum(octet_length(body)) OVER (ORDER BY due_at, digest)
                       - octet_length(body) AS bytes_before
                FROM (
                    SELECT digest, body, due_at FROM parked
                    WHERE due_at <= \(now)
                    AND (taken_at IS NULL OR taken_at <= \(now.adding(seconds: -patience)))
                    ORDER BY due_at LIMIT \(chunk) FOR UPDATE SKIP LOCKED) AS d) AS p
            WHERE bytes_before < \(chunkBytes)))
        RETURNING body, sealed_on, digest, origin, routing_key, publisher, reply_to, correlation_id,
            attempt, takes > 1, message_id
        """
    }

    static func intakes(_ rows: Rows, _ bodies: KeptBodies) throws -> [Intake] {
        let sealed = try rows.map { row in
            var cursor = row.cursor()
            return (
                body: try cursor.next([UInt8].self), day: try cursor.next(BusinessDate.self),
                digest: try cursor.next([UInt8].self)
            )
        }
        let opened = try bodies.open(sealed)
        return try zip(rows, opened).map { row, body in
            var cursor = row.cursor()
            _ = try cursor.next([UInt8].self)
            _ = try cursor.next(BusinessDate.self)
            let digest = try cursor.next([UInt8].self)
            return Intake(
                origin: Intake.Origin(rawValue: try cursor.next(String.self)) ?? .commands,
                routingKey: try cursor.next(String.self),
                publisher: try cursor.next(optional: String.self),
                replyTo: try cursor.next(optional: String.self),
                correlationID: try cursor.next(optional: String.self),
                body: body, digest: digest, attempt: Int(try cursor.next(Int16.self)),
                isSuspect: try cursor.next(Bool.self),
                messageID: try cursor.next(optional: UUID.self))
        }
    }

    /// Takes messages out; only those returned are ours to handle. What another worker is handling is
    /// left to it without waiting: if it fails, the message is still due.
    static func claim(_ digests: [[UInt8]]) -> Statement {
        """
        DELETE FROM parked WHERE digest IN (
            SELECT digest FROM parked WHERE digest = ANY(\(digests)) FOR UPDATE SKIP LOCKED)
        RETURNING digest
        """
    }

    static func insert(_ entries: [Entry], _ bodies: KeptBodies) throws -> Statement {
        let intakes = entries.map(\.examined.intake)
        let sealed = try entries.map { try bodies.seal($0.examined) }
        return """
            INSERT INTO parked (digest, message_id, origin, routing_key, publisher, reply_to,
                correlation_id, body, sealed_on, attempt, due_at, waits_for, code)
            SELECT * FROM unnest(
                \(entries.map(\.examined.digest)), \(entries.map(\.examined.id)),
                \(intakes.map(\.origin.rawValue)), \(intakes.map(\.routingKey)),
                \(intakes.map(\.publisher)), \(intakes.map(\.replyTo)),
                \(intakes.map(\.correlationID)), \(sealed.map { $0?.body }),
                \(sealed.map { $0?.day }),
                \(entries.map { Int16($0.attempt) }), \(entries.map { $0.due }),
                \(entries.map(\.waitsFor)), \(entries.map(\.code)))
            ON CONFLICT (digest) DO NOTHING
            """
    }

    /// Makes messages due that waited for these rows.
    static func wake(_ ids: [UUID], at now: Timestamp) -> Statement {
        """
        UPDATE parked SET due_at = \(now), waits_for = NULL
        WHERE waits_for = ANY(\(ids))
        """
    }
}

/// When a message is tried again.
struct RetrySchedule: Sendable {
    /// Seconds before the second, third … try.
    let delays: [Int]

    /// - Parameter attempt: how often the message was parked before.
    /// - Returns: seconds until the next try, or nil when there is none.
    func delay(after attempt: Int) -> Int? {
        attempt < delays.count ? delays[attempt] : nil
    }

    /// - Parameter attempt: how often the message was parked before.
    /// - Returns: seconds until its last try.
    func rest(after attempt: Int) -> Int { delays.dropFirst(attempt).reduce(0, +) }

    /// Waiting for another message gains nothing from an immediate second try.
    func firstWait(after attempt: Int) -> Int {
        max(attempt, delays.firstIndex { $0 > 0 } ?? delays.count)
    }
}
