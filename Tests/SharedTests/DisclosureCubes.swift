import Disclosure

/// Small tables to hide and to attack.
struct DisclosureCubes {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(limit))
    }

    static let counts = cube([.count])

    static func cube(_ kinds: [Cube.Layer.Kind], isStock: Bool = false) -> Cube {
        Cube(
            layers: kinds.map { Cube.Layer($0) }, isStock: isStock,
            rule: SensitivityRule(threshold: 5))
    }

    /// A contribution to all cells around it.
    struct Atom {
        var place: String
        var day: String
        var part: String
        var values: [Int64]
    }

    /// The newest edition of what atoms add up to, in the order of keys.
    static func versions(_ atoms: [Atom], edition: Int64 = 1) -> [Cube.Version] {
        var sums: [[String]: [Int64]] = [:]
        for atom in atoms {
            for length in [6, 9, 12, 15] where length <= atom.place.count {
                for period in periods(atom.day) {
                    for part in Set(["", atom.part]) {
                        let key = [String(atom.place.prefix(length)), period, part]
                        let old = sums[key] ?? atom.values.map { _ in 0 }
                        sums[key] = zip(old, atom.values).map { $0 + $1 }
                    }
                }
            }
        }
        return sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, values in
            Cube.Version(
                place: key[0], period: key[1], part: key[2], values: values, showing: .open,
                began: edition, ended: nil)
        }
    }

    /// The same as what there is at the end of each period in which anything came.
    static func stocks(_ atoms: [Atom], edition: Int64 = 1) -> [Cube.Version] {
        let flows = versions(atoms, edition: edition)
        return flows.map { flow in
            var stock = flow
            let earlier = flows.filter {
                $0.place == flow.place && $0.part == flow.part && $0.period <= flow.period
                    && $0.period.count == flow.period.count
                    && $0.period.contains("Q") == flow.period.contains("Q")
            }
            stock.values = earlier.reduce(flow.values.map { _ in 0 }) { sum, version in
                zip(sum, version.values).map { ($0 ?? 0) + ($1 ?? 0) }
            }
            return stock
        }
    }

    private static func periods(_ day: String) -> [String] {
        let month = Int(day.dropFirst(5).prefix(2)) ?? 1
        let year = day.prefix(4)
        return [day, String(day.prefix(7)), "\(year)-Q\((month + 2) / 3)", String(year), "all"]
    }

    /// Hides what is sensitive, then what else must be.
    static func protect(_ versions: inout [Cube.Version], _ cube: Cube) -> (FigureTable, Audit) {
        for index in cube.sensitive(versions) where versions[index].showing == .open {
            versions[index].showing = .primary
        }
        var table = cube.table(versions)
        let audit = Suppression.protect(&table)
        for index in versions.indices { versions[index].showing = table.showing[index] }
        return (table, audit)
    }

    /// What comes next: cells with other values begin anew, and the ones they replace are kept if they are hidden.
    static func next(_ before: [Cube.Version], _ newest: [Cube.Version]) -> [Cube.Version] {
        func key(_ version: Cube.Version) -> [String] {
            [version.place, version.period, version.part]
        }
        let now = Dictionary(uniqueKeysWithValues: newest.map { (key($0), $0) })
        var all: [Cube.Version] = []
        var born: [[String]: Int64] = [:]
        var unchanged: Set<[String]> = []
        for var version in before {
            let key = key(version)
            born[key] = version.born
            if version.ended == nil {
                if now[key]?.values == version.values {
                    unchanged.insert(key)
                    if version.showing == .open { version.showing = .published }
                } else {
                    version.ended = newest.first?.began
                }
            }
            if version.ended == nil || version.showing.isHidden { all.append(version) }
        }
        for var version in newest where !unchanged.contains(key(version)) {
            version.born = born[key(version)] ?? version.born
            all.append(version)
        }
        return all
    }

    /// Primary figures that follow from the equations alone, found by elimination.
    static func solved(_ table: FigureTable) -> [Int] {
        let hidden = table.figures.indices.filter {
            table.showing[table.figures[$0].cell].isHidden
        }
        let column = Dictionary(uniqueKeysWithValues: hidden.enumerated().map { ($1, $0) })
        var rows: [[Double]] = table.rules.filter { $0.kind == .equal }.compactMap { rule in
            var row = [Double](repeating: 0, count: hidden.count)
            for term in rule.terms {
                if let place = column[term.figure] { row[place] += Double(term.sign) }
            }
            return row.contains { $0 != 0 } ? row : nil
        }
        var pivot = 0
        for place in hidden.indices {
            guard let found = rows[pivot...].indices.first(where: { abs(rows[$0][place]) > 1e-9 })
            else { continue }
            rows.swapAt(pivot, found)
            let factor = rows[pivot][place]
            rows[pivot] = rows[pivot].map { $0 / factor }
            for other in rows.indices where other != pivot && abs(rows[other][place]) > 1e-9 {
                let times = rows[other][place]
                rows[other] = zip(rows[other], rows[pivot]).map { $0 - times * $1 }
            }
            pivot += 1
            if pivot == rows.count { break }
        }
        return rows.compactMap { row in
            let used = row.indices.filter { abs(row[$0]) > 1e-9 }
            guard used.count == 1, let only = used.first else { return nil }
            let figure = table.figures[hidden[only]]
            return table.showing[figure.cell] == .primary && figure.margin != .none
                ? hidden[only] : nil
        }
    }
}
