import Messages
import Postgres

/// A part of the plan that is about families: one source and programme at a level, of one kind of period.
struct FamilyBlock: Hashable {
    /// Lengths of codes.
    static let levels: [Int32] = [6, 9, 12, 15]
    static let periods = ["day", "month", "quarter", "year", "all"]

    let level: Int32
    let period: String
    let source: String
    let programme: String

    /// In the order in which blocks are listed.
    static func comesFirst(_ one: FamilyBlock, _ other: FamilyBlock) -> Bool {
        let (left, right) = (one.rank, other.rank)
        return (one.level, left, one.source, one.programme)
            < (other.level, right, other.source, other.programme)
    }

    private var rank: Int { Self.periods.firstIndex(of: period) ?? 0 }
}

/// How many of some figures about families are hidden now. Zeros are shown, and never hidden.
struct HiddenShare: Encodable {
    var cells: Int64 = 0
    var hidden: Int64 = 0
    /// The sum of what is counted: money is left out, and distinct counts are in it.
    var value: Int64 = 0
    var hiddenValue: Int64 = 0

    mutating func add(_ other: HiddenShare) {
        cells += other.cells
        hidden += other.hidden
        // Sums of what is near the end of numbers stay there.
        value = value.addingReportingOverflow(other.value).overflow ? .max : value + other.value
        let sum = hiddenValue.addingReportingOverflow(other.hiddenValue)
        hiddenValue = sum.overflow ? .max : sum.partialValue
    }

    /// Of the last edition, by block.
    static func all(_ connection: Connection) throws -> [FamilyBlock: HiddenShare] {
        var found: [FamilyBlock: HiddenShare] = [:]
        for row in try connection.run(
            """
            SELECT length(s.territory), s.span, m.source, s.programme, count(*),
                   count(*) FILTER (WHERE e.hides),
                   fitted(coalesce(sum(abs(e.value)) FILTER (WHERE counted.is_it), 0)),
                   fitted(coalesce(sum(abs(e.value))
                       FILTER (WHERE counted.is_it AND e.hides), 0))
            FROM summary s
            CROSS JOIN LATERAL (
                SELECT name COLLATE "C" AS name, value,
                       substr(s.hiding, place::int, 1) IN ('p', 'c') AS hides
                FROM unnest(s.measures, s.figures) WITH ORDINALITY AS u (name, value, place)
                WHERE value IS NOT NULL) e
            JOIN measure m ON m.name = split_part(e.name, ':', 1) AND m.protection <> 'none'
            -- The parts of a count are in it.
            CROSS JOIN LATERAL (SELECT m.protection = 'count' AND m.name = e.name AS is_it) counted
            JOIN plan_cell p ON p.measure = m.name AND p.level = length(s.territory)
                AND p.span = s.span
            WHERE s.superseded_by IS NULL
            GROUP BY 1, 2, 3, 4
            """)
        {
            var row = row.cursor()
            let block = FamilyBlock(
                level: try row.next(), period: try row.next(), source: try row.next(),
                programme: try row.next())
            found[block] = HiddenShare(
                cells: try row.next(), hidden: try row.next(), value: try row.next(),
                hiddenValue: try row.next())
        }
        return found
    }
}
