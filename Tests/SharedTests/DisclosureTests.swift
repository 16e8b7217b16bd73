import Disclosure
import Testing

@Suite("Disclosure: what follows from what is published")
struct DisclosureTests {
    private typealias Atom = DisclosureCubes.Atom

    private static let day = "2020-05-26"

    /// Communities by their last digits, each with figures of parts.
    private func atoms(_ figures: [String: [String: Int64]], day: String = day) -> [Atom] {
        figures.sorted { $0.key < $1.key }.flatMap { place, parts in
            parts.sorted { $0.key < $1.key }.map {
                Atom(place: "350203001" + place, day: day, part: $0.key, values: [$0.value])
            }
        }
    }

    private func hidden(_ versions: [Cube.Version], period: String = "all") -> Set<String> {
        Set(
            versions.filter { $0.showing.isHidden && $0.period == period && $0.ended == nil }.map {
                $0.place.dropFirst(9) + "/" + $0.part
            })
    }

    @Test("One small cell of a table of two ways takes three others with it")
    func twoWays() {
        var versions = DisclosureCubes.versions(
            atoms([
                "001": ["a": 3, "b": 20, "c": 30], "002": ["a": 25, "b": 9, "c": 40],
                "003": ["a": 35, "b": 45, "c": 50],
            ]))
        let (table, audit) = DisclosureCubes.protect(&versions, DisclosureCubes.counts)
        #expect(audit.findings == [])
        #expect(DisclosureCubes.solved(table) == [])
        let parts = hidden(versions)
        #expect(parts.contains("001/a"))
        #expect(parts.count == 4, "\(parts)")
    }

    @Test("A hidden cell that is the only one of its total is found")
    func subtraction() {
        var versions = DisclosureCubes.versions(atoms(["001": ["": 3], "002": ["": 20]]))
        for index in versions.indices {
            versions[index].showing = versions[index].values == [3] ? .primary : .published
        }
        let audit = Audit(DisclosureCubes.counts.table(versions))
        #expect(audit.findings.count == 5, "in each period")
        #expect(audit.findings.allSatisfy { $0.low == 3 && $0.high == 3 })
        #expect(audit.findings.allSatisfy { $0.wantedLow == 1 && $0.wantedHigh == 4 })
    }

    @Test("Two hidden cells that add up to too little are told apart from nothing")
    func tooNarrow() {
        var versions = DisclosureCubes.versions(
            atoms(["001": ["": 1], "002": ["": 1], "003": ["": 20]]))
        let (_, audit) = DisclosureCubes.protect(&versions, DisclosureCubes.counts)
        #expect(audit.findings == [])
        #expect(hidden(versions) == ["001/", "002/", "003/"])
    }

    @Test("A small community hides another one, not its subdistrict")
    func hierarchy() {
        var all = atoms(["001": ["": 2], "002": ["": 30], "003": ["": 40]])
        all.append(Atom(place: "350203002001", day: Self.day, part: "", values: [50]))
        var versions = DisclosureCubes.versions(all)
        let (_, audit) = DisclosureCubes.protect(&versions, DisclosureCubes.counts)
        #expect(audit.findings == [])
        #expect(hidden(versions) == ["001/", "002/"])
    }

    @Test("What is booked on a subdistrict itself, and small, is not told by subtraction")
    func bookedOnTotal() {
        var all = atoms(["001": ["": 20], "002": ["": 30]])
        all.append(Atom(place: "350203001", day: Self.day, part: "", values: [2]))
        var versions = DisclosureCubes.versions(all)
        let (_, audit) = DisclosureCubes.protect(&versions, DisclosureCubes.counts)
        #expect(audit.findings == [])
        #expect(!hidden(versions).isEmpty)
    }

    @Test("What a total grew by from one edition to the next does not tell a new small cell")
    func editions() {
        let first = atoms(["001": ["": 20], "002": ["": 30]])
        var versions = DisclosureCubes.versions(first)
        _ = DisclosureCubes.protect(&versions, DisclosureCubes.counts)
        #expect(hidden(versions).isEmpty)
        let more =
            first + [
                Atom(place: "350203001001", day: "2020-05-27", part: "", values: [2])
            ]
        versions = DisclosureCubes.next(
            versions, DisclosureCubes.versions(more, edition: 2))
        let (_, audit) = DisclosureCubes.protect(&versions, DisclosureCubes.counts)
        #expect(audit.findings == [])
        #expect(hidden(versions).contains("001/"), "22 less the 20 of before would be the new 2")
    }

    @Test("A cell that grows beyond the threshold is not shown while that would tell what it was")
    func opened() {
        let first = atoms(["001": ["": 3], "002": ["": 20], "003": ["": 40]])
        var versions = DisclosureCubes.versions(first)
        _ = DisclosureCubes.protect(&versions, DisclosureCubes.counts)
        #expect(hidden(versions) == ["001/", "002/"])
        let more = atoms(["001": ["": 9], "002": ["": 20], "003": ["": 40]])
        versions = DisclosureCubes.next(
            versions, DisclosureCubes.versions(more, edition: 2))
        let (table, audit) = DisclosureCubes.protect(&versions, DisclosureCubes.counts)
        #expect(audit.findings == [])
        #expect(DisclosureCubes.solved(table) == [])
        #expect(hidden(versions).contains("001/"), "63 less 9 and 40 of before leave 3")
    }

    @Test("A sum of distinct persons is not told by the persons of its parts")
    func distinct() {
        let cube = DisclosureCubes.cube([.count, .distinctCount])
        let all = [("001", 4, 3), ("002", 20, 20), ("003", 30, 30)].map {
            Atom(
                place: "350203001\($0.0)", day: Self.day, part: "",
                values: [Int64($0.1), Int64($0.2)])
        }
        var versions = DisclosureCubes.versions(all)
        for index in cube.sensitive(versions) { versions[index].showing = .primary }
        let alone = Audit(cube.table(versions))
        #expect(alone.findings.contains { $0.low == 3 }, "53 less 20 and 30")
        #expect(DisclosureCubes.protect(&versions, cube).1.findings == [])
    }

    @Test("Money of few is as uncertain as their number")
    func money() {
        let cube = DisclosureCubes.cube([.count, .money])
        let all = [("001", 2), ("002", 20), ("003", 30)].map {
            Atom(
                place: "350203001\($0.0)", day: Self.day, part: "",
                values: [Int64($0.1), Int64($0.1) * 8_000])
        }
        var versions = DisclosureCubes.versions(all)
        let (table, audit) = DisclosureCubes.protect(&versions, cube)
        #expect(audit.findings == [])
        let margin = table.figures.first { $0.value == 16_000 }?.margin
        #expect(margin == FigureTable.Margin(down: 8_000, up: 16_000))
    }

    @Test("One contributor dominates whom the second can estimate within a tenth")
    func dominance() {
        let rule = SensitivityRule(threshold: 5)
        #expect(rule.isDominated(total: 1_000, largest: 900, second: 50))
        #expect(!rule.isDominated(total: 1_000, largest: 800, second: 100))
        #expect(!SensitivityRule(threshold: 1).isDominated(total: 10, largest: 10, second: 0))
    }

    @Test("A threshold of 1 hides nothing")
    func off() {
        let rule = SensitivityRule(threshold: 1)
        #expect((-3...3).allSatisfy { !rule.isSensitive(count: $0) })
    }

    @Test(
        "Random trees in random editions: neither programs nor elimination tell a small figure",
        arguments: UInt64(1)...12, [false, true])
    func attacked(seed: UInt64, isStock: Bool) {
        print("seed \(seed)")
        let cube = DisclosureCubes.cube([.count], isStock: isStock)
        var random = DisclosureCubes(seed: seed)
        var all: [Atom] = []
        var versions: [Cube.Version] = []
        var held = 0
        for edition in 1...Int64(4) {
            for _ in 0..<(1 + random.below(12)) {
                all.append(
                    Atom(
                        place: "35020300\(1 + random.below(3))00\(1 + random.below(4))",
                        day: "2020-0\(1 + random.below(6))-1\(random.below(3))",
                        part: ["a", "b", isStock ? "a" : ""][random.below(3)],
                        values: [Int64(1 + random.below(random.below(3) == 0 ? 60 : 6))]))
            }
            var next = DisclosureCubes.next(
                versions,
                isStock
                    ? DisclosureCubes.stocks(all, edition: edition)
                    : DisclosureCubes.versions(all, edition: edition))
            let (table, audit) = DisclosureCubes.protect(&next, cube)
            guard audit.findings.isEmpty else {
                held += 1
                continue
            }
            #expect(DisclosureCubes.solved(table).isEmpty, "edition \(edition)")
            versions = next
        }
        #expect(held == 0)
    }

    @Test("The same table ends in the same pattern")
    func deterministic() {
        var random = DisclosureCubes(seed: 7)
        let all = (0..<40).map { _ in
            Atom(
                place: "35020300\(1 + random.below(3))00\(1 + random.below(4))", day: Self.day,
                part: "", values: [Int64(1 + random.below(20))])
        }
        let patterns = (0..<3).map { _ in
            var versions = DisclosureCubes.versions(all)
            _ = DisclosureCubes.protect(&versions, DisclosureCubes.counts)
            return versions.map(\.showing)
        }
        #expect(Set(patterns).count == 1)
    }
}
