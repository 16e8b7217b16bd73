import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// On a real database, because a correction is compared with what the site follows and works on.
@Suite struct RegistrySiteCorrectionTests {
    private let bench: ServiceBench
    private let site = SiteID(UUID())
    private let officer: Actor

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        officer = try RegistrySamples.officer
        try bench.decide([RegistrySamples.loadTerritory()] + RegistrySamples.appointment())
        try bench.decide(
            OpenSite(
                site: site, kind: .warmHome,
                territory: RegistrySamples.territory(RegistrySamples.communities[0]),
                nameZh: "示例暖心家园", nameEn: "Sample Warm Home",
                openedOn: RegistrySamples.date("2018-05-29"),
                tiers: ["350203", "350203007", "350203007901"].map(RegistrySamples.territory),
                ruleSets: ["finance"], themes: ["health"]))
    }

    private func correct(
        on day: String = "2018-05-19", _ ruleSets: [String] = ["finance", "visits"]
    ) throws -> CorrectSite {
        CorrectSite(
            site: site, kind: .warmHome, nameZh: "示例暖心家园", nameEn: "Sample Warm Home",
            openedOn: try RegistrySamples.date(day), ruleSets: ruleSets, themes: ["health"],
            reason: "the paper says so", actor: officer)
    }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    private func expectRefusal(
        _ command: any Command, _ code: String, at pointer: String
    ) throws {
        let answer = try bench.decide(command)
        #expect(answer.code == code)
        #expect(answer.pointer == "/data\(pointer)")
    }

    @Test func `what was said of a site is said anew`() throws {
        try accept(correct())
        let fact = try #require(bench.facts.last?.payload as? SiteCorrected)
        #expect(fact.openedOn == (try RegistrySamples.date("2018-05-19")))
        #expect(fact.ruleSets == ["finance", "visits"])
        #expect(fact.tiers.count == 3)
        #expect(bench.facts.last?.header.sequence == 2)
    }

    @Test func `what changes nothing is refused`() throws {
        try expectRefusal(
            correct(on: "2018-05-29", ["finance"]), "nothing_to_correct", at: "/site")
        // In one batch: the second sees what the first has said.
        let answers = try bench.decide([correct(), correct()])
        #expect(answers.map(\.code) == [nil, "nothing_to_correct"])
        try accept(correct(on: "2018-05-19", ["visits", "finance"]))
        try accept(correct(on: "2018-05-19", ["visits"]))
        try expectRefusal(correct(on: "2018-05-19", ["visits"]), "nothing_to_correct", at: "/site")
    }

    @Test func `a site does not open after it closed`() throws {
        try accept(CloseSite(site: site, closedOn: RegistrySamples.date("2019-01-01")))
        try expectRefusal(correct(on: "2019-01-02"), "opens_too_late", at: "/openedOn")
    }

    @Test func `a correction of a closed site says since when it is closed`() throws {
        try accept(correct())
        let open = try #require(bench.facts.last?.payload as? SiteCorrected)
        #expect(open.closedOn == nil)
        let close = CloseSite(site: site, closedOn: try RegistrySamples.date("2019-01-01"))
        try accept(close)
        var other = try correct()
        other.kind = .youthHealthClub
        try accept(other)
        let fact = try #require(bench.facts.last?.payload as? SiteCorrected)
        #expect(fact.kind == .youthHealthClub)
        #expect(fact.closedOn == close.closedOn)
    }

    @Test func `a closing that was a mistake is taken back, once`() throws {
        let reopen = ReopenSite(site: site, reason: "another site was meant", actor: officer)
        try expectRefusal(reopen, "site_open", at: "/site")
        let close = CloseSite(site: site, closedOn: try RegistrySamples.date("2019-01-01"))
        try accept(close)
        try accept(reopen)
        let fact = try #require(bench.facts.last?.payload as? SiteReopened)
        #expect(fact.closedOn == close.closedOn)
        try accept(close)
    }
}
