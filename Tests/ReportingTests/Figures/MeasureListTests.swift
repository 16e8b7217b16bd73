import Postgres
import Support
import Testing

@testable import Reporting
@testable import ServiceKit

@Suite("The list of measures")
struct MeasureListTests {
    /// A database that has the version gets no rows of another list.
    @Test func `a changed list has a new version`() {
        #expect(
            Measures.rows.digest == Measures.digests.last,
            "the rows have changed: add this digest to Measures.digests")
    }

    @Test func `a new version replaces the rows of an older one`() throws {
        let bench = try ServiceBench(Reporting.definition)
        _ = try bench.connection.run("UPDATE measure SET unit = 'x', protection = 'none'")
        try bench.connection.script(Measures.rows.sql)
        let table = try bench.connection.run("SELECT name, unit, protection FROM measure").map {
            [
                try $0.decode(String.self, at: 0), try $0.decode(String.self, at: 1),
                try $0.decode(String.self, at: 2),
            ]
        }
        #expect(
            Set(table)
                == Set(Measures.all.map { [$0.name, $0.unit.rawValue, $0.protection.rawValue] }))
    }

    /// `DefineWord` refuses parts of other dimensions.
    @Test func `every dimension divides a measure`() {
        #expect(
            Set(Measures.all.compactMap(\.dimension)) == Set(Measure.Dimension.allCases))
    }
}
