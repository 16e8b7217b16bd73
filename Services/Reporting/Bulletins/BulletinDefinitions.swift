import Messages
import Postgres
import ServiceKit

/// The bulletin in force: `version` is its sequence.
struct DefinedBulletin: Aggregate {
    var territory: TerritoryCode
    var reason: String
    var sequence: Int64 = 0

    /// There is one.
    static let name = "bulletin"
    var key: String { Self.name }

    static let table = Table(
        "bulletin_definition", key: Column("name", \.key), DefinedBulletin.init,
        Field("territory", \.territory), Field("reason", \.reason), Field("sequence", \.sequence))

    /// Nil before the association has defined one.
    static func read(_ read: DatasetState.Reading) throws -> DefinedBulletin? {
        try read("SELECT territory, reason, sequence FROM bulletin_definition").first.map { row in
            var row = row.cursor()
            return DefinedBulletin(
                territory: try row.next(), reason: try row.next(), sequence: try row.next())
        }
    }

    /// The bulletin with its lines, in the order of print. It is one statement, because another worker may put the next version
    /// in force between two.
    static func withLines(
        _ read: DatasetState.Reading
    ) throws -> (bulletin: DefinedBulletin, lines: [BulletinLine])? {
        let rows = try read(
            """
            SELECT d.territory, d.reason, d.sequence, b.number, b.name_zh, b.name_en, m.dataset, m.unit,
                   b.programme,
                   b.measure || CASE b.dimension WHEN '' THEN '' ELSE ':' || b.dimension END,
                   b.territory, period_name(b.span, b.start)
            FROM bulletin_definition d
            CROSS JOIN bulletin_line b JOIN measure m ON m.name = b.measure
            ORDER BY b.number
            """
        ).map { row in
            var row = row.cursor()
            let bulletin = DefinedBulletin(
                territory: try row.next(), reason: try row.next(), sequence: try row.next())
            return (bulletin, try BulletinLine(&row))
        }
        return rows.first.map { ($0.0, rows.map(\.1)) }
    }
}

/// The association decides the content of its bulletin, and the operator sends it.
enum BulletinDefinitions {
    static func define(_ command: DefineBulletin, _ unit: UnitOfWork) throws -> Emission {
        let sequence = try unit.find(DefinedBulletin.self, DefinedBulletin.name)?.sequence ?? 0
        try Refusal.requireNext(command.version, after: sequence, else: .bulletinVersionTaken)
        try BulletinCheck(command, unit.query).require()
        for statement in try replacing(command) { try unit.execute(statement) }
        var bulletin = DefinedBulletin(
            territory: command.territory, reason: command.reason, sequence: sequence)
        return try unit.save(&bulletin, BulletinDefined(command))
    }

    private static func replacing(_ command: DefineBulletin) throws -> [Statement] {
        let lines = command.lines
        let periods = try lines.map { line in
            guard let period = PagePeriod(line.period) else {
                throw StoredValueError(type: "period")
            }
            return period
        }
        let sections = try BulletinSection.rows(of: command)
        return [
            "DELETE FROM bulletin_line",
            """
            INSERT INTO bulletin_line
                (number, name_zh, name_en, measure, programme, dimension, territory, span, start)
            SELECT number, name_zh, name_en, measure, programme, dimension, territory, span::span,
                   start
            FROM unnest(\(lines.map { Int32($0.number) }), \(lines.map(\.nameZh)),
                        \(lines.map(\.nameEn)), \(lines.map(\.measure)),
                        \(lines.map { $0.programme?.rawValue ?? "" }),
                        \(lines.map { $0.part ?? "" }), \(lines.map(\.territory)),
                        \(periods.map(\.span)), \(periods.map(\.start)))
                AS l (number, name_zh, name_en, measure, programme, dimension, territory, span,
                      start)
            """,
            """
            INSERT INTO bulletin_section (version, place, content)
            SELECT \(Int64(command.version)), place, content
            FROM unnest(\(sections)) WITH ORDINALITY AS s (content, place)
            """,
        ]
    }
}

extension RefusalCode {
    static let bulletinVersionTaken = RefusalCode(
        "bulletin_version_taken", "one more than the version in force")
    static let bulletinUndefined = RefusalCode(
        "bulletin_undefined", "a month after the bulletin was defined: reporting.bulletin.define")
}
