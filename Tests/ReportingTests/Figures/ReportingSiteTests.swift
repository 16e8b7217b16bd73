import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Sites that are open, on a real database") struct ReportingSiteTests {
    private let bench: ServiceBench
    private let id = UUID()

    init() throws { bench = try ServiceBench(Reporting.definition) }

    @Test("A closed site is one fewer from that day on; what it was opened with stays")
    func closedSite() throws {
        let day = ReportingFacts.date
        try take(
            SiteOpened(
                OpenSite(
                    site: SiteID(id), kind: .warmHome, territory: ReportingFacts.community,
                    nameZh: "", nameEn: "", openedOn: day("2018-05-29"),
                    tiers: ReportingFacts.community.ancestors, ruleSets: ["a", "b", "c"],
                    themes: ["d", "e", "f"])))
        try take(
            SiteClosed(
                site: SiteID(id), kind: .warmHome, territory: ReportingFacts.community,
                openedOn: day("2018-05-29"), closedOn: day("2020-05-01")))
        #expect(try figure("sites_open", "2018") == 1)
        #expect(try figure("sites_open", "2020") == 0)
        #expect(try figure("site_tiers") == 3)
        #expect(try figure("site_rule_sets") == 3)
        #expect(try figure("site_themes") == 3)
    }

    @Test(
        "A closed site that is corrected to another kind leaves nothing under the kind of before",
        arguments: [true, false])
    func closedSiteOfAnotherKind(inOrder: Bool) throws {
        let day = ReportingFacts.date
        var site = OpenSite(
            site: SiteID(id), kind: .warmHome, territory: ReportingFacts.community, nameZh: "",
            nameEn: "", openedOn: day("2018-05-29"), tiers: ReportingFacts.community.ancestors,
            ruleSets: ["a"], themes: ["d"])
        let opened = SiteOpened(site)
        let closed = SiteClosed(
            site: site.site, kind: .warmHome, territory: site.territory, openedOn: site.openedOn,
            closedOn: day("2020-05-01"))
        site.kind = .youthHealthClub
        let corrected = SiteCorrected(
            site, closedOn: closed.closedOn,
            actor: Actor(staff: StaffID(UUID()), territory: site.territory))
        let facts: [(any Fact, Int64)] = [(opened, 1), (closed, 2), (corrected, 3)]
        for (fact, sequence) in inOrder ? facts : facts.reversed() {
            try take(fact, sequence: sequence)
        }
        for (kind, count) in [("warm_home", 0), ("youth_health_club", 1)] {
            #expect(try figure("sites_open", "2018", dimension: kind) ?? 0 == count)
            #expect(try figure("sites_open", "2020", dimension: kind) ?? 0 == 0)
        }
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    // MARK: Help

    private func take(_ fact: any Fact, sequence: Int64 = 1) throws {
        try bench.take(fact, subject: id, sequence: sequence)
    }

    private func figure(
        _ measure: String, _ period: String = "all", dimension: String = ""
    ) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT value FROM cell_value
            WHERE measure = \(measure) AND period = \(period) AND territory = '350203'
              AND dimension = \(dimension)
            """
        ).first?.decode(Int64.self, at: 0)
    }
}
