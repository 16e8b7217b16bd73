import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("The names of programmes as the association defines them, on a real database")
struct ProgrammeNameTests {
    private var world: DashboardWorld

    init() throws {
        world = try DashboardWorld()
        try world.nameTerritories()
    }

    private mutating func publishFigures() throws {
        try world.insure(68_050)
        try world.publish()
    }

    static func name(version: Int) -> DefineProgramme {
        DefineProgramme(
            programme: ReportingFacts.accidentInsurance, version: version, reason: "a test",
            nameZh: "平安保",
            nameEn: "Safe & sound")
    }

    @Test mutating func `a programme's name replaces the one before, on every page`() throws {
        try publishFigures()
        #expect(
            try world.page(.dataset(.funding), .en).text.contains("Accident insurance: insured"))
        #expect(try world.bench.decide(Self.name(version: 2)).status == "accepted")
        let fact = try #require(world.bench.facts.last?.payload as? ProgrammeDefined)
        #expect(fact.nameZh == "平安保")
        #expect(world.bench.facts.last?.header.sequence == 2)
        #expect(try world.page(.dataset(.funding), .zh).text.contains("平安保"))
        let page = try world.page(.dataset(.funding), .en)
        #expect(page.html.contains("Safe &amp; sound"))
        #expect(!page.text.contains("Accident insurance: insured"))
    }

    @Test func `a name of another version than the next is refused`() throws {
        let answer = try world.bench.decide(Self.name(version: 1))
        #expect(answer.code == "programme_version_taken")
        #expect(answer.pointer == "/data/version")
        #expect(answer.expected == "2")
    }

    @Test mutating func `a programme without a name is shown by its code`() throws {
        try publishFigures()
        _ = try world.bench.connection.run("DELETE FROM programme")
        #expect(try world.page(.dataset(.funding), .en).text.contains("accident-insurance"))
    }

    @Test func `nothing of a district is in the schema: a new database has no line and no name`()
        throws
    {
        let bench = try ServiceBench(Reporting.definition)
        for table in [
            "bulletin_line", "bulletin_definition", "bulletin_section", "programme", "word",
        ] {
            let rows = try bench.connection.run(Statement(trusted: "SELECT FROM \(table)", []))
            #expect(rows.isEmpty, "\(table)")
        }
    }

    @Test func `the reference plan is accepted, and is the one that a new deployment has`() throws {
        let bench = try ServiceBench(Reporting.definition)
        func cells() throws -> [String] {
            try bench.connection.run(
                """
                SELECT measure || level || span || has_parts FROM plan_cell
                ORDER BY measure, level, span
                """
            ).map { try $0.decode(String.self, at: 0) }
        }
        let before = try cells()
        #expect(try bench.decide(ReferenceBulletin.plan()).status == "accepted")
        #expect(try cells() == before)
    }
}
