internal import Foundation
internal import Messages
internal import Postgres

/// Receipts that the database owes their publishers. If the process ends before the receipt of a message out of `parked` is
/// published, no queue delivers the message again; so it is stored with the decision. A receipt that the publisher's queue
/// has refused, because it is full, is stored too. A job publishes them. Publishers whose queue refuses wait, and no other.
enum OwedReceipts {
    /// Receipts of one publisher sent before their confirms are awaited, and bytes of all of them.
    private static let share: Int64 = 200
    private static let chunkBytes: Int64 = 4 << 20
    /// Seconds until a queue that refused is tried again: doubled with each refusal.
    private static let shortestPause = 5.0
    private static let longestPause = 30.0

    static func insert(_ receipts: [Publication]) -> Statement {
        """
        INSERT INTO owed_receipt (id, publisher, type, correlation_id, body)
        SELECT * FROM unnest(
            \(receipts.map(\.id)), \(receipts.map(\.routingKey)), \(receipts.map(\.type)),
            \(receipts.map { KeptText.correlationID($0.correlationID) }), \(receipts.map(\.body)))
        ON CONFLICT (id) DO NOTHING
        """
    }

    /// Some of each publisher that is not to be waited for. The publishers are looked up one after the other in the index,
    /// however many receipts one of them is owed.
    static func select(_ now: Timestamp) -> Statement {
        """
        WITH RECURSIVE owed (publisher) AS (
            SELECT min(publisher) FROM owed_receipt
            UNION ALL
            SELECT (SELECT min(r.publisher) FROM owed_receipt r WHERE r.publisher > o.publisher)
            FROM owed o WHERE o.publisher IS NOT NULL),
        due AS (
            SELECT r.id, sum(octet_length(r.body)) OVER (ORDER BY r.publisher, r.id)
                   - octet_length(r.body) AS bytes_before
            FROM owed o CROSS JOIN LATERAL (
                SELECT * FROM owed_receipt r WHERE r.publisher = o.publisher
                ORDER BY r.id LIMIT \(share)) AS r
            WHERE NOT EXISTS (
                SELECT FROM owed_pause p WHERE p.publisher = o.publisher AND p.due_at > \(now)))
        SELECT id, publisher, type, correlation_id, body FROM owed_receipt
        WHERE id IN (SELECT id FROM due WHERE bytes_before < \(chunkBytes))
        """
    }

    static func publications(_ rows: Rows) throws -> [Publication] {
        try rows.map { row in
            var cursor = row.cursor()
            let id = try cursor.next(UUID.self)
            let publisher = try cursor.next(String.self)
            return Publication(
                exchange: "nuanxin.receipts", routingKey: publisher, id: id,
                type: try cursor.next(String.self),
                correlationID: try cursor.next(optional: String.self),
                body: try cursor.next([UInt8].self), journal: nil)
        }
    }

    /// Notes what the broker has taken, and whom to wait for.
    static func settle(
        _ receipts: [Publication], refused: [Publication], at now: Timestamp
    ) -> [Statement] {
        let left = Set(refused.map(\.id))
        let taken = receipts.filter { !left.contains($0.id) }
        let full = Set(refused.map(\.routingKey))
        let reading = Set(taken.map(\.routingKey)).subtracting(full)
        return [
            "DELETE FROM owed_receipt WHERE id = ANY(\(taken.map(\.id)))",
            "DELETE FROM owed_pause WHERE publisher = ANY(\(reading.sorted()))",
            """
            INSERT INTO owed_pause AS p (publisher, tries, due_at)
            SELECT publisher, 1, \(now) + make_interval(secs => \(shortestPause))
            FROM unnest(\(full.sorted())) AS f (publisher)
            ON CONFLICT (publisher) DO UPDATE SET tries = p.tries + 1, due_at = \(now)
                + make_interval(secs => least(\(longestPause), \(shortestPause) * 2 ^ least(p.tries, 10)))
            """,
        ]
    }

    static let job = Job("owed-receipts", every: .milliseconds(200)) { context in
        let receipts = try publications(context.connection.run(select(context.now)))
        guard !receipts.isEmpty else { return }
        for receipt in receipts { context.publish(receipt) }
        let refused = try context.send()
        _ = try context.connection.pipeline(
            settle(receipts, refused: refused, at: context.now))
    }
}
