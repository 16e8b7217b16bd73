import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

/// Bulletins that cannot be.
extension ReportingBulletinDefinitionTests {
    struct Wrong: Sendable, CustomTestStringConvertible {
        let lines: [Line]
        var sections = [section()]
        let code: String
        let pointer: String
        let expected: String

        var testDescription: String { "\(code) \(pointer)" }
    }

    static let elsewhere = ReportingFacts.code("350206")

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
}
