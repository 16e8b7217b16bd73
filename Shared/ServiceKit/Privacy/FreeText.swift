public import Foundation
internal import Messages
public import Postgres

/// A text that somebody wrote freely, such as a reason. It may name anybody, so it is kept sealed and
/// apart, for a stated time.
public struct FreeText: Sendable {
    let record: UUID
    let field: String
    let about: UUID?
    let text: String

    /// What is authenticated with the text.
    private static func row(_ record: UUID, _ field: String) -> String {
        "\(record.wireText) \(field)"
    }

    /// Stores the texts of a batch and deletes those that an erasure takes along. The erasure comes last, so
    /// that it reaches texts of the same batch too.
    static func statements(
        _ unit: UnitOfWork, _ secret: ServiceSecret, on day: BusinessDate
    ) throws -> [Statement] {
        var statements: [Statement] = []
        if !unit.texts.isEmpty { statements.append(try insert(unit.texts, secret, on: day)) }
        if !unit.erased.isEmpty { statements.append(delete(about: unit.erased)) }
        return statements
    }

    private static func insert(
        _ texts: [FreeText], _ secret: ServiceSecret, on day: BusinessDate
    ) throws -> Statement {
        // One row for each record and field: a statement may not touch a row twice.
        var last: [String: FreeText] = [:]
        for text in texts { last[row(text.record, text.field)] = text }
        let rows = last.sorted { $0.key < $1.key }
        let sealed = try rows.map { try secret.seal($0.value.text, of: $0.key) }
        let texts = rows.map(\.value)
        return """
            INSERT INTO free_text (record, field, about, written_on, sealed)
            SELECT v.record, v.field, v.about, \(day), v.sealed FROM unnest(
                \(texts.map(\.record)), \(texts.map(\.field)), \(texts.map(\.about)), \(sealed))
                AS v(record, field, about, sealed)
            ON CONFLICT (record, field) DO UPDATE
            SET about = EXCLUDED.about, written_on = EXCLUDED.written_on, sealed = EXCLUDED.sealed
            """
    }

    private static func delete(about erased: [UUID]) -> Statement {
        "DELETE FROM free_text WHERE about = ANY(\(erased))"
    }

    static func select(_ records: [UUID]) -> Statement {
        """
        SELECT record, field, sealed FROM free_text WHERE record = ANY(\(records))
        ORDER BY record, field
        """
    }

    static func opened(_ rows: Rows, _ secret: ServiceSecret) throws -> [HistoryText] {
        try rows.map { line in
            let record = try line.decode(UUID.self, at: 0)
            let field = try line.decode(String.self, at: 1)
            let sealed = try line.decode([UInt8].self, at: 2)
            return HistoryText(
                record: record, field: field,
                text: try secret.open(sealed, of: row(record, field)))
        }
    }

    /// The texts of a record by field, for an operator who has the service's secret.
    public static func all(
        of record: UUID, _ connection: Connection, _ secret: ServiceSecret
    ) throws -> [(field: String, text: String)] {
        try connection.run(
            "SELECT field, sealed FROM free_text WHERE record = \(record) ORDER BY field"
        ).map { line in
            let field = try line.decode(String.self, at: 0)
            let sealed = try line.decode([UInt8].self, at: 1)
            return (field, try secret.open(sealed, of: row(record, field)))
        }
    }
}
