import Disclosure
import Support
import Testing

@Suite("Which counts of families are shown below the district")
struct GuardedTableTests {
    /// A district with subdistricts, and communities within them.
    private static func table(
        _ subdistricts: [[Int64]], own: Int64 = 0, threshold: Int64 = 5
    ) -> GuardedTable {
        var table = GuardedTable(threshold: threshold)
        let all = subdistricts.flatMap(\.self).reduce(own, +)
        let district = table.add(parent: nil, count: all, contributors: all, own: own)
        for communities in subdistricts {
            let count = communities.reduce(0, +)
            let place = table.add(
                parent: district, count: count, contributors: count, own: 0)
            for count in communities where count > 0 {
                table.add(parent: place, count: count, contributors: count, own: count)
            }
        }
        return table
    }

    private func shown(_ table: GuardedTable) -> [Int64?] {
        table.units.map { $0.showing.isHidden ? nil : $0.count }
    }

    @Test func `where nothing is small everything is shown`() {
        var table = Self.table([[5, 9], [30]])
        table.mustProtect()
        #expect(shown(table) == [44, 14, 5, 9, 30, 30])
        #expect(table.findings().isEmpty)
    }

    @Test func `a small count takes its smallest neighbour along, and the total stays`() {
        var table = Self.table([[3, 8, 20], [30]])
        table.mustProtect()
        #expect(shown(table) == [61, 31, nil, nil, 20, 30, 30])
        #expect(table.units[2].showing == .small)
        #expect(table.units[3].showing == .neighbour)
    }

    @Test func `two small ones that would tell each other take a third along`() {
        var table = Self.table([[1, 1, 20]])
        table.mustProtect()
        #expect(
            shown(table) == [22, nil, nil, nil, nil] || shown(table) == [22, 22, nil, nil, nil])
        #expect(table.findings().isEmpty)
    }

    @Test func `what cannot be protected within hides the subdistrict, and its neighbour with it`()
    {
        var table = Self.table([[2, 1], [30, 40], [80]])
        table.mustProtect()
        #expect(shown(table) == [153, nil, nil, nil, nil, nil, nil, 80, 80])
        #expect(table.findings().isEmpty)
    }

    @Test func `one family under the code of the district itself is not what is left over`() {
        var table = Self.table([[30, 40], [80]], own: 1)
        #expect(!table.findings().isEmpty, "all shown, the district less the subdistricts is 1")
        table.mustProtect()
        #expect(table.findings().isEmpty)
        #expect(table.units[1].showing == .neighbour)
    }

    @Test func `many records of few families are hidden as few are`() {
        var table = GuardedTable(threshold: 5)
        let district = table.add(parent: nil, count: 100, contributors: 60, own: 0)
        table.add(parent: district, count: 30, contributors: 2, own: 30)
        table.add(parent: district, count: 40, contributors: 30, own: 40)
        table.add(parent: district, count: 30, contributors: 28, own: 30)
        table.mustProtect()
        #expect(shown(table) == [100, nil, 40, nil])
        #expect(table.findings().isEmpty)
    }

    @Test func `what was hidden once stays hidden`() {
        var table = GuardedTable(threshold: 5)
        let district = table.add(parent: nil, count: 90, contributors: 90, own: 0)
        for count in [Int64(20), 30, 40] {
            table.add(
                parent: district, count: count, contributors: count, own: count,
                wasHidden: count == 30)
        }
        table.mustProtect()
        #expect(shown(table) == [90, nil, nil, 40])
    }

    /// A district with parts that earlier editions have told of.
    private static func table(
        _ parts: [(count: Int64, told: ClosedRange<Int64>?)], own: Int64 = 0,
        ownWasTold: Bool = false
    ) -> GuardedTable {
        var table = GuardedTable(threshold: 5)
        let all = parts.reduce(own) { $0 + $1.count }
        let district = table.add(
            parent: nil, count: all, contributors: all, own: own, ownWasTold: ownWasTold)
        for part in parts {
            table.add(
                parent: district, count: part.count, contributors: part.count, own: part.count,
                told: part.told)
        }
        return table
    }

    @Test func `what was shown before is no cover, as everybody knows it`() {
        var table = Self.table([(3, nil), (30, 30...30), (40, 40...40)])
        table.mustNotProtect()
        table = Self.table([(3, nil), (30, 30...30), (50, nil)])
        table.mustProtect()
        #expect(shown(table) == [83, nil, 30, nil])
        #expect(table.findings().isEmpty)
    }

    @Test func `what may have changed by few since it was shown covers as much`() {
        var table = Self.table([(3, nil), (30, 26...34), (40, 40...40)])
        table.mustProtect()
        #expect(shown(table) == [73, nil, nil, 40])
        #expect(table.findings().isEmpty)
        // It can only be more, so that the other one is known to be the least.
        table = Self.table([(1, nil), (26, 26...34), (40, 40...40)])
        table.mustNotProtect()
    }

    @Test func `two that have changed by few as much as they can tell each other`() {
        var table = Self.table([(34, 26...34), (44, 36...44), (50, 46...54)])
        #expect(table.findings().isEmpty, "nothing is hidden")
        table = GuardedTable(threshold: 5)
        let district = table.add(parent: nil, count: 128, contributors: 128, own: 0)
        for (count, told) in [(Int64(34), Int64(26)...34), (44, 36...44), (50, 46...54)] {
            table.add(
                parent: district, count: count, contributors: count, own: count, told: told,
                wouldTellChange: count < 50)
        }
        table.mustProtect()
        #expect(shown(table) == [128, nil, nil, nil])
    }

    @Test func `what is booked on a unit itself is no cover where it was told`() {
        var table = Self.table([(3, nil), (30, 30...30)], own: 50)
        table.mustProtect()
        #expect(shown(table) == [83, nil, 30])
        table = Self.table([(3, nil), (30, 30...30)], own: 50, ownWasTold: true)
        table.mustNotProtect()
    }

    @Test func `a small count that was shown already needs no cover for itself`() {
        var table = Self.table([(3, 3...3), (30, 30...30), (40, 40...40)])
        table.mustProtect()
        #expect(shown(table) == [73, nil, 30, 40])
        #expect(table.findings().isEmpty)
    }

    @Test func `a total that is too small to be divided is not`() {
        var table = Self.table([[1], [1], [1]])
        table.mustNotProtect()
        let smaller = table.withoutDeepest()
        #expect(smaller?.kept == [0, 1, 3, 5])
        var subdistricts = smaller?.table ?? table
        subdistricts.mustNotProtect()
        #expect(subdistricts.withoutDeepest() == nil)
    }

    @Test func `with a threshold of 1 everything is shown`() {
        var table = Self.table([[1], [2, 1]], threshold: 1)
        table.mustProtect()
        #expect(table.units.allSatisfy { $0.showing == .shown })
    }

    @Test func `whatever is protected tells nothing, and hides no zero and no root`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SeededRandom(seed)
        var (protected, hidden, units) = (0, 0, 0)
        for _ in 0..<2_000 {
            var table = Self.random(&random)
            guard table.protect() else { continue }
            protected += 1
            #expect(table.findings() == [], "seed \(seed)")
            #expect(table.units.allSatisfy { $0.parent != nil || !$0.showing.isHidden })
            for unit in table.units.indices {
                if table.isSmall(unit), table.units[unit].parent != nil {
                    #expect(table.units[unit].showing.isHidden)
                }
                if table.units[unit].wasHidden { #expect(table.units[unit].showing.isHidden) }
            }
            hidden += table.units.count { $0.showing.isHidden }
            units += table.units.count
        }
        #expect(protected > 500)
        #expect(hidden > 0 && hidden < units)
    }

    /// One to three levels, with sizes from nearly nothing to many.
    private static func random(_ random: inout SeededRandom) -> GuardedTable {
        var table = GuardedTable(threshold: 5)
        let largest = [3, 8, 40, 400].randomElement(using: &random) ?? 8
        let isDeep = Bool.random(using: &random)
        var rows: [(count: Int64, own: Int64, communities: [Int64])] = []
        for _ in 0..<Int.random(in: 1...10, using: &random) {
            let counts = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                Int64(max(0, Int.random(in: -2...largest, using: &random)))
            }
            let own = Int64([0, 0, 0, 0, 2, 9].randomElement(using: &random) ?? 0)
            rows.append(
                isDeep ? (counts.reduce(own, +), own, counts) : (counts[0], counts[0], []))
        }
        let own = Int64([0, 0, 0, 1, 7].randomElement(using: &random) ?? 0)
        let all = rows.reduce(own) { $0 + $1.count }
        guard all > 0 else { return table }
        let district = table.add(parent: nil, count: all, contributors: all, own: own)
        func add(_ count: Int64, _ own: Int64, in parent: Int) -> Int {
            table.add(
                parent: parent, count: count,
                contributors: Int64.random(in: 1...count, using: &random), own: own,
                wasHidden: Int.random(in: 0..<20, using: &random) == 0)
        }
        for row in rows where row.count > 0 {
            let place = add(row.count, row.own, in: district)
            for count in row.communities where count > 0 { _ = add(count, count, in: place) }
        }
        return table
    }
}

extension GuardedTable {
    fileprivate mutating func mustProtect() {
        let isProtected = protect()
        #expect(isProtected)
    }

    fileprivate mutating func mustNotProtect() {
        let isProtected = protect()
        #expect(!isProtected)
    }
}
