import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("The pages of the dashboard, on a real database")
struct DashboardPageTests {
    private var world: DashboardWorld

    init() throws {
        world = try DashboardWorld()
        try world.nameTerritories()
        try world.insure(68_050)
        try world.register()
        try world.publish()
    }

    private static let pages: [PageRequest.Page] =
        [
            .overview, .territory(ReportingFacts.district), .territory(ReportingFacts.community),
            .revisions(before: nil), .data, .status, .bulletins, .methodology, .groups(.series),
            .groups(.keyTask),
        ] + Dataset.allCases.map { .dataset($0) }
        + [Period("2020-05")].compactMap {
            $0.map { .bulletin($0, edition: nil) }
        }

    @Test(
        "Each page is there in each language, says so, and has one heading",
        arguments: Language.allCases)
    func everyPage(_ language: Language) throws {
        for page in Self.pages {
            for period in ["all", "2020", "2020-Q2", "2020-05", "2020-05-26"] {
                let read = try world.page(page, language, period)
                #expect(read.status == 200, "\(page)")
                #expect(read.html.contains("<html lang=\"\(language.tag)\">"))
                #expect(read.html.components(separatedBy: "<h1>").count == 2)
                #expect(read.html.contains("<title>") && !read.html.contains("<title> –"))
                #expect(!read.html.contains("{{") && !read.html.contains("}}"), "\(page)")
                #expect(!read.html.contains("<script") && !read.html.contains(" style="))
            }
        }
    }

    @Test("Every table has a caption, and every column and row a head")
    func tables() throws {
        for page in Self.pages {
            let html = try world.page(page).html
            #expect(
                html.components(separatedBy: "<table").count
                    == html.components(separatedBy: "<caption").count)
            #expect(html.matches(of: /<th>/).isEmpty, "a head says of what: scope")
        }
    }

    @Test("Every chart is an image with a title, and its numbers stand in the table beside it")
    func charts() throws {
        let html = try world.page(.overview).html
        let charts = html.matches(of: /<svg class="chart[^>]*role="img" aria-labelledby="([^"]+)"/)
        #expect(charts.count == 2)
        for chart in charts {
            for id in chart.1.split(separator: " ") { #expect(html.contains("id=\"\(id)\"")) }
        }
        #expect(html.components(separatedBy: "<figcaption>").count == charts.count + 1)
        let ids = html.matches(of: /[ ]id="([^"]+)"/).map(\.1)
        #expect(Set(ids).count == ids.count, "each id once")
    }

    @Test("A figure is as it was published, in short and exact")
    func figures() throws {
        let cell = "funding/350203/all/accident-insurance/insured_households"
        let chinese = try world.page(.overview, .zh)
        #expect(chinese.figure(cell) == "68050")
        #expect(chinese.text.contains("6.8 万余户"))
        #expect(chinese.text.contains("544.4 万元"))
        let english = try world.page(.overview, .en)
        #expect(english.figure(cell) == "68050")
        #expect(english.text.contains("68,050 households"))
        #expect(english.text.contains("CNY 5.44 million"))
        #expect(english.text.contains("5,444,000.00"))
    }

    @Test("Every figure on every page equals that of the snapshot")
    func snapshot() throws {
        var published: [String: PublishedFigure] = [:]
        for dataset in Dataset.allCases {
            let state = try ReportingChecks.state(world.bench, dataset.rawValue)
            let cells = try DatasetState.snapshot(
                of: dataset.rawValue, at: state.seq, after: 0, limit: 10_000
            ) { try world.bench.connection.run($0) }.map { $0.published(in: state.epoch) }
            for cell in cells {
                for (measure, figure) in cell.measures {
                    let key = cell.key
                    let name =
                        "\(dataset)/\(key.territory)/\(key.period)/\(key.programme)/\(measure)"
                    published[name] = figure
                }
            }
        }
        var seen = 0
        for page in Self.pages {
            for period in ["all", "2020", "2020-05"] {
                let read = try world.page(page, .en, period)
                for match in read.html.matches(of: /data-cell="([^"]+)"/) {
                    let name = String(match.1)
                    let figure = published[name] ?? PublishedFigure(state: .notCollected)
                    let due = figure.value.map { "\($0)" } ?? figure.state.rawValue
                    #expect(read.figure(name) == due, "\(name)")
                    seen += figure.value == nil ? 0 : 1
                }
            }
        }
        #expect(seen > 50)
    }

    @Test("What was written but not published is on no page")
    mutating func unpublished() throws {
        try world.insure(1_000)
        try ReportingChecks.rollUpAll(world.bench)
        try ReportingChecks.write(world.bench)
        let cell = "funding/350203/all/accident-insurance/insured_households"
        #expect(try world.page(.overview).figure(cell) == "68050")
        try world.publish()
        #expect(try world.page(.overview).figure(cell) == "69050")
    }

    @Test("What is not collected is a dash that says so, and no zero")
    func notCollected() throws {
        let page = try world.page(.overview, .en)
        #expect(page.figure("funding/350203/all/happiness-project/borrowers") == "not_collected")
        #expect(
            page.html.contains(
                """
                <span aria-hidden="true">—</span><span class="hidden">not collected, or not published at \
                this level and for this period</span>
                """))
        #expect(!page.text.contains("0 persons"))
    }

    @Test("Names with markup are text, in elements and in attributes")
    func escaping() throws {
        for page in [
            PageRequest.Page.territory(ReportingFacts.community),
            .territory(ReportingFacts.subdistrict),
        ] {
            let html = try world.page(page).html
            #expect(!html.contains("<b>"))
            #expect(html.contains("甲&lt;b&gt;&quot;&#39;&amp;社区"))
        }
    }

    @Test("A link leads from the district to its subdistricts and communities, and back")
    func drillDown() throws {
        let district = try world.page(.overview, .en, "2020").html
        #expect(
            district.contains(
                "href=\"/en/territory/350203006?period=2020\">Lujiang Subdistrict</a>"))
        let subdistrict = try world.page(.territory(ReportingFacts.subdistrict), .en, "2020").html
        #expect(subdistrict.contains("href=\"/en/territory/350203006001?period=2020\""))
        let community = try world.page(.territory(ReportingFacts.community), .en, "2020").html
        #expect(
            community.contains(
                "href=\"/en/territory/350203006?period=2020\">Lujiang Subdistrict</a>"))
        #expect(
            community.contains("href=\"/zh/territory/350203006001?period=2020\""),
            "the same page in Chinese")
    }

    @Test("Of a territory in which nothing happened zero is said")
    func withoutFigures() throws {
        let page = try world.page(.territory(ReportingFacts.code("350203001")), .en)
        #expect(page.status == 200)
        #expect(page.text.contains("Xiagang Subdistrict"))
        #expect(
            page.figure("funding/350203001/all/accident-insurance/insured_households") == "0")
    }

    @Test("A territory that nobody knows, and a month without figures, are not found")
    func unknown() throws {
        #expect(try world.page(.territory(ReportingFacts.code("350203999"))).status == 404)
        let month = try #require(Period("2031-01"))
        let page = try world.page(.bulletin(month, edition: nil), .en)
        #expect(page.status == 404)
        #expect(page.text.contains("There is no such page"))
        let may = try #require(Period("2020-05"))
        #expect(try world.page(.bulletin(may, edition: 1)).status == 404)
    }

    @Test("The same figures give the same bytes and the same validator")
    func tag() throws {
        let now = Timestamp.now()
        let request = PageRequest(language: .zh, page: .overview)
        let (one, two) = (try world.page(request, now: now), try world.page(request, now: now))
        #expect(one.html == two.html)
        #expect(one.rendered.tag == two.rendered.tag)
        let later = Timestamp(microseconds: now.microseconds + 3_600_000_000)
        #expect(try world.page(request, now: later).rendered.tag != one.rendered.tag)
    }

    @Test("The overview says how old the figures are, and warns when there is no sign of life")
    func age() throws {
        let now = Timestamp.now()
        let fresh = try world.page(PageRequest(language: .en, page: .overview), now: now)
        #expect(fresh.text.contains("less than a minute ago"))
        #expect(!fresh.text.contains("out of date"))
        _ = try world.bench.connection.run("UPDATE dataset SET beat_at = \(now)")
        let later = Timestamp(microseconds: now.microseconds + 2 * 3_600_000_000)
        let old = try world.page(PageRequest(language: .en, page: .overview), now: later)
        #expect(old.text.contains("2 hours ago"))
        #expect(old.text.contains("out of date"))
    }

    @Test("A revision is listed with its reason, its old value and its new one")
    mutating func revisions() throws {
        try world.close("2020-05", on: "2020-06-02")
        try world.publish()
        #expect(try world.page(.revisions(before: nil), .en).text.contains("Nothing was revised"))
        try world.insure(1_000)
        try world.publish()
        let page = try world.page(.revisions(before: nil), .en)
        #expect(page.text.contains("late data"))
        #expect(page.text.contains("68,050") && page.text.contains("69,050"))
        #expect(page.text.contains("2020-06-02"), "the period that is closed")
        #expect(try world.page(.revisions(before: nil), .zh).text.contains("迟到数据"))
    }

    @Test("Revisions go on on further pages, each of them once")
    mutating func furtherRevisions() throws {
        try world.close("2020", on: "2021-01-05")
        try world.publish()
        for day in 1...20 { try world.insure(10, on: "2020-04-\(day < 10 ? "0" : "")\(day)") }
        try world.publish()
        var seen: [String] = []
        var before: RevisionPlace?
        for _ in 0..<10 {
            let html = try world.page(.revisions(before: before), .en).html
            seen += html.matches(of: /<tbody><tr><td>[^<]+<\/td><th scope="row"><a href="([^"]+)"/)
                .map {
                    String($0.1)
                }
            guard let next = html.firstMatch(of: /before=([0-9a-z.]+)">Earlier/) else { break }
            before = RevisionPlace(String(next.1))
        }
        let count = try world.bench.connection.run("SELECT FROM summary WHERE status = 'revised'")
            .count
        #expect(count > 50)
        #expect(seen.count == count)
    }

    @Test("Before anything is published each page says that there is nothing yet")
    func nothing() throws {
        let empty = try DashboardWorld()
        for page in Self.pages {
            let read = try empty.page(page, .en)
            #expect(read.status == 503)
            #expect(read.text.contains("There are no figures yet"))
        }
    }
}
