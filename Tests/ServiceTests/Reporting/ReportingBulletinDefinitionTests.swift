import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite(
    "The bulletin and the names of programmes as the association defines them, on a real database")
struct ReportingBulletinDefinitionTests {
    typealias Line = DefineBulletin.Line
    typealias Section = DefineBulletin.Section

    private var world: DashboardWorld
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

    private static let insurance = ReportingFacts.accidentInsurance

    private static func line(
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

    private static func code(_ text: String) -> Programme {
        Programme(text) ?? insurance
    }

    private static func section(
        _ code: String = "cover", overview: [DefineBulletin.KeyFigure] = [],
        saying clause: DefineBulletin.Clause? = nil
    ) -> Section {
        Section(
            section: Self.code(code), nameZh: "保障", nameEn: "Cover", overview: overview,
            sentences: clause.map { [.init(led: true, clauses: [$0])] } ?? [])
    }

    private static func bulletin(
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

    struct Wrong: Sendable, CustomTestStringConvertible {
        let lines: [Line]
        var sections = [section()]
        let code: String
        let pointer: String
        let expected: String

        var testDescription: String { "\(code) \(pointer)" }
    }

    private static let elsewhere = ReportingFacts.code("350206")

    static let wrong = [
        Wrong(
            lines: [line(), line(2, measure: "families_insured")], code: "unknown_measure",
            pointer: "/lines/1/measure", expected: "a measure of the data dictionary"),
        Wrong(
            lines: [line(), line(2, programme: code("no-such-programme"))],
            code: "unknown_programme", pointer: "/lines/1/programme",
            expected: "the code of a programme that has a name, or figures"),
        Wrong(
            lines: [line()],
            sections: [
                section(overview: [
                    .init(measure: "donations", programme: code("no-such-programme"))
                ])
            ],
            code: "unknown_programme", pointer: "/sections/0/overview/0/programme",
            expected: "the code of a programme that has a name, or figures"),
        Wrong(
            lines: [line(part: "rich")], code: "unknown_part", pointer: "/lines/0/part",
            expected: "a word of the contract for basis"),
        Wrong(
            lines: [line(measure: "members_active", part: "x")], code: "unknown_part",
            pointer: "/lines/0/part", expected: "a word of the contract for role"),
        Wrong(
            lines: [line(measure: "borrowers", part: "x")], code: "unknown_part",
            pointer: "/lines/0/part", expected: "none: this measure is not divided"),
        Wrong(
            lines: [line(territory: ReportingFacts.code("350203099"))], code: "unknown_territory",
            pointer: "/lines/0/territory", expected: "the code of a territory that was loaded"),
        Wrong(
            lines: [line(territory: elsewhere)], code: "bulletin_contradicts",
            pointer: "/lines/0/territory", expected: "a territory in 350203"),
        Wrong(
            lines: [line(measure: "borrowers", territory: ReportingFacts.subdistrict)],
            code: "not_planned", pointer: "/lines/0/territory",
            expected: "a district: the plan publishes borrowers there"),
        Wrong(
            lines: [line(territory: ReportingFacts.community, period: "2020-05")],
            code: "not_planned", pointer: "/lines/0/period",
            expected: "year, all: what the plan publishes of insured_households at this level"),
        Wrong(
            lines: [line(part: "low_income", territory: ReportingFacts.community)],
            code: "not_planned", pointer: "/lines/0/part",
            expected:
                "none: the plan publishes insured_households at this level without parts"),
        Wrong(
            lines: [line(4), line(4)], code: "bulletin_repeats", pointer: "/lines/1/number",
            expected: "another number than 4"),
        Wrong(
            lines: [line(section: "loans")], code: "unknown_section",
            pointer: "/lines/0/section", expected: "one of cover"),
        Wrong(
            lines: [line()], sections: [section(), section()], code: "bulletin_repeats",
            pointer: "/sections/1/section", expected: "another code than cover"),
        Wrong(
            lines: [line()], sections: [section(), section("empty")],
            code: "bulletin_contradicts", pointer: "/sections/1",
            expected: "a line of this section, or a figure for the overview"),
        Wrong(
            lines: [line()],
            sections: [section(overview: [.init(measure: "families_insured")])],
            code: "unknown_measure", pointer: "/sections/0/overview/0/measure",
            expected: "a measure of the data dictionary"),
        Wrong(
            lines: [line()],
            sections: [section(saying: .init(zh: "为 {2}投保", en: "{2} are covered"))],
            code: "bulletin_contradicts", pointer: "/sections/0/sentences/0/clauses/0/zh",
            expected: "figures such as {1}, each of a line of period all"),
        Wrong(
            lines: [line(), line(2, period: "2020")],
            sections: [section(saying: .init(zh: "为 {2}投保", en: "{2} are covered"))],
            code: "bulletin_contradicts", pointer: "/sections/0/sentences/0/clauses/0/zh",
            expected: "figures such as {1}, each of a line of period all"),
        Wrong(
            lines: [line()],
            sections: [section(saying: .init(zh: "为 {1}投保", en: "{1~} are covered"))],
            code: "bulletin_contradicts", pointer: "/sections/0/sentences/0/clauses/0/en",
            expected: "the same figures as in Chinese"),
    ]

    @Test(arguments: wrong)
    mutating func `a bulletin that cannot be is refused, with the place and what would be right`(
        _ wrong: Wrong
    ) throws {
        try world.nameTerritories(DashboardWorld.names + [("350206", "湖里区", "Huli District")])
        let answer = try world.bench.decide(Self.bulletin(wrong.lines, wrong.sections))
        #expect(answer.code == wrong.code)
        #expect(answer.pointer == "/data" + wrong.pointer)
        #expect(answer.expected == wrong.expected)
        let lines = try BulletinLine.all { try world.bench.connection.run($0) }
        #expect(lines.count == 50, "the one in force stays")
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
            Self.bulletin([Self.line()]), Self.name(version: 2),
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

    // MARK: Programmes

    private static func name(version: Int) -> DefineProgramme {
        DefineProgramme(
            programme: insurance, version: version, reason: "a test", nameZh: "平安保",
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

    // MARK: Seeds

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
