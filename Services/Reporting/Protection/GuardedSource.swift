import Postgres

/// A source about families that the plan publishes below the district.
struct GuardedSource: Sendable {
    let name: String
    let isStock: Bool
    /// Whether `times` counts families. If not, `amount` does.
    let countsTimes: Bool
    /// Whether readers see `times`.
    let tellsTimes: Bool
    /// Whether readers see `amount`.
    let tellsAmount: Bool
    /// The shortest published period: month, quarter or year. Longer periods are made from it.
    let span: String
    /// Lengths of the published territory codes below the district, the shortest first.
    let levels: [Int]

    func count(_ values: SettledFigures.Values) -> Int64 {
        countsTimes ? values.times : values.amount
    }

    /// Whether readers see no difference.
    func isSame(_ one: SettledFigures.Values, _ other: SettledFigures.Values) -> Bool {
        (one.times == other.times || !tellsTimes) && (one.amount == other.amount || !tellsAmount)
    }

    /// The length of a period in months.
    var months: Int {
        switch span {
        case "month": 1
        case "quarter": 3
        default: 12
        }
    }

    /// The sources in the plan that stands, by name.
    static func all(_ read: DatasetState.Reading) throws -> [GuardedSource] {
        try read(
            """
            SELECT m.source, bool_or(m.is_stock),
                   -- A source of money alone is guarded by its number of records.
                   coalesce(bool_or(m.protection = 'count') FILTER (WHERE m.reads = 'times'),
                            NOT bool_or(m.protection = 'count')),
                   bool_or(m.reads = 'times'), bool_or(m.reads = 'amount'),
                   min(p.span)::text, array_agg(DISTINCT p.level ORDER BY p.level)
            FROM measure m JOIN plan_cell p ON p.measure = m.name AND p.level > 6
            WHERE m.protection <> 'none' GROUP BY m.source ORDER BY m.source
            """
        ).map { row in
            var row = row.cursor()
            return GuardedSource(
                name: try row.next(), isStock: try row.next(), countsTimes: try row.next(),
                tellsTimes: try row.next(), tellsAmount: try row.next(),
                span: try row.next(), levels: try row.next(arrayOf: Int32.self).map(Int.init))
        }
    }
}
