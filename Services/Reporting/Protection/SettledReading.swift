import Disclosure
import Messages
import Postgres

extension SettledFigures {
    /// Reads all tables of the sources, for periods that are settled on the day: current and published values.
    static func all(
        _ sources: [GuardedSource], _ plan: Plan, today: BusinessDate, _ read: DatasetState.Reading
    ) throws -> [Name: SettledFigures] {
        let byName = Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0) })
        var series: [String: (name: Name, series: SettledSeries)] = [:]
        for row in try read(sums(sources, plan, today)) {
            var row = row.cursor()
            let (name, territory) = try Name.read(&row)
            let isSettled = try row.next(Bool.self)
            let values = Values(times: try row.next(), amount: try row.next())
            series[name.series, default: (name, SettledSeries())].series
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

    /// Reads sums ordered by source, programme, territory and period.
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

    /// Reads the number of distinct families of flows, in all and in records booked on a territory itself. It skips territories where a record names no family.
    private static func readContributors(
        _ sources: [String: GuardedSource], _ plan: Plan, _ today: BusinessDate,
        _ found: inout [Name: SettledFigures], _ read: DatasetState.Reading
    ) throws {
        let flows = sources.values.filter { !$0.isStock }
        let levels = flows.flatMap { source in
            let levels = [6] + source.levels
            // Everything in a territory of the last level is its own.
            return zip(levels, levels.dropFirst() + [.max]).map { (source, $0, $1) }
        }
        for row in try read(
            """
            SELECT c.source, c.programme, left(c.territory, s.level) AS territory,
                   span_start(s.span::span, c.day) AS start,
                   count(DISTINCT coalesce(a.survivor, c.subject)),
                   count(DISTINCT coalesce(a.survivor, c.subject))
                       FILTER (WHERE length(c.territory) < s.next),
                   bool_or(c.subject IS NULL)
            FROM unnest(\(levels.map(\.0.name)), \(levels.map(\.0.span)), \(levels.map { Int32($0.1) }),
                        \(levels.map { Int32(clamping: $0.2) })) AS s (name, span, level, next)
            JOIN contribution c ON c.source = s.name AND c.source <> 'registration' AND c.counts
                AND length(c.territory) >= s.level
            LEFT JOIN person_alias a ON a.person = c.subject
            WHERE is_settled(s.span::span, span_start(s.span::span, c.day), \(today), \(plan.settleDays))
            GROUP BY 1, 2, 3, 4
            """)
        {
            var row = row.cursor()
            let (name, territory) = try Name.read(&row)
            let count = try row.next(Int64.self)
            let own = try row.next(Int64.self)
            let isUnknown = try row.next(Bool.self)
            guard !isUnknown else { continue }
            found[name]?.now[territory]?.contributors = count
            found[name]?.now[territory]?.ownContributors = own
        }
    }

    /// Uses the count where the number of distinct families is not known: each record may be another family's.
    private mutating func countWhoIsNotKnown() {
        for (territory, values) in now where values.contributors == 0 {
            now[territory]?.contributors = source.count(values)
        }
    }

    /// Reads the tables as editions published them, including tables that have no current values.
    private static func readPublished(
        _ sources: [String: GuardedSource], _ found: inout [Name: SettledFigures],
        _ read: DatasetState.Reading
    ) throws {
        for row in try read(
            """
            SELECT t.district, t.source, t.programme, t.start, t.level, t.threshold,
                   c.territory, c.times, c.amount,
                   CASE WHEN NOT c.is_recalled THEN c.contributors END,
                   CASE WHEN NOT c.is_recalled THEN c.own_contributors END, c.showing, c.low, c.high
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

extension SettledFigures.Name {
    /// Reads the columns source, programme, territory and start.
    fileprivate static func read(
        _ row: inout RowCursor
    ) throws -> (name: Self, territory: String) {
        let (source, programme) = (try row.next(String.self), try row.next(String.self))
        let territory = try row.next(String.self)
        let name = Self(
            district: String(territory.prefix(6)), source: source, programme: programme,
            start: try row.next())
        return (name, territory)
    }
}

extension SettledFigures.Published {
    /// Reads the columns from `times` to `high` of a row of `settled_cell`.
    /// - Parameter now: the territory's current values.
    fileprivate init(
        _ row: inout RowCursor, of source: GuardedSource, now: SettledFigures.Values?
    ) throws {
        var values = SettledFigures.Values(
            times: try row.next(), amount: try row.next(),
            contributors: try row.next(optional: Int64.self),
            ownContributors: try row.next(optional: Int64.self))
        showing = GuardedTable.Showing(rawValue: try row.next()) ?? .neighbour
        let low = try row.next(optional: Int64.self)
        let high = try row.next(optional: Int64.self)
        if showing.isHidden {
            told = low.flatMap { low in high.map { low...$0 } }
        } else {
            // A forgotten edition may have shown only money. Where it agrees, take the count from the current values.
            if values.contributors == nil, let now, source.isSame(values, now) {
                (values.times, values.amount) = (now.times, now.amount)
            }
            let count = source.count(values)
            told = count...count
        }
        self.values = values
    }
}
