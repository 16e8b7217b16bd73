/// How stocks add up: a place or part without a cell in a period has what it had in the last one before that has.
extension CubeBuilder {
    private struct Series: Hashable {
        let place: String
        let span: Int
        let part: String
    }

    /// The cells of a series by period, in order.
    private typealias Cells = [(period: String, born: Int64, versions: [Int])]

    mutating func addStocks() {
        var found: [Series: [String: [Int]]] = [:]
        for (index, version) in versions.enumerated() {
            let span = version.period.contains("Q") ? 5 : version.period.utf8.count
            let series = Series(place: version.place, span: span, part: version.part)
            found[series, default: [:]][version.period, default: []].append(index)
        }
        let cells = found.mapValues { periods -> Cells in
            periods.sorted { $0.key < $1.key }.map { period, indices in
                (period, indices.map { versions[$0].born }.min() ?? 0, indices)
            }
        }
        let order = cells.keys.sorted {
            ($0.place, $0.span, $0.part) < ($1.place, $1.span, $1.part)
        }
        var places: [Series: [Series]] = [:]
        var parts: [Series: [Series]] = [:]
        for series in order {
            if series.place.count > 6 {
                let around = String(series.place.dropLast(3))
                places[Series(place: around, span: series.span, part: series.part), default: []]
                    .append(series)
            }
            if series.part != "" {
                parts[Series(place: series.place, span: series.span, part: ""), default: []]
                    .append(series)
            }
        }
        for series in order {
            for breakdown in [places[series], parts[series]].compactMap(\.self) {
                for total in cells[series] ?? [] {
                    add(
                        total.versions, total.born, breakdown.compactMap { cells[$0] }, total.period
                    )
                }
            }
        }
        addClosings()
    }

    /// One total of one period, and the series of its parts.
    private mutating func add(_ totals: [Int], _ born: Int64, _ parts: [Cells], _ period: String) {
        func newest(_ indices: [Int]) -> Int? { indices.first { versions[$0].ended == nil } }
        let earlier = parts.map { $0.filter { $0.period <= period } }.filter { !$0.isEmpty }
        let current = earlier.compactMap { $0.last { newest($0.versions) != nil } }
            .compactMap { newest($0.versions) }
        var rest = cube.layers.map { _ in Int64(0) }
        let total = newest(totals)
        if let total, !current.isEmpty {
            rest = cube.rest(of: total, current, versions)
            addSums(total, current, rest)
        }
        func isHidden(_ index: Int) -> Bool { versions[index].showing.isHidden }
        let all = totals + earlier.flatMap { $0.flatMap(\.versions) }
        var known: Set<[Int]> = []
        for edition in earlierEditions(all.filter(isHidden), of: all) where born <= edition {
            func standing(_ indices: [Int]) -> Int? {
                indices.first { versions[$0].stood(in: edition) && isHidden($0) }
            }
            let whole = standing(totals)
            let some = earlier.compactMap { cells in
                cells.last { $0.born <= edition }.flatMap { standing($0.versions) }
            }
            let together = (whole.map { [$0] } ?? []) + some
            if !together.isEmpty, known.insert(together).inserted {
                addStanding(total: whole, some, rest)
            }
        }
    }

    /// A stock at the end of a period is that of the last shorter one in it. While later periods wait to be counted, it
    /// is not.
    private mutating func addClosings() {
        for relation in relations() where relation.kind == .periods {
            let parts = relation.parts.filter { versions[$0].ended == nil }
            guard let total = relation.totals.first(where: { versions[$0].ended == nil }),
                let last = parts.max(by: { versions[$0].period < versions[$1].period }),
                versions[total].values == versions[last].values
            else { continue }
            for layer in cube.layers.indices {
                if let whole = figures[total][layer], let part = figures[last][layer] {
                    table.addSum(whole, of: [part])
                }
            }
        }
    }
}
