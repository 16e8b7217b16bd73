import Messages
import Postgres
import ServiceKit

/// The list of measures as a table, because the database makes the figures.
extension Measures {
    static let tables = """
        -- `reads` says how a figure is made of the contributions of the source: the sum of their times or of their amounts, the
        -- distinct persons among them, their smallest or largest amount, or the most times of one subject. Only sums may be
        -- added up over territories.
        CREATE TABLE measure (
            name        text COLLATE "C" PRIMARY KEY,
            dataset     text COLLATE "C" NOT NULL
                        CHECK (dataset IN ('families', 'funding', 'activities')),
            source      text COLLATE "C" NOT NULL,
            reads       text NOT NULL CHECK (
                reads IN ('times', 'amount', 'subjects', 'smallest', 'largest', 'most')),
            is_stock    boolean NOT NULL DEFAULT false,
            is_additive boolean GENERATED ALWAYS AS (reads IN ('times', 'amount')) STORED,
            unit        text    NOT NULL,
            dimension   text,
            protection  text    NOT NULL CONSTRAINT measure_protection CHECK (
                protection IN ('none', 'count', 'money', 'with')),
            lapses      boolean NOT NULL DEFAULT false,
            CHECK (reads IN ('times', 'amount') OR NOT is_stock)
        );
        COMMENT ON COLUMN measure.reads IS 'most: the highest number of times of one subject';
        COMMENT ON COLUMN measure.protection IS
            'count: counts persons, families or their activities. money: families receive or owe it. with: hidden where a count of the same source is hidden';
        COMMENT ON COLUMN measure.lapses IS
            'its parts end by themselves on known days, so it has no figure of all time or of future days';

        CREATE VIEW source AS
        SELECT source AS name, dataset, bool_or(is_stock) AS is_stock
        FROM measure GROUP BY source, dataset;
        """

    private static func migration(_ version: Int) -> String { "0004_measures_\(version)" }

    static let rows = Migration(
        migration(digests.count),
        """
        INSERT INTO measure
            (name, dataset, source, reads, is_stock, unit, dimension, protection, lapses)
        VALUES
        \(all.map(\.row).joined(separator: ",\n"))
        ON CONFLICT (name) DO UPDATE
        SET dataset = EXCLUDED.dataset, source = EXCLUDED.source, reads = EXCLUDED.reads,
            is_stock = EXCLUDED.is_stock, unit = EXCLUDED.unit, dimension = EXCLUDED.dimension,
            protection = EXCLUDED.protection, lapses = EXCLUDED.lapses;
        """,
        replacing: zip(1..., digests.dropLast()).map { .init(migration($0), digest: $1) })

    /// All measures with their protection as the table has it, because figures are guarded by the table.
    static func inForce(_ read: DatasetState.Reading) throws -> [String: Measure] {
        var measures = named
        for row in try read("SELECT name, protection FROM measure") {
            var row = row.cursor()
            let name = try row.next(String.self)
            measures[name]?.protection = try row.next(Measure.Protection.self)
        }
        return measures
    }
}

extension Measure {
    fileprivate var row: String {
        let texts = [name, dataset.rawValue, source.rawValue, reads.rawValue].map(Self.quoted)
        let unit = Self.quoted(unit.rawValue)
        let dimension = dimension.map { Self.quoted($0.rawValue) } ?? "NULL"
        let values =
            texts + [
                "\(isStock)", unit, dimension, Self.quoted(protection.rawValue),
                "\(kind == .lapsingStock)",
            ]
        return "(\(values.joined(separator: ", ")))"
    }

    private static func quoted(_ text: String) -> String {
        "'\(text.replacing("'", with: "''"))'"
    }
}

extension RefusalCode {
    static let unknownMeasure = RefusalCode("unknown_measure", "a measure of the data dictionary")
}
