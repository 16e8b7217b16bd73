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

    static let table = Table<DefinedBulletin>(
        "bulletin_definition", key: "name",
        columns: [
            Column("name", { $0.key }), Column("territory", { $0.territory }),
            Column("reason", { $0.reason }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        _ = try row.next(String.self)
        return DefinedBulletin(
            territory: try row.next(), reason: try row.next(), sequence: try row.next())
    }

    /// Nil before the association has defined one.
    static func read(_ read: DatasetState.Reading) throws -> DefinedBulletin? {
        try read("SELECT territory, reason, sequence FROM bulletin_definition").first.map { row in
            var row = row.cursor()
            return DefinedBulletin(
                territory: try row.next(), reason: try row.next(), sequence: try row.next())
        }
    }

    /// The same with its lines, in the order of print. By one statement, because another worker may put the next version in
    /// force between two.
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

/// The association decides what its bulletin says; the operator sends it, as the plan.
enum BulletinDefinitions {
    static func define(_ command: DefineBulletin, _ unit: UnitOfWork) throws -> Emission {
        guard unit.isUnlimited else { throw Refusal(.outOfScope, at: "") }
        let held = try unit.find(DefinedBulletin.self, DefinedBulletin.name)
        let next = (held?.sequence ?? 0) + 1
        guard command.version == next else {
            throw Refusal(.bulletinVersionTaken, at: "/version", expected: "\(next)")
        }
        try BulletinCheck(command, unit.query).require()
        for statement in try replacing(command) { try unit.execute(statement) }
        var bulletin = DefinedBulletin(
            territory: command.territory, reason: command.reason, sequence: next - 1)
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

    /// Nothing of one district is in the schema any more: until the association has sent its bulletin and the names of its
    /// programmes, there are none. Editions of bulletins that are published keep their lines.
    static let migration = Migration(
        contracting: "0028_bulletin_data",
        """
        DELETE FROM bulletin_line;
        ALTER TABLE bulletin_line
            ALTER COLUMN territory DROP DEFAULT,
            ALTER COLUMN span DROP DEFAULT,
            ALTER COLUMN start DROP DEFAULT;

        CREATE TABLE bulletin_definition (
            name      text COLLATE "C" PRIMARY KEY CHECK (name = 'bulletin'),
            territory text COLLATE "C" NOT NULL,
            reason    text   NOT NULL,
            sequence  bigint NOT NULL CHECK (sequence > 0)
        );

        -- Of every version, because editions of bulletins are laid out by theirs for ever. The content is JSON.
        CREATE TABLE bulletin_section (
            version bigint NOT NULL CHECK (version > 0),
            place   bigint NOT NULL,
            content text   NOT NULL,
            PRIMARY KEY (version, place)
        );
        CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON bulletin_section
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        -- The bulletin that an edition was laid out by; null of those from before there were versions.
        ALTER TABLE bulletin_edition ADD COLUMN version bigint;

        -- What programmes are called.
        CREATE TABLE programme (
            code     text COLLATE "C" PRIMARY KEY,
            name_zh  text   NOT NULL,
            name_en  text   NOT NULL,
            reason   text   NOT NULL,
            sequence bigint NOT NULL CHECK (sequence > 0)
        );
        """)
}

extension RefusalCode {
    static let bulletinVersionTaken = RefusalCode(
        "bulletin_version_taken", "one more than the version in force")
    static let bulletinUndefined = RefusalCode(
        "bulletin_undefined", "a month after the bulletin was defined: reporting.bulletin.define")
}
