/// Makes the rules of a cube.
struct CubeBuilder {
    /// A total and its parts, by the places of their versions.
    struct Relation {
        enum Kind { case places, periods, parts }
        let kind: Kind
        var totals: [Int] = []
        var parts: [Int] = []
    }

    private struct Key: Hashable {
        let kind: Relation.Kind
        let place: String
        let period: String
        let part: String
    }

    let cube: Cube
    let versions: [Cube.Version]
    var table = FigureTable()
    /// The figure of each layer of each version.
    var figures: [[Int?]] = []

    init(_ cube: Cube, _ versions: [Cube.Version]) {
        self.cube = cube
        self.versions = versions
    }

    // MARK: Cells

    mutating func addCells() {
        for version in versions {
            let cell = table.addCell(version.showing)
            figures.append(addFigures(version.values, in: cell))
        }
    }

    private mutating func addFigures(_ values: [Int64?], in cell: Int) -> [Int?] {
        let count = zip(cube.layers, values).first { $0.0.kind == .count && $0.1 != nil }?.1
        return zip(cube.layers, values).enumerated().map { label, pair in
            guard let value = pair.1 else { return nil }
            let margin =
                switch pair.0.kind {
                case .count, .distinctCount: cube.rule.margin(ofCount: value)
                case .money: cube.rule.margin(ofMoney: value, count: count)
                case .accompanying: FigureTable.Margin.none
                }
            return table.addFigure(value, in: cell, margin: margin, label: label)
        }
    }

    // MARK: Rules

    /// In an order that depends on nothing but the versions'.
    func relations() -> [Relation] {
        var found: [Relation] = []
        var places: [Key: Int] = [:]
        func place(_ key: Key) -> Int {
            if let known = places[key] { return known }
            places[key] = found.count
            found.append(Relation(kind: key.kind))
            return found.count - 1
        }
        for (index, version) in versions.enumerated() {
            let (at, period, part) = (version.place, version.period, version.part)
            for kind in [Relation.Kind.places, .periods, .parts]
            where !(kind == .parts && part != "") {
                found[place(Key(kind: kind, place: at, period: period, part: part))].totals.append(
                    index)
            }
            if at.count > 6 {
                let around = String(at.dropLast(3))
                found[place(Key(kind: .places, place: around, period: period, part: part))]
                    .parts.append(index)
            }
            if let wider = Self.around(period) {
                found[place(Key(kind: .periods, place: at, period: wider, part: part))]
                    .parts.append(index)
            }
            if part != "" {
                found[place(Key(kind: .parts, place: at, period: period, part: ""))].parts.append(
                    index)
            }
        }
        return found.filter { !$0.totals.isEmpty && !$0.parts.isEmpty }
    }

    /// The next wider period.
    static func around(_ period: String) -> String? {
        switch period.utf8.count {
        case 10: return String(period.prefix(7))
        case 7 where !period.contains("Q"):
            guard let month = Int(period.suffix(2)) else { return nil }
            return "\(period.prefix(4))-Q\((month + 2) / 3)"
        case 7: return String(period.prefix(4))
        case 4: return "all"
        default: return nil
        }
    }

    mutating func add(_ relation: Relation) {
        let isCurrent = { (index: Int) in versions[index].ended == nil }
        let totals = relation.totals.filter(isCurrent)
        let parts = relation.parts.filter(isCurrent)
        var rest = cube.layers.map { _ in Int64(0) }
        if let total = totals.first, !parts.isEmpty {
            if relation.kind != .periods { rest = cube.rest(of: total, parts, versions) }
            addSums(total, parts, rest)
        }
        addEarlier(relation, rest)
    }

    /// What the newest edition says. What is booked on a total itself, beside its parts, is a figure that nobody sees.
    mutating func addSums(_ total: Int, _ parts: [Int], _ rest: [Int64]) {
        var unseen: [Int?] = []
        if rest.contains(where: { $0 != 0 }) {
            let values = zip(cube.layers, rest).map { layer, rest in
                layer.kind == .distinctCount ? nil : rest
            }
            unseen = addFigures(values, in: table.addCell(.primary, of: total))
        }
        for layer in cube.layers.indices {
            let whole = figures[total][layer]
            var some = parts.compactMap { figures[$0][layer] }
            if cube.layers[layer].kind == .distinctCount {
                guard let whole, !some.isEmpty else { continue }
                // Of one part alone the persons are the same ones.
                if parts.count == 1, !rest.contains(where: { $0 != 0 }) {
                    table.addSum(whole, of: some)
                    continue
                }
                table.addOrder([whole], atMost: some)
                for part in some { table.addOrder([part], atMost: [whole]) }
                continue
            }
            if let figure = unseen.isEmpty ? nil : unseen[layer] { some.append(figure) }
            if whole != nil || !some.isEmpty { table.addSum(whole, of: some) }
        }
    }

    /// What earlier editions said, as far as it is about hidden figures: which of them stood there together. Where
    /// something is booked on the total itself now, something was then.
    private mutating func addEarlier(_ relation: Relation, _ rest: [Int64]) {
        let hidden = (relation.totals + relation.parts).filter { versions[$0].showing.isHidden }
        let totals = Set(relation.totals)
        var known: Set<[Int]> = []
        for edition in earlierEditions(hidden, of: relation.totals + relation.parts) {
            let standing = hidden.filter { versions[$0].stood(in: edition) }
            guard !standing.isEmpty, known.insert(standing).inserted else { continue }
            addStanding(
                total: standing.first(where: totals.contains),
                standing.filter { !totals.contains($0) }, rest)
        }
    }

    /// The editions in which the hidden ones of some versions came or went, before the last in which any did: that one
    /// is what the newest says.
    func earlierEditions(_ hidden: [Int], of all: [Int]) -> [Int64] {
        func changes(_ indices: [Int]) -> [Int64] {
            indices.flatMap { [versions[$0].began, versions[$0].ended].compactMap(\.self) }
        }
        guard !hidden.isEmpty, let last = changes(all).max() else { return [] }
        return Set(changes(hidden)).filter { $0 < last }.sorted()
    }

    /// Hidden figures that stood together in an earlier edition.
    mutating func addStanding(total: Int?, _ parts: [Int], _ rest: [Int64]) {
        for layer in cube.layers.indices where cube.layers[layer].kind != .distinctCount {
            let whole = total.flatMap { figures[$0][layer] }
            let some = parts.compactMap { figures[$0][layer] }
            if rest[layer] != 0 {
                table.addPart(of: whole, some, slack: rest[layer])
            } else if whole != nil || !some.isEmpty {
                table.addSum(whole, of: some)
            }
        }
    }

    /// Nobody who is counted once is not among those who are counted each time.
    mutating func addDistinctAgainstTotal() {
        guard let distinct = cube.layers.firstIndex(where: { $0.kind == .distinctCount }),
            let total = cube.layers.firstIndex(where: { $0.kind == .count })
        else { return }
        for index in versions.indices where versions[index].ended == nil {
            if let smaller = figures[index][distinct], let larger = figures[index][total] {
                table.addOrder([smaller], atMost: [larger])
            }
        }
    }
}

extension Cube.Version {
    func stood(in edition: Int64) -> Bool { began <= edition && edition < ended ?? .max }
}
