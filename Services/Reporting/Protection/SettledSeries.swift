import Messages

/// The counts of one source and programme in the territories of a district, by period.
struct SettledSeries {
    /// The rows of each territory, the earliest period first.
    private var rows: [String: [(start: BusinessDate, values: SettledFigures.Values)]] = [:]
    private var first: BusinessDate?
    /// Starts of periods that the database says are settled.
    private var settled: Set<BusinessDate> = []

    /// - Parameter isSettled: whether the period has been closed, or ended long enough ago.
    mutating func add(
        _ values: SettledFigures.Values, _ territory: String, _ start: BusinessDate,
        isSettled: Bool
    ) {
        rows[territory, default: []].append((start, values))
        if first.map({ start.day < $0.day }) ?? true { first = start }
        if isSettled { settled.insert(start) }
    }

    /// The values of each territory in each settled period, from the first period with a row. Values of a stock are those at
    /// the end of the period.
    func periods(
        _ source: GuardedSource, _ plan: Plan, today: BusinessDate
    ) -> [BusinessDate: [String: SettledFigures.Values]] {
        guard var start = first else { return [:] }
        var found: [BusinessDate: [String: SettledFigures.Values]] = [:]
        while start.day <= today.day {
            let next = start.adding(months: source.months)
            if settled.contains(start) || next.day + plan.settleDays <= today.day {
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
                    $0.times = $0.times.adding($1.values.times)
                    $0.amount = $0.amount.adding($1.values.amount)
                }
                if sum != SettledFigures.Values() { found[start]?[territory] = sum }
            }
        }
        return found
    }
}
