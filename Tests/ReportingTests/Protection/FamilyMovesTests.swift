import Messages
import Testing

@testable import Reporting

@Suite("Which figures that differ by few families the audit finds")
struct FamilyMovesTests {
    private static let (whole, first, second) = ("350203006", "350203006001", "350203006002")

    private func cell(_ territory: String, in year: Int) throws -> PublishedCell {
        PublishedCell(
            territory: territory, span: .year,
            start: try #require(BusinessDate(year: year, month: 1, day: 1)))
    }

    private func version(
        _ territory: String, _ count: Int64, in year: Int, persons: Int64? = nil
    ) throws -> PublishedSeries.Version {
        PublishedSeries.Version(
            cell: try cell(territory, in: year), edition: 1, value: count,
            persons: persons ?? 3 * count, letter: .shown, isReplacing: false)
    }

    /// A subdistrict with two communities; without them if the second is nil.
    private func year(
        _ year: Int, _ first: Int64, _ second: Int64?, own: Int64 = 0, persons: Int64? = nil
    ) throws -> [PublishedSeries.Version] {
        let others = persons.map { 3 * ((second ?? 0) + own) + $0 }
        var versions = [
            try version(Self.whole, first + (second ?? 0) + own, in: year, persons: others)
        ]
        guard let second else { return versions }
        versions.append(try version(Self.first, first, in: year, persons: persons))
        versions.append(try version(Self.second, second, in: year))
        return versions
    }

    /// Territories that the audit finds in an edition after another one.
    private func found(
        _ new: [PublishedSeries.Version], after old: [PublishedSeries.Version] = [],
        isStock: Bool = true
    ) -> Set<String> {
        let name = PublishedSeries.Name(
            dataset: "families", source: "registration", programme: "", district: "350203")
        let tree = SeriesTree(
            PublishedSeries(name: name, isStock: isStock, versions: old + new))
        func byCell(_ versions: [PublishedSeries.Version]) -> FamilyMoves.Versions {
            Dictionary(versions.map { ($0.cell, $0) }) { _, last in last }
        }
        let changed = new.filter { one in
            let before = byCell(old)[one.cell]
            return before?.value != one.value || before?.persons != one.persons
        }
        let moves = FamilyMoves(tree, isStock: isStock, threshold: 5).moves(
            in: Set(changed.map(\.cell)), from: byCell(old), to: byCell(old + new))
        return Set(moves.map(\.version.cell.territory))
    }

    @Test func `a sum that moves by few tells nothing, and what is booked on it itself does`()
        throws
    {
        let old = try year(2020, 30, 40)
        #expect(try found(year(2020, 22, 50), after: old) == [])
        #expect(try found(year(2020, 22, 50, own: 2), after: old) == [Self.whole])
        #expect(try found(year(2020, 32, 50), after: old) == [Self.first])
    }

    @Test func `years are compared with the nearest one that is public`() throws {
        let old = try year(2020, 30, 40)
        #expect(try found(year(2022, 31, 60), after: old) == [Self.first])
        #expect(try found(year(2022, 31, 60), after: old, isStock: false) == [])
        #expect(try found(year(2022, 35, 36), after: old) == [Self.second])
    }

    @Test func `where one year has no communities the subdistricts are compared`() throws {
        let old = try year(2020, 30, 40)
        #expect(try found(year(2021, 72, nil), after: old) == [Self.whole])
        let both = try old + year(2021, 72, nil)
        #expect(try found(year(2020, 25, 45), after: both) == [], "both stand as before")
    }

    @Test func `many persons do not hide a household, and few tell of one`() throws {
        let old = try year(2020, 30, 40)
        #expect(try found(year(2020, 31, 40, persons: 120), after: old) == [Self.first])
        #expect(try found(year(2020, 30, 40, persons: 120), after: old) == [])
        #expect(try found(year(2020, 30, 40, persons: 92), after: old) == [Self.first])
    }
}
