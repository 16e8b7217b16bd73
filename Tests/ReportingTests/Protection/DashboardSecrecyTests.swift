import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

/// Of three communities one has three loans; the second is hidden with it, because the total is shown.
@Suite("Pages with suppressed figures, on a real database")
struct DashboardSecrecyTests {
    private var world: DashboardWorld

    private static let names =
        DashboardWorld.names + [
            ("350203006002", "乙社区", "B Community"), ("350203006003", "丙社区", "C Community"),
        ]
    private static let periods = ["all", "2020-05"]
    private static let places = ["350203", "350203006"] + (1...3).map { "35020300600\($0)" }
    /// In yuan: one loan of each hidden community, and all of them; and the two together, which is the total
    /// less what is shown.
    private static let secrets: [Int64] = [12_347, 37_041, 11_113, 88_904, 125_945]

    init() throws {
        world = try DashboardWorld()
        try PublicPlan.families(inCommunities: ["disbursement", "registration"])
            .apply(world.bench.connection)
        try world.nameTerritories(Self.names)
        try world.lend(3, yuan: 12_347, in: "350203006001")
        try world.lend(8, yuan: 11_113, in: "350203006002")
        try world.lend(18, yuan: 10_007, in: "350203006003")
        try world.lend(2, yuan: 20_003, in: "350203006003")
        for (place, count) in zip(Self.places.suffix(3), [3, 8, 20]) {
            for _ in 0..<count { try world.register(in: ReportingFacts.code(place)) }
        }
        try world.publish(everything: false)
        _ = try world.publishBulletin()
    }

    private var pages: [PageRequest.Page] {
        let places: [PageRequest.Page] = Self.places.map { .territory(ReportingFacts.code($0)) }
        return [.overview, .revisions(before: nil), .data, .status, .bulletins, .methodology]
            + Dataset.allCases.map { .dataset($0) }
            + ProgrammeGrouping.allCases.map { .groups($0) } + places
            + [Period("2020-05")].compactMap { $0.map { .bulletin($0, edition: nil) } }
    }

    private func every(_ look: (ReadPage, PageRequest.Page) throws -> Void) throws {
        for language in Language.allCases {
            for page in pages {
                for period in Self.periods { try look(world.page(page, language, period), page) }
            }
            for place in Self.places {
                for page in [PageRequest.Page.dataset(.funding), .groups(.series)] {
                    let request = PageRequest(
                        language: language, page: page, period: try #require(PagePeriod("all")),
                        territory: ReportingFacts.code(place))
                    try look(world.page(request), request.page)
                }
            }
        }
    }

    @Test func `no page in any language or period says what is hidden, in yuan, fen or short`()
        throws
    {
        let forms = Self.secrets.flatMap { yuan -> [String] in
            let plain = String(yuan)
            let tenThousands = [2, 3, 4].map { String(format: "%.\($0)f", Double(yuan) / 10_000) }
            return [plain, plain + "00", plain.dropLast(3) + "," + plain.suffix(3)] + tenThousands
        }
        try every { page, name in
            let numbers = page.html.utf8.split { !(0x30...0x39 ~= $0 || $0 == 0x2C || $0 == 0x2E) }
            #expect(Set(forms).isDisjoint(with: numbers.map { String(Substring($0)) }), "\(name)")
        }
    }

    @Test func `a hidden figure is a star with its reason, and what adds up is shown`() throws {
        func loans(_ place: String) throws -> ReadPage {
            try world.page(
                PageRequest(
                    language: .en, page: .dataset(.funding),
                    period: try #require(PagePeriod("all")), territory: ReportingFacts.code(place)))
        }
        let street = try loans("350203006")
        let total = "funding/350203006/all/happiness-project/loans_disbursed"
        #expect(street.figure(total) == "31")
        for place in Self.places.suffix(3) {
            let page = try loans(place)
            let isHidden = place != "350203006003"
            let cell = "funding/\(place)/all/happiness-project/loans_disbursed"
            #expect(page.figure(cell) == (isHidden ? "suppressed" : "20"), "\(place)")
            #expect(page.text.contains("hidden to protect families"))
            // Small or hidden for another's sake: a reader is not told which.
            #expect(!page.html.contains("&lt;5") && !page.html.contains("&lt; 5"))
        }
    }

    @Test func `a chart draws nothing of a hidden figure`() throws {
        let html = try world.page(.territory(ReportingFacts.code("350203006")), .en).html
        let charts = html.matches(of: /<svg class="chart.*?<\/svg>/.dotMatchesNewlines())
            .map { String($0.output) }
        let chart = try #require(
            charts.first { $0.contains("C Community") })
        #expect(chart.components(separatedBy: "<rect").count == 2, "only the third has a bar")
    }

    @Test func `the month's bulletin tells only of the total`() throws {
        let bulletin = Period("2020-05").map { PageRequest.Page.bulletin($0, edition: nil) }
        let page = try world.page(try #require(bulletin), .en)
        #expect(page.status == 200)
        #expect(page.text.contains("31"))
        #expect(
            page.figure("funding/350203006001/2020-05/happiness-project/loans_disbursed") != "3")
    }
}
