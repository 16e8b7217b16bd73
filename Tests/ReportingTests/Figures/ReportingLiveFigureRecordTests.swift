import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

/// Records that remain of a question about figures.
extension ReportingLiveFigureTests {
    @Test func `that somebody asked is noted, and for what`() throws {
        try donate(100, in: "350203006001", on: "2020-02-10")
        let id = UUID()
        let query = GetFigures(territory: ReportingFacts.district, measures: ["donations_fen"])
        try bench.decide(query, id: id)
        let explain = ExplainFigure(
            measure: "donations_fen", territory: ReportingFacts.district, period: "all")
        try bench.decide(explain)
        let rows = try bench.connection.run(
            "SELECT publisher, source, type, asked, message FROM figure_read ORDER BY type DESC")
        #expect(rows.count == 2)
        var row = try #require(rows.first).cursor()
        #expect(try row.next(String.self) == "operator")
        #expect(try row.next(String.self) == "test")
        #expect(try row.next(String.self) == GetFigures.type)
        #expect(
            try row.next(String.self)
                == #"{"measures":["donations_fen"],"territory":"350203"}"#)
        #expect(try row.next(UUID.self) == id)
    }

    @Test func `what was answered is kept nowhere, and asked again it is answered anew`()
        throws
    {
        try donate(12_345, in: "350203006001", on: "2020-02-10")
        let (id, time) = (UUID(), Timestamp.now())
        let query = GetFigures(
            territory: ReportingFacts.district, measures: ["donations_fen"], dimension: "")
        func sum() throws -> Int64? {
            try answer(bench.decide(query, id: id, time: time)).figures.first?.value
        }
        #expect(try sum() == 1_234_500)
        for table in ["inbox", "owed_receipt", "parked", "dead_letter", "figure_read"] {
            let rows = try names("SELECT coalesce(string_agg(t::text, ' '), '') FROM \(table) t")
            #expect(try #require(rows.first).contains("1234500") == false, "\(table)")
        }
        try donate(10_000, in: "350203006001", on: "2020-02-11")
        #expect(try sum() == 2_234_500)
        #expect(try count("figure_read") == 2)
    }

    @Test func `that somebody asked is forgotten after three years`() throws {
        try name(["350203"])
        try bench.decide(GetFigures(territory: ReportingFacts.district))
        let (before, after) = ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z")
        try FigureRead.forget(before: #require(Timestamp(before)), bench.connection)
        #expect(try count("figure_read") == 1)
        try FigureRead.forget(before: #require(Timestamp(after)), bench.connection)
        #expect(try count("figure_read") == 0)
    }
}
