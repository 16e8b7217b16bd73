import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite(
    "The bulletin as the association defines it, on a real database")
struct ReportingBulletinDefinitionTests {
    typealias Line = DefineBulletin.Line
    typealias Section = DefineBulletin.Section

    var world: DashboardWorld
    private let may: Period

    /// Version 1 is the reference bulletin.
    init() throws {
        world = try DashboardWorld()
        may = try #require(Period("2020-05"))
        try world.nameTerritories()
    }

    /// Definitions are checked against the plan that a new deployment has; this publishes more than that.
    private mutating func publishFigures() throws {
        try world.insure(68_050)
        try world.publish()
    }

    static let insurance = ReportingFacts.accidentInsurance

    static func line(
        _ number: Int = 1, section: String = "cover", measure: String = "insured_households",
        programme: Programme = insurance, part: String? = nil,
        territory: TerritoryCode = ReportingFacts.district,
        period: String = "all"
    ) -> Line {
        Line(
            number: number, section: code(section), nameZh: "参保家庭", nameEn: "Covered families",
            measure: measure, programme: programme, part: part, territory: territory, period: period
        )
    }

    static func code(_ text: String) -> Programme {
        Programme(text) ?? insurance
    }

    static func section(
        _ code: String = "cover", overview: [DefineBulletin.KeyFigure] = [],
        saying clause: DefineBulletin.Clause? = nil
    ) -> Section {
        Section(
            section: Self.code(code), nameZh: "保障", nameEn: "Cover", overview: overview,
            sentences: clause.map { [.init(led: true, clauses: [$0])] } ?? [])
    }

    static func bulletin(
        _ lines: [Line], _ sections: [Section] = [section()], version: Int = 2
    ) -> DefineBulletin {
        DefineBulletin(
            version: version, reason: "a test", territory: ReportingFacts.district,
            sections: sections, lines: lines)
    }

    private func read(edition: Int? = nil) throws -> ReadPage {
        try world.page(.bulletin(may, edition: edition), .en)
    }

    // MARK: Defining

    @Test mutating func `a bulletin takes the place of the one before, whole, and says so`() throws
    {
        let command = Self.bulletin([Self.line(7), Self.line(3, period: "2020-05")])
        #expect(try world.bench.decide(command).status == "accepted")
        let fact = try #require(world.bench.facts.last?.payload as? BulletinDefined)
        #expect(fact.version == 2)
        #expect(fact.lines == command.lines)
        #expect(world.bench.facts.last?.header.sequence == 2)
        let lines = try BulletinLine.all { try world.bench.connection.run($0) }
        #expect(lines.map(\.number) == [3, 7])
        #expect(lines.map(\.period.code) == ["2020-05", "all"])
        try publishFigures()
        let page = try read()
        #expect(page.text.contains("Covered families"))
        #expect(!page.text.contains("Happiness Project"))
    }

    @Test func `a bulletin is read with its lines at once, so that two versions are never mixed`()
        throws
    {
        var statements = 0
        let read = try #require(
            try DefinedBulletin.withLines {
                statements += 1
                return try world.bench.connection.run($0)
            })
        #expect(statements == 1)
        #expect(read.bulletin.sequence == 1)
        #expect(read.lines.count == (try ReferenceBulletin.bulletin().lines.count))
    }

    @Test func `a bulletin of another version than the next is refused`() throws {
        for version in [1, 3] {
            let answer = try world.bench.decide(Self.bulletin([Self.line()], version: version))
            #expect(answer.code == "bulletin_version_taken")
            #expect(answer.pointer == "/data/version")
            #expect(answer.expected == "2")
        }
    }

    @Test func `a bulletin without lines, with too many, or with a line without a name is refused`()
        throws
    {
        let many = (1...(DefineBulletin.lineLimit + 1)).map { Self.line($0) }
        for lines in [[], many] {
            let answer = try world.bench.decide(Self.bulletin(lines))
            #expect(answer.code == "invalid_value")
            #expect(answer.pointer == "/data/lines")
        }
        var line = Self.line()
        line.nameEn = ""
        let answer = try world.bench.decide(Self.bulletin([Self.line(2), line]))
        #expect(answer.pointer == "/data/lines/1/nameEn")
        line = Self.line(period: "May")
        #expect(try world.bench.decide(Self.bulletin([line])).pointer == "/data/lines/0/period")
    }

    @Test mutating func `a programme that has figures and no name may be printed`() throws {
        try world.bench.connection.script("DELETE FROM programme")
        let command = Self.bulletin([Self.line()])
        #expect(try world.bench.decide(command).code == "unknown_programme")
        try world.insure(10)
        #expect(try world.bench.decide(command).status == "accepted")
    }

    @Test mutating func `a line of a programme to which its measure does not belong is refused`()
        throws
    {
        try world.lend(3, yuan: 10_000, in: "350203006001")
        try publishFigures()
        let other = Self.code("happiness-project")
        let answer = try world.bench.decide(Self.bulletin([Self.line(programme: other)]))
        #expect(answer.code == "bulletin_contradicts")
        #expect(answer.pointer == "/data/lines/0/programme")
        #expect(
            answer.expected
                == "one of which insured_households has figures: \(Self.insurance.rawValue)")
        let section = Self.section(overview: [.init(measure: "insured_households")])
        let without = try world.bench.decide(Self.bulletin([Self.line()], [section]))
        #expect(without.pointer == "/data/sections/0/overview/0/programme")
    }

    @Test mutating func `a line in force may stay while its figures are still to come`() throws {
        let line = Self.line(programme: Self.code("happiness-project"))
        #expect(try world.bench.decide(Self.bulletin([line])).status == "accepted")
        try world.lend(3, yuan: 10_000, in: "350203006001")
        try publishFigures()
        let again = Self.bulletin([line], version: 3)
        #expect(try world.bench.decide(again).status == "accepted")
        let other = Self.bulletin([Self.line(programme: Self.code("warm-home"))], version: 4)
        #expect(try world.bench.decide(other).status == "accepted", "nothing is known of it yet")
    }

    @Test func `a bulletin of a territory that nobody knows is refused`() throws {
        var command = Self.bulletin([Self.line()])
        command.territory = Self.elsewhere
        let answer = try world.bench.decide(command)
        #expect(answer.code == "unknown_territory")
        #expect(answer.pointer == "/data/territory")
    }

    @Test func `only the operator defines bulletins and names`() throws {
        try world.bench.take(
            PublisherGranted(
                publisher: "district", territories: [ReportingFacts.district],
                types: ["reporting.*"]), subject: UUID(), sequence: 1)
        let commands: [any Command] = [
            Self.bulletin([Self.line()]), ProgrammeNameTests.name(version: 2),
        ]
        for command in commands {
            #expect(try world.bench.decide(command, publisher: "district").code == "out_of_scope")
        }
    }

    @Test mutating func `before a bulletin is defined none is published; pages do without`() throws
    {
        try publishFigures()
        for table in ["bulletin_definition", "bulletin_line"] {
            try world.bench.connection.script("DELETE FROM \(table)")
        }
        let answer = try world.publishBulletin()
        #expect(answer.code == "bulletin_undefined")
        #expect(answer.pointer == "/data/period")
        for page in [PageRequest.Page.overview, .bulletin(may, edition: nil), .dataset(.funding)] {
            #expect(try world.page(page, .en).status == 200)
        }
        #expect(try read().text.contains("has not decided yet what its bulletin says"))
    }

    // MARK: Editions

    @Test mutating func `an edition after a change has the new lines; those before read as ever`()
        throws
    {
        try publishFigures()
        #expect(try world.publishBulletin().status == "accepted")
        let before = try read(edition: 1)
        #expect(before.text.contains("68,000 households against accidents"))
        let clause = DefineBulletin.Clause(zh: "为 {7}投保", en: "{7} are covered")
        let command = Self.bulletin([Self.line(7)], [Self.section(saying: clause)])
        #expect(try world.bench.decide(command).status == "accepted")
        #expect(try read(edition: 1).text == before.text)

        #expect(try world.publishBulletin(on: "2020-06-03").status == "accepted")
        let after = try read(edition: 2)
        #expect(after.text.contains("68,050 households are covered."))
        #expect(after.text.contains("Covered families"))
        let figures = try BulletinEdition.figures(of: may, edition: 2) {
            try world.bench.connection.run($0)
        }
        #expect(Set(figures.map(\.number)) == [7])
        let old = try read(edition: 1)
        #expect(old.text.contains("68,000 households against accidents"))
        #expect(!old.text.contains("Covered families"))
        #expect(
            try world.publishBulletin(on: "2020-06-04").code == "bulletin_unchanged",
            "neither figures nor lines are others")
    }

    @Test mutating func `what a line is printed as is no difference of its figure`() throws {
        try publishFigures()
        try world.publishBulletin()
        try world.bench.decide(Self.bulletin([Self.line(7)]))
        try world.publishBulletin(on: "2020-06-03")
        let fact = try #require(world.bench.facts.last?.payload as? BulletinPublished)
        let first = try BulletinEdition.figures(of: may, edition: 1) {
            try world.bench.connection.run($0)
        }
        #expect(fact.changed == first.count - 3, "the figures that are gone, and no other")
    }

    @Test mutating func `an edition from before sections were data shows its lines by programme`()
        throws
    {
        try publishFigures()
        try world.publishBulletin()
        try world.bench.connection.script(
            """
            ALTER TABLE bulletin_edition DISABLE TRIGGER kept;
            UPDATE bulletin_edition SET version = NULL;
            ALTER TABLE bulletin_edition ENABLE TRIGGER kept
            """)
        let page = try read(edition: 1)
        #expect(page.status == 200)
        #expect(page.html.contains("<h2 id=\"section-accident-insurance\">Accident insurance</h2>"))
        #expect(page.figure("funding/350203/all/accident-insurance/insured_households") == "68050")
    }

    @Test mutating func `the overview shows and draws the key figures of the sections`() throws {
        let figure = DefineBulletin.KeyFigure(
            measure: "insured_households", programme: Self.insurance, part: "only_child_parents",
            chart: .byMonth)
        try world.bench.decide(
            Self.bulletin([Self.line()], [Self.section(overview: [figure])]))
        try publishFigures()
        let page = try world.page(.overview, .en)
        #expect(page.html.contains(">Cover</a></h3>"))
        let cell = "funding/350203/all/accident-insurance/insured_households:only_child_parents"
        #expect(page.figure(cell) == "68050")
        #expect(page.html.components(separatedBy: "<svg class=\"chart").count == 2)
        #expect(!page.text.contains("Warm Home"))
    }
}
