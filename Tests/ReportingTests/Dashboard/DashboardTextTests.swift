import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Languages, names and charts of the dashboard")
struct DashboardTextTests {
    @Test(
        "The browser's language is taken, and Chinese if it names none of ours",
        arguments: [
            (nil, Language.zh), ("", .zh), ("fr", .zh), ("en", .en), ("en-GB,en;q=0.9", .en),
            ("zh-CN,zh;q=0.9,en;q=0.8", .zh), ("en;q=0.2, zh-TW;q=0.7", .zh),
            ("fr, en;q=0.1", .en), ("zh;q=0, en;q=0.1", .en), ("EN-us", .en), ("english", .zh),
            (";;;,,,q=", .zh),
        ])
    func preferred(_ header: String?, _ language: Language) {
        #expect(Language(acceptLanguage: header) == language)
    }

    @Test("Programmes are called what the association calls them, and others by their codes")
    func programmes() throws {
        let bench = try ServiceBench(Reporting.definition)
        try ReferenceBulletin.define(in: bench)
        let names = try ProgrammeNames { try bench.connection.run($0) }
        for entry in try ReferenceBulletin.programmes() {
            #expect(names[entry.programme.rawValue] == Words(entry.nameZh, entry.nameEn))
        }
        #expect(names["of-others"] == Words(both: "of-others"))
        #expect(names[""] == .noProgramme)
    }

    @Test("Every unit and dataset of the table of measures has its words")
    func units() throws {
        let bench = try ServiceBench(Reporting.definition)
        let rows = try bench.connection.run("SELECT DISTINCT unit, dataset FROM measure")
        for row in rows {
            let (unit, dataset) = (
                try row.decode(String.self, at: 0), try row.decode(String.self, at: 1)
            )
            #expect(MeasureUnit(rawValue: unit) != nil, "\(unit)")
            #expect(Dataset(rawValue: dataset) != nil, "\(dataset)")
        }
    }

    @Test("Every part that the contract knows has a name")
    func parts() {
        let programmes = ProgrammeNames(["spring-gala": Words("春晚", "Spring gala")])
        func names(_ codes: [String], _ dimension: Measure.Dimension) {
            for code in codes {
                let name = PartNames.name(of: code, by: dimension, programmes, DistrictWords())
                #expect(name != Words(both: code), "\(code)")
            }
        }
        names(Basis.allCases.map(\.rawValue), .basis)
        names(MemberRole.allCases.map(\.rawValue), .role)
        names(DutyRole.allCases.map(\.rawValue), .role)
        names(ReachChannel.allCases.map(\.rawValue), .channel)
        names(HomeServiceKind.allCases.map(\.rawValue), .service)
        let kinds =
            ActivityKind.allCases.map(\.rawValue) + SiteKind.allCases.map(\.rawValue)
            + GrantKind.allCases.map(\.rawValue) + PostKind.allCases.map(\.rawValue)
            + MaterialKind.allCases.map(\.rawValue) + CaseworkKind.allCases.map(\.rawValue)
        #expect(Set(kinds).count == kinds.count, "no two kinds share a code")
        names(kinds, .kind)
        func campaign(_ code: String) -> Words {
            PartNames.name(of: code, by: .campaign, programmes, DistrictWords())
        }
        #expect(campaign("spring") == Words(both: "spring"))
        #expect(campaign("spring-gala") == Words("春晚", "Spring gala"))
        #expect(
            campaign("\u{202E}x") == Words(both: "\\u202ex"), "no text of a publisher turns a page")
        #expect(campaign("שלום") == Words(both: "\u{2068}שלום\u{2069}"))
    }

    @Test(
        "Periods have names in both languages",
        arguments: [
            ("all", "累计至今", "All time"), ("2020", "2020年", "2020"),
            ("2020-Q2", "2020年第2季度", "Q2 2020"),
            ("2020-05", "2020年5月", "May 2020"), ("2020-05-06", "2020年5月6日", "6 May 2020"),
        ])
    func periods(_ code: String, _ zh: String, _ en: String) throws {
        let period = try #require(PagePeriod(code))
        #expect(period.name == Words(zh, en))
        #expect(period.code == code)
    }

    @Test(
        "An age is told in the largest unit that it fills",
        arguments: [
            (0, "不到 1 分钟前", "less than a minute ago"), (59, "不到 1 分钟前", "less than a minute ago"),
            (60, "1 分钟前", "1 minute ago"), (3_599, "59 分钟前", "59 minutes ago"),
            (3_600, "1 小时前", "1 hour ago"), (86_399, "23 小时前", "23 hours ago"),
            (86_400, "1 天前", "1 day ago"), (-5, "不到 1 分钟前", "less than a minute ago"),
        ])
    func ages(_ seconds: Int64, _ zh: String, _ en: String) {
        let now = Timestamp(microseconds: 1_590_488_000_000_000)
        let then = Timestamp(microseconds: now.microseconds - seconds * 1_000_000)
        #expect(ReaderClock.age(then, at: now) == Words(zh, en))
    }

    @Test("Instants are read in China Standard Time")
    func clock() throws {
        let time = try #require(Timestamp("2020-05-25T16:30:00Z"))
        #expect(ReaderClock.text(time) == "2020-05-26 00:30")
    }

    // MARK: Escaping

    @Test("Nothing that is put into a page can become markup, however it is combined")
    func escaping() {
        #expect(HTML.escaped("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;")
        #expect(HTML.escaped("\"\u{301} onclick=\u{27}x\u{27}\u{300}").contains("\"") == false)
        #expect(HTML.escaped("<\u{301}").contains("<") == false)
        #expect(HTML.escaped("6.8 万余户") == "6.8 万余户")
    }

    @Test(
        "Every template reads its values by our escaping, and no template names a phrase that is missing"
    )
    func templates() throws {
        let templates = try PageTemplates()
        struct Model { let heading = "\"\u{301}<i>", title = "x", body = "" }
        let html = try templates.render("layout", Model(), .zh)
        #expect(html.contains("&quot;\u{301}&lt;i&gt;"))
        #expect(throws: PageTemplates.Missing.self) { try templates.render("none", Model(), .en) }
    }

    // MARK: Charts

    @Test(
        "A bar is as long as its part of the longest; what has no value or is not above 0 has none")
    func lengths() {
        #expect(Chart.lengths([4, 2, nil, 0, -3]) == [1, 0.5, 0, 0, 0])
        #expect(Chart.lengths([nil, nil]) == [0, 0])
        #expect(Chart.lengths([0, 0]) == [0, 0])
        #expect(Chart.lengths([-1]) == [0])
        #expect(Chart.lengths([]) == [])
        #expect(Chart.lengths([.max, 1]).first == 1)
    }

    @Test(
        "What is suppressed or not collected has its sign and no bar",
        arguments: [Chart.Shape.bars, .columns])
    func signs(_ shape: Chart.Shape) {
        func row(_ label: String, _ value: Int64?, _ short: String, _ state: FigureState)
            -> FigureRow
        {
            FigureRow(
                label: label, href: nil, isPart: false, exact: short, value: value, unit: "",
                short: short, bare: short, state: state.rawValue, spokenState: nil, status: "",
                cell: "")
        }
        let rows = [
            row("甲", 10, "10 户", .value), row("乙", nil, "*", .suppressed),
            row("丙", nil, "—", .notCollected), row("丁<", 0, "0 户", .zero),
        ]
        let chart = Chart(title: "<b>", description: "d", rows: rows, shape: shape)
        let svg = chart.svg(id: "c")
        #expect(svg.components(separatedBy: "<rect").count == 2)
        #expect(
            svg.contains(">*</text>") && svg.contains(">—</text>") && svg.contains(">0 户</text>"))
        #expect(svg.contains("丁&lt;") && svg.contains("&lt;b&gt;") && !svg.contains("<b>"))
        #expect(svg.contains("aria-labelledby=\"c-title c-desc\""))
    }

    @Test(
        "Lengths are written with two digits at most",
        arguments: [
            (0.0, "0%"), (70.0, "70%"), (8.333_33, "8.33%"), (0.05, "0.05%"), (99.999, "100%"),
        ])
    func percent(_ value: Double, _ text: String) { #expect(SVG.percent(value) == text) }
}
