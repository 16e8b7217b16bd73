public import Foundation
internal import Messages
public import Postgres

/// A text that somebody wrote freely, such as a reason. It may name anybody, so it is kept sealed and
/// apart, for a stated time.
public struct FreeText: Sendable {
    let record: UUID
    let field: String
    /// Stands for the message that brought it. Records of two kinds may have one id, and neither overwrites the other's text.
    let origin: UUID
    /// The type of that message.
    let type: String
    /// The persons and households that it may name.
    let about: Set<UUID>
    let text: String

    /// What is authenticated with the text.
    private static func row(_ record: UUID, _ field: String, _ origin: UUID) -> String {
        "\(record.wireText) \(field) \(origin.wireText)"
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
        // One row for each record, field and message: a statement may not touch a row twice.
        var last: [String: FreeText] = [:]
        for text in texts { last[row(text.record, text.field, text.origin)] = text }
        let rows = last.sorted { $0.key < $1.key }
        let sealed = try rows.map { try secret.seal($0.value.text, of: $0.key) }
        let texts = rows.map(\.value)
        return """
            INSERT INTO free_text (record, field, origin, type, about, written_on, sealed)
            SELECT v.record, v.field, v.origin, v.type, string_to_array(v.about, ' ')::uuid[],
                   \(day), v.sealed
            FROM unnest(
                \(texts.map(\.record)), \(texts.map(\.field)), \(texts.map(\.origin)),
                \(texts.map(\.type)), \(texts.map { list($0.about) }), \(sealed))
                AS v(record, field, origin, type, about, sealed)
            ON CONFLICT (record, field, origin) DO NOTHING
            """
    }

    private static func list(_ ids: Set<UUID>) -> String {
        ids.map(\.wireText).sorted().joined(separator: " ")
    }

    private static func delete(about erased: [UUID]) -> Statement {
        "DELETE FROM free_text WHERE about && \(erased)"
    }

    static func select(_ records: [UUID]) -> Statement {
        """
        SELECT record, field, origin, sealed FROM free_text WHERE record = ANY(\(records))
        ORDER BY record, field, written_on, type, origin
        """
    }

    static func opened(_ rows: Rows, _ secret: ServiceSecret) throws -> [HistoryText] {
        try rows.map { line in
            var line = line.cursor()
            let (record, field) = (try line.next(UUID.self), try line.next(String.self))
            let origin = try line.next(UUID.self)
            let sealed = try line.next([UInt8].self)
            return HistoryText(
                record: record, field: field,
                text: try secret.open(sealed, of: row(record, field, origin)))
        }
    }

    /// The texts of all records with that id by field and by the type of the message that brought each, for an operator who has
    /// the service's secret.
    public static func all(
        of record: UUID, _ connection: Connection, _ secret: ServiceSecret
    ) throws -> [(field: String, type: String, text: String)] {
        try connection.run(
            """
            SELECT field, origin, type, sealed FROM free_text WHERE record = \(record)
            ORDER BY field, written_on, type, origin
            """
        ).map { line in
            var line = line.cursor()
            let (field, origin) = (try line.next(String.self), try line.next(UUID.self))
            let type = try line.next(String.self)
            let sealed = try line.next([UInt8].self)
            return (field, type, try secret.open(sealed, of: row(record, field, origin)))
        }
    }
}
