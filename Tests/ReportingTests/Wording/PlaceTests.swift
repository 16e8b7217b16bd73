import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("What territories are called, on a real database")
struct PlaceTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(Reporting.definition) }

    @Test("A newer edition renames, whatever comes first")
    func editions() throws {
        let older = edition("2020-12-31", [("350203006", "鹭江街道")])
        let newer = edition("2023-12-31", [("350203006", "鹭江新街道")])
        for order in [[older, newer], [newer, older]] {
            _ = try bench.connection.run("DELETE FROM place")
            for fact in order { try take(fact, sequence: 1) }
            #expect(try name("350203006") == "鹭江新街道")
        }
    }

    @Test("The same edition again corrects itself, and an old copy of it changes nothing")
    func corrected() throws {
        try take(edition("2023-12-31", [("350203006", "鹭江")]), sequence: 1)
        try take(edition("2023-12-31", [("350203006", "鹭江街道")]), sequence: 2)
        try take(edition("2023-12-31", [("350203006", "鹭江")]), sequence: 1)
        #expect(try name("350203006") == "鹭江街道")
    }

    @Test("A unit that has ended keeps its name, and is no longer offered without figures")
    func ended() throws {
        try take(
            edition("2020-12-31", [("350203", "思明区"), ("350203006", "鹭江街道")]), sequence: 1)
        var closing = edition("2023-12-31", [("350203", "思明区")])
        closing.closed = [
            TerritoryClosure(
                code: ReportingFacts.subdistrict, validTo: ReportingFacts.date("2023-12-30"))
        ]
        try take(closing, sequence: 1)
        #expect(try name("350203006") == "鹭江街道")
        let children = try PublishedKeys.children(of: ReportingFacts.district) {
            try bench.connection.run($0)
        }
        #expect(children.isEmpty)
    }

    @Test(
        "An end that comes before its unit ends it when it comes, whatever older edition names it")
    func endedBefore() throws {
        var closing = edition("2023-12-31", [("350203", "思明区")])
        closing.closed = [
            TerritoryClosure(
                code: ReportingFacts.subdistrict, validTo: ReportingFacts.date("2023-12-30"))
        ]
        try take(closing, sequence: 1)
        #expect(try name("350203006") == nil)
        for (day, name) in [("2019-12-31", "鹭江"), ("2020-12-31", "鹭江街道")] {
            try take(edition(day, [("350203006", name)]), sequence: 1)
            #expect(try self.name("350203006") == name)
            #expect(try lastDay("350203006") == ReportingFacts.date("2023-12-30"))
        }
        try take(edition("2024-12-31", [("350203006", "鹭江街道")]), sequence: 1)
        #expect(try lastDay("350203006") == nil)
    }

    @Test("A publisher who is not registry brings no names")
    func foreign() throws {
        try bench.take(
            edition("2023-12-31", [("350203006", "鹭江街道")]), subject: UUID(), sequence: 1,
            as: "subdistrict")
        #expect(try name("350203006") == nil)
    }

    // MARK: Help

    private func edition(_ day: String, _ units: [(String, String)]) -> TerritoryLoaded {
        TerritoryLoaded(
            edition: ReportingFacts.date(day), source: "test",
            units: units.map {
                TerritoryUnit(
                    code: ReportingFacts.code($0.0), nameZh: $0.1, nameEn: $0.1,
                    validFrom: ReportingFacts.date("2000-01-01"))
            })
    }

    private func take(_ fact: TerritoryLoaded, sequence: Int64) throws {
        try bench.take(fact, subject: UUID(), sequence: sequence)
    }

    private func name(_ code: String) throws -> String? {
        try bench.connection.run("SELECT name_zh FROM place WHERE code = \(code)").first?
            .decode(String.self, at: 0)
    }

    private func lastDay(_ code: String) throws -> BusinessDate? {
        try bench.connection.run("SELECT valid_to FROM place WHERE code = \(code)").first?
            .decode(optional: BusinessDate.self, at: 0)
    }
}
