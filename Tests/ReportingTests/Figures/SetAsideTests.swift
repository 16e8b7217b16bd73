import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("A contribution that cannot be counted")
struct SetAsideTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(Reporting.definition) }

    private func number(_ statement: Statement) throws -> Int64 {
        try #require(bench.connection.run(statement).first).decode(Int64.self, at: 0)
    }

    /// Records that a cell cannot hold besides others: twice as many are too many.
    private func poison(_ count: Int) throws {
        _ = try bench.connection.run(
            """
            INSERT INTO delta (source, territory, day, programme, dimension, records, times, amount)
            SELECT 'donation', '350203', '2020-05-26', 'poison', '', 9223372036854775807, 1, 1
            FROM generate_series(1, \(Int32(count)))
            """)
    }

    @Test(arguments: [0, 17, 60])
    func `is set aside with its error, and all others are counted`(place: Int) throws {
        var facts = ReportingFacts(seed: 7)
        let items = facts.items(records: 60)
        // The first of two still fits.
        try poison(1)
        try bench.take(Array(items.prefix(place)))
        try poison(1)
        try bench.take(Array(items.dropFirst(place)))
        #expect(try Cells.rollUp(bench.connection) > 2)
        #expect(try number("SELECT count(*) FROM delta") == 0)
        #expect(
            try number(
                "SELECT count(*) FROM delta_aside WHERE programme = 'poison' AND error LIKE '22003%'"
            )
                == 1)
        #expect(try number("SELECT count(*) FROM delta_aside") == 1)

        let clean = try ServiceBench(Reporting.definition)
        try clean.take(items)
        try ReportingChecks.rollUpAll(clean)
        _ = try bench.connection.run("DELETE FROM cell WHERE programme = 'poison'")
        #expect(try ReportingChecks.digest(bench) == ReportingChecks.digest(clean))
    }

    @Test func `is forgotten when a rebuild makes all figures anew`() throws {
        try poison(2)
        try Cells.rollUp(bench.connection)
        #expect(try number("SELECT count(*) FROM delta_aside") == 1)
        try bench.decide(RebuildCells(reason: "the service was updated"))
        #expect(try number("SELECT count(*) FROM delta_aside") == 0)
        #expect(try number("SELECT count(*) FROM cell") == 0)
    }
}
