import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistrySiteCorrectionTests {
    private let bench: HandlerBench
    private let site = SiteID(UUID())
    private let officer: Actor

    init() throws {
        bench = try registryBench()
        officer = try bench.registryOfficer()
        try bench.handle(
            OpenSite(
                site: site, kind: .warmHome,
                territory: try RegistrySamples.territory(RegistrySamples.communities[0]),
                nameZh: "示例暖心家园", nameEn: "Sample Warm Home",
                openedOn: try RegistrySamples.date("2018-05-29"),
                tiers: try ["350203", "350203007", "350203007901"].map(RegistrySamples.territory),
                ruleSets: ["finance"], themes: ["health"]))
    }

    private func correct(on day: String = "2018-05-19") throws -> CorrectSite {
        CorrectSite(
            site: site, kind: .warmHome, nameZh: "示例暖心家园", nameEn: "Sample Warm Home",
            openedOn: try RegistrySamples.date(day), ruleSets: ["finance", "visits"],
            themes: ["health"], reason: "the paper says so", actor: officer)
    }

    @Test func `what was said of a site is said anew`() throws {
        let outcome = try bench.handle(correct())
        let fact = try #require(outcome.fact(SiteCorrected.self))
        #expect(fact.openedOn == (try RegistrySamples.date("2018-05-19")))
        #expect(fact.ruleSets == ["finance", "visits"])
        #expect(fact.tiers.count == 3)
        #expect(outcome.emissions.first?.sequence == 2)
        #expect(try bench.handle(correct()).isAccepted)
    }

    @Test func `a site does not open after it closed`() throws {
        try bench.handle(CloseSite(site: site, closedOn: try RegistrySamples.date("2019-01-01")))
        expectRefusal(
            try bench.handle(correct(on: "2019-01-02")), "opens_too_late", at: "/openedOn")
    }

    @Test func `a correction of a closed site says since when it is closed`() throws {
        #expect(try bench.handle(correct()).fact(SiteCorrected.self)?.closedOn == nil)
        let close = CloseSite(site: site, closedOn: try RegistrySamples.date("2019-01-01"))
        try bench.handle(close)
        var other = try correct()
        other.kind = .youthHealthClub
        let fact = try #require(bench.handle(other).fact(SiteCorrected.self))
        #expect(fact.kind == .youthHealthClub)
        #expect(fact.closedOn == close.closedOn)
    }

    @Test func `a closing that was a mistake is taken back, once`() throws {
        let reopen = ReopenSite(site: site, reason: "another site was meant", actor: officer)
        expectRefusal(try bench.handle(reopen), "site_open", at: "/site")
        let close = CloseSite(site: site, closedOn: try RegistrySamples.date("2019-01-01"))
        try bench.handle(close)
        let fact = try bench.handle(reopen).fact(SiteReopened.self)
        #expect(fact?.closedOn == close.closedOn)
        #expect(try bench.handle(close).isAccepted)
    }
}
