internal import Foundation
internal import Postgres

/// Receipts for messages that came out of `parked`. If the process ends before such a receipt is published, no queue delivers
/// the message again. So the receipt is stored with the decision, and a job publishes it.
enum OwedReceipts {
    /// Receipts sent before their confirms are awaited.
    private static let chunk: Int64 = 1_000

    static func insert(_ receipts: [Publication]) -> Statement {
        """
        INSERT INTO owed_receipt (id, publisher, type, correlation_id, body)
        SELECT * FROM unnest(
            \(receipts.map(\.id)), \(receipts.map(\.routingKey)), \(receipts.map(\.type)),
            \(receipts.map(\.correlationID)), \(receipts.map(\.body)))
        ON CONFLICT (id) DO NOTHING
        """
    }

    static let select: Statement = """
        SELECT id, publisher, type, correlation_id, body FROM owed_receipt LIMIT \(chunk)
        """

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

    static func delete(_ receipts: [Publication]) -> Statement {
        "DELETE FROM owed_receipt WHERE id = ANY(\(receipts.map(\.id)))"
    }

    static let job = Job("owed-receipts", every: .milliseconds(200)) { context in
        let receipts = try publications(context.connection.run(select))
        guard !receipts.isEmpty else { return }
        for receipt in receipts { context.publish(receipt) }
        try context.flush()
        _ = try context.connection.run(delete(receipts))
    }
}
