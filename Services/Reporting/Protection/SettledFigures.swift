import Disclosure
import Messages
import Postgres

/// What one source and programme of a district counts in one settled period, by territory, as it is now and as it is
/// published.
struct SettledFigures {
    /// Which table it is.
    struct Name: Hashable, Sendable {
        let district: String
        let source: String
        let programme: String
        var start: BusinessDate
    }

    struct Values: Equatable, Sendable {
        var times: Int64 = 0
        var amount: Int64 = 0
        /// Nil of what a forgotten edition has published.
        var contributors: Int64? = 0
    }

    /// As an edition published it.
    struct Published: Sendable {
        /// Of what a forgotten edition has hidden, anything but nothing.
        let values: Values
        let showing: GuardedTable.Showing
        /// What all editions so far tell of the count; nil if none has shown it.
        let told: ClosedRange<Int64>?

        /// A forgotten edition has published it so.
        var isRecalled: Bool { values.contributors == nil }

        /// A forgotten edition has hidden it, and what it was is not known.
        var isUnknown: Bool { isRecalled && showing.isHidden }
    }

    let name: Name
    let source: GuardedSource
    var now: [String: Values] = [:]
    /// As the last edition that published it anew has it; nil if none has. A stock begins as the period before ends.
    var published: [String: Published]?
    /// Of a stock, as the period before is published.
    var earlier: [String: Values] = [:]
    /// Whether no edition has published it yet.
    var isNew = true
    /// The length of the deepest codes that are published.
    var level: Int32 = 0
    /// By which the last edition that published it anew has decided; nil if that is not known.
    var threshold: Int64?

    /// The first day after the period.
    var end: BusinessDate { name.start.adding(months: source.months) }

    /// Takes the period before as it is published from now on: no figure of a stock moves by few families from one to the other.
    mutating func follow(_ last: (level: Int32, cells: [String: Published])?) {
        guard source.isStock, let last, last.level > 0 else { return }
        let cells = last.cells.filter { $0.key.utf8.count <= last.level }
        // A forgotten edition may have hidden what it was.
        guard !cells.values.contains(where: \.isUnknown) else { return }
        earlier = cells.mapValues { cell in
            var values = cell.values
            values.contributors = values.contributors ?? source.count(values)
            return values
        }
        guard isNew else { return }
        level = last.level
        published = cells.mapValues { cell in
            var values = cell.values
            values.contributors = values.contributors ?? source.count(values)
            return Published(values: values, showing: cell.showing, told: cell.told)
        }
    }

    /// Whether the territory is below the district, at a level that is published.
    func publishes(_ territory: String) -> Bool {
        territory.utf8.count > 6 && territory.utf8.count <= level
    }
}

/// A source about families that the plan publishes below the district.
struct GuardedSource: Sendable {
    let name: String
    let isStock: Bool
    /// Whether `times` counts families, else `amount` does.
    let countsTimes: Bool
    /// What readers see of it.
    let tellsTimes: Bool
    let tellsAmount: Bool
    /// The shortest period, of which the wider ones are made.
    let span: String
    /// Lengths of codes below the district.
    let levels: [Int]

    func count(_ values: SettledFigures.Values) -> Int64 {
        countsTimes ? values.times : values.amount
    }

    /// Whether readers see no difference.
    func isSame(_ one: SettledFigures.Values, _ other: SettledFigures.Values) -> Bool {
        (one.times == other.times || !tellsTimes) && (one.amount == other.amount || !tellsAmount)
    }

    /// How many months a period has.
    var months: Int {
        switch span {
        case "month": 1
        case "quarter": 3
        default: 12
        }
    }

    static func all(_ read: DatasetState.Reading) throws -> [GuardedSource] {
        try read(
            """
            SELECT m.source, bool_or(m.is_stock),
                   -- Money alone is guarded by how many records it is of.
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

extension SettledFigures {
    /// All tables of the sources, of periods that are settled on a day.
    static func all(
        _ sources: [GuardedSource], _ plan: Plan, today: BusinessDate, _ read: DatasetState.Reading
    ) throws -> [Name: SettledFigures] {
        let byName = Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0) })
        var series: [String: (name: Name, series: Series)] = [:]
        for row in try read(sums(sources, plan, today)) {
            var row = row.cursor()
            let (source, programme) = (try row.next(String.self), try row.next(String.self))
            let territory = try row.next(String.self)
            let name = Name(
                district: String(territory.prefix(6)), source: source, programme: programme,
                start: try row.next())
            let isSettled = try row.next(Bool.self)
            let values = Values(times: try row.next(), amount: try row.next())
            series[name.series, default: (name, Series())].series
                .add(values, territory, name.start, isSettled: isSettled)
        }
        var found: [Name: SettledFigures] = [:]
        for (name, series) in series.values {
            guard let source = byName[name.source] else { continue }
            for (start, now) in series.periods(source, plan, today: today) {
                var name = name
                name.start = start
                found[name] = SettledFigures(name: name, source: source, now: now)
            }
        }
        try readContributors(byName, plan, today, &found, read)
        for name in found.keys { found[name]?.countWhoIsNotKnown() }
        try readPublished(byName, &found, read)
        return found
    }

    /// By source, programme and territory, in the order of periods.
    private static func sums(
        _ sources: [GuardedSource], _ plan: Plan, _ today: BusinessDate
    ) -> Statement {
        """
        SELECT c.source, c.programme, c.territory, c.start,
               is_settled(c.span, c.start, \(today), \(plan.settleDays)), c.times, c.amount
        FROM current_cell c
        JOIN unnest(\(sources.map(\.name)), \(sources.map(\.span))) AS s (name, span)
            ON s.name = c.source AND c.span = s.span::span
        WHERE c.dimension = '' AND left(c.territory, 6) IN (SELECT territory FROM exact_unit)
        ORDER BY c.source, c.programme, c.territory, c.start
        """
    }

    /// Distinct families, where records name them.
    private static func readContributors(
        _ sources: [String: GuardedSource], _ plan: Plan, _ today: BusinessDate,
        _ found: inout [Name: SettledFigures], _ read: DatasetState.Reading
    ) throws {
        let flows = sources.values.filter { !$0.isStock }
        let levels = flows.flatMap { source in ([6] + source.levels).map { (source, $0) } }
        for row in try read(
            """
            SELECT c.source, c.programme, left(c.territory, s.level) AS territory,
                   span_start(s.span::span, c.day) AS start,
                   count(DISTINCT coalesce(a.survivor, c.subject)), bool_or(c.subject IS NULL)
            FROM unnest(\(levels.map(\.0.name)), \(levels.map(\.0.span)), \(levels.map { Int32($0.1) }))
                AS s (name, span, level)
            JOIN contribution c ON c.source = s.name AND c.source <> 'registration' AND c.counts
                AND length(c.territory) >= s.level
            LEFT JOIN person_alias a ON a.person = c.subject
            WHERE is_settled(s.span::span, span_start(s.span::span, c.day), \(today), \(plan.settleDays))
            GROUP BY 1, 2, 3, 4
            """)
        {
            var row = row.cursor()
            let (source, programme) = (try row.next(String.self), try row.next(String.self))
            let territory = try row.next(String.self)
            let name = Name(
                district: String(territory.prefix(6)), source: source, programme: programme,
                start: try row.next())
            let count = try row.next(Int64.self)
            let isUnknown = try row.next(Bool.self)
            if !isUnknown { found[name]?.now[territory]?.contributors = count }
        }
    }

    /// Where records name no family, each may be another one's.
    private mutating func countWhoIsNotKnown() {
        for (territory, values) in now where values.contributors == 0 {
            now[territory]?.contributors = source.count(values)
        }
    }

    private static func readPublished(
        _ sources: [String: GuardedSource], _ found: inout [Name: SettledFigures],
        _ read: DatasetState.Reading
    ) throws {
        for row in try read(
            """
            SELECT t.district, t.source, t.programme, t.start, t.level, t.threshold,
                   c.territory, c.times, c.amount,
                   CASE WHEN NOT c.is_recalled THEN c.contributors END, c.showing, c.low, c.high
            FROM settled_table t
            LEFT JOIN settled_cell c USING (district, source, programme, start)
            """)
        {
            var row = row.cursor()
            let name = Name(
                district: try row.next(), source: try row.next(), programme: try row.next(),
                start: try row.next())
            let level = try row.next(Int32.self)
            let threshold = try row.next(optional: Int64.self)
            guard let source = sources[name.source] else { continue }
            var table = found[name] ?? SettledFigures(name: name, source: source)
            (table.level, table.threshold) = (level, threshold)
            if table.published == nil { table.published = [:] }
            table.isNew = false
            if let territory = try row.next(optional: String.self) {
                table.published?[territory] = try Published(
                    &row, of: source, now: table.now[territory])
            }
            found[name] = table
        }
    }
}

extension SettledFigures.Published {
    /// - Parameter now: what the territory counts now.
    fileprivate init(
        _ row: inout RowCursor, of source: GuardedSource, now: SettledFigures.Values?
    ) throws {
        var values = SettledFigures.Values(
            times: try row.next(), amount: try row.next(),
            contributors: try row.next(optional: Int64.self))
        showing = GuardedTable.Showing(rawValue: try row.next()) ?? .neighbour
        let low = try row.next(optional: Int64.self)
        let high = try row.next(optional: Int64.self)
        if showing.isHidden {
            told = low.flatMap { low in high.map { low...$0 } }
        } else {
            // A forgotten edition may have shown money alone.
            if values.contributors == nil, let now, source.isSame(values, now) {
                (values.times, values.amount) = (now.times, now.amount)
            }
            let count = source.count(values)
            told = count...count
        }
        self.values = values
    }
}

/// What the territories of a district count in the periods of one source and programme.
private struct Series {
    private var rows: [String: [(start: BusinessDate, values: SettledFigures.Values)]] = [:]
    private var first: BusinessDate?
    private var closed: Set<BusinessDate> = []

    mutating func add(
        _ values: SettledFigures.Values, _ territory: String, _ start: BusinessDate,
        isSettled: Bool
    ) {
        rows[territory, default: []].append((start, values))
        if first.map({ start.day < $0.day }) ?? true { first = start }
        if isSettled { closed.insert(start) }
    }

    /// All settled periods from the first with something in it, and what each territory counts there: of a stock what there is
    /// at the end.
    func periods(
        _ source: GuardedSource, _ plan: Plan, today: BusinessDate
    ) -> [BusinessDate: [String: SettledFigures.Values]] {
        guard var start = first else { return [:] }
        var found: [BusinessDate: [String: SettledFigures.Values]] = [:]
        while start.day <= today.day {
            let next = start.adding(months: source.months)
            if closed.contains(start) || next.day + plan.settleDays <= today.day {
                found[start] = [:]
            }
            start = next
        }
        for (territory, some) in rows {
            guard source.isStock else {
                for row in some { found[row.start]?[territory] = row.values }
                continue
            }
            for start in found.keys {
                let sum = some.filter { $0.start.day <= start.day }.reduce(
                    into: SettledFigures.Values()
                ) {
                    $0.times += $1.values.times
                    $0.amount += $1.values.amount
                }
                if sum != SettledFigures.Values() { found[start]?[territory] = sum }
            }
        }
        return found
    }
}

extension SettledFigures.Name {
    /// All periods of a source and programme in a district.
    var series: String { "\(district)/\(source)/\(programme)" }

    /// Periods of a series stand one after the other.
    var order: String { "\(series)/\(start)" }
}
