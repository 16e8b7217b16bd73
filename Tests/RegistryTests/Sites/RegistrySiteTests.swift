import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistrySiteTests {
    private let bench: HandlerBench

    init() throws { bench = try registryBench() }

    private func site(
        _ id: SiteID = SiteID(UUID()), in territory: String = RegistrySamples.communities[0],
        tiers: [String] = ["350203", "350203007", "350203007901"],
        rules: [String] = ["finance", "visits", "safety"],
        themes: [String] = ["comfort", "health", "mutual help"]
    ) throws -> OpenSite {
        OpenSite(
            site: id, kind: .warmHome, territory: try RegistrySamples.territory(territory),
            nameZh: "示例暖心家园", nameEn: "Sample Warm Home",
            openedOn: try RegistrySamples.date("2018-05-29"),
            tiers: try tiers.map(RegistrySamples.territory), ruleSets: rules, themes: themes)
    }

    @Test func `a site is opened with its tiers, rule sets and themes`() throws {
        let outcome = try bench.handle(site())
        let fact = try #require(outcome.fact(SiteOpened.self))
        #expect(fact.tiers.map(\.rawValue) == ["350203", "350203007", "350203007901"])
        #expect(fact.ruleSets.count == 3)
        #expect(fact.themes.count == 3)
        #expect(outcome.emissions.first?.sequence == 1)
        #expect(bench.source.loads == 0)
    }

    @Test func `a site is opened once`() throws {
        let id = SiteID(UUID())
        try bench.handle(site(id))
        expectRefusal(try bench.handle(site(id)), "site_exists", at: "/site")
    }

    @Test(arguments: [
        [], ["350203", "350203007"], ["350203", "350203009", "350203009901"],
        ["350203007901", "350203007", "350203"],
        ["350203", "350203007", "350203007901", "350203009901"],
    ])
    func `tiers that are not those around the territory are refused`(tiers: [String]) throws {
        let outcome = try bench.handle(site(tiers: tiers))
        expectRefusal(outcome, "wrong_tiers", at: "/tiers")
        #expect(outcome.refusal?.expected == "350203, 350203007, 350203007901")
    }

    @Test func `a territory wider than a community cannot have a site`() throws {
        let outcome = try bench.handle(
            site(in: "350203007", tiers: ["350203", "350203007"]))
        expectRefusal(outcome, "site_territory_too_wide", at: "/territory")
    }

    @Test func `an unknown territory is refused`() throws {
        let outcome = try bench.handle(
            site(in: "350203012901", tiers: ["350203", "350203012", "350203012901"]))
        expectRefusal(outcome, "unknown_territory", at: "/territory")
    }

    @Test func `a site needs rule sets and themes, each named once`() throws {
        expectRefusal(try bench.handle(site(rules: [])), "none_named", at: "/ruleSets")
        expectRefusal(try bench.handle(site(themes: [])), "none_named", at: "/themes")
        expectRefusal(
            try bench.handle(site(themes: ["health", "health"])), "listed_twice", at: "/themes")
    }
}

@Suite struct RegistrySiteClosingTests {
    private let bench: HandlerBench
    private let id = SiteID(UUID())

    init() throws {
        bench = try registryBench()
        try bench.open(id)
    }

    private func close(_ site: SiteID? = nil, on day: String = "2020-12-31") throws -> CloseSite {
        CloseSite(site: site ?? id, closedOn: try RegistrySamples.date(day))
    }

    @Test func `a site is closed once`() throws {
        let outcome = try bench.handle(close())
        #expect(outcome.fact(SiteClosed.self)?.kind == .warmHome)
        #expect(outcome.emissions.first?.sequence == 2)
        expectRefusal(try bench.handle(close()), "site_closed", at: "/site")
    }

    @Test func `a site is not closed before it was opened`() throws {
        expectRefusal(
            try bench.handle(close(on: "2018-05-28")), "closes_before_opening", at: "/closedOn")
    }

    @Test func `a closing waits for the opening and keeps to the scope`() throws {
        let other = SiteID(UUID())
        expectWait(
            try bench.handle(close(other)), for: other.uuid, else: "unknown_site", at: "/site")
        expectRefusal(
            try bench.handle(close(), territories: [RegistrySamples.territory("350203009")]),
            "out_of_scope", at: "/site")
    }
}

@Suite struct RegistryCouncilTests {
    private let bench: HandlerBench
    private let id = SiteID(UUID())
    private let persons = (0..<3).map { _ in PersonID(UUID()) }

    init() throws {
        bench = try registryBench()
        try bench.open(id)
        for (serial, person) in persons.enumerated() {
            try bench.handle(RegistrySamples.person(serial, person))
        }
    }

    private func appoint(
        _ council: [PersonID], of site: SiteID? = nil, on day: String = "2019-07-01"
    ) throws -> AppointCouncil {
        AppointCouncil(
            site: site ?? id, council: council, appointedOn: try RegistrySamples.date(day))
    }

    @Test func `a council is appointed, and another in its place`() throws {
        let first = try bench.handle(appoint(Array(persons[..<2])))
        #expect(first.fact(CouncilAppointed.self)?.council == Array(persons[..<2]))
        #expect(first.emissions.first?.sequence == 2)
        let second = try bench.handle(appoint([persons[2]]))
        #expect(second.fact(CouncilAppointed.self)?.council == [persons[2]])
        #expect(second.emissions.first?.sequence == 3)
        #expect(bench.source.loads == 0)
    }

    @Test func `each person has one seat, whatever id names it`() throws {
        try bench.handle(
            MergePersons(
                survivor: persons[0], merged: persons[1],
                mergedOn: RegistrySamples.date("2019-06-30")))
        let fact = try bench.handle(appoint([persons[1]])).fact(CouncilAppointed.self)
        #expect(fact?.council == [persons[0]])
        expectRefusal(
            try bench.handle(appoint([persons[0], persons[1]])), "member_listed_twice",
            at: "/council/1")
    }

    @Test func `who has moved out has no seat, and nobody unknown has one`() throws {
        let stranger = PersonID(UUID())
        try bench.handle(
            MovePerson(person: persons[1], movedOn: RegistrySamples.date("2019-06-30")))
        expectRefusal(
            try bench.handle(appoint([persons[0], persons[1]])), "person_gone", at: "/council/1")
        expectWait(
            try bench.handle(appoint([persons[0], stranger])), for: stranger.uuid,
            else: "unknown_person", at: "/council/1")
    }

    @Test func `a council is not appointed before the opening`() throws {
        expectRefusal(
            try bench.handle(appoint([persons[0]], on: "2018-05-28")), "appointed_too_early",
            at: "/appointedOn")
        #expect(try bench.handle(appoint([persons[0]], on: "2018-05-29")).isAccepted)
    }

    @Test func `an appointment that arrives late is history, and the later one stands`() throws {
        func stands(_ person: PersonID, on day: String) throws -> Bool? {
            try bench.handle(appoint([person], on: day)).fact(CouncilAppointed.self)?.stands
        }
        #expect(try stands(persons[0], on: "2019-07-02") == true)
        #expect(try stands(persons[1], on: "2019-07-01") == false)
        #expect(try stands(persons[2], on: "2019-07-02") == true)
        let site = try bench.unit.find(Site.self, id.uuid)
        #expect(site?.council == 4)
        #expect(site?.councilOn == (try RegistrySamples.date("2019-07-02")))
    }

    @Test func `a council waits for its site, keeps to the scope, and ends with the site`() throws {
        let other = SiteID(UUID())
        expectWait(
            try bench.handle(appoint([persons[0]], of: other)), for: other.uuid,
            else: "unknown_site", at: "/site")
        expectRefusal(
            try bench.handle(
                appoint([persons[0]]), territories: [RegistrySamples.territory("350203009")]),
            "out_of_scope", at: "/site")
        try bench.handle(CloseSite(site: id, closedOn: RegistrySamples.date("2020-12-31")))
        expectRefusal(
            try bench.handle(appoint([persons[0]], on: "2020-12-31")), "site_closed", at: "/site")
    }

    @Test func `an appointment that is dated before the site closed is taken in afterwards`() throws
    {
        try bench.handle(CloseSite(site: id, closedOn: RegistrySamples.date("2020-12-31")))
        #expect(try bench.handle(appoint([persons[0]], on: "2020-12-30")).isAccepted)
    }

    /// The bench's messages are of 2033-05-18.
    @Test func `a council of a wrong later day is replaced by one of today`() throws {
        try bench.handle(appoint([persons[0]], on: "2062-01-01"))
        for (day, stands) in [("2033-05-17", false), ("2033-05-18", true), ("2033-05-17", false)] {
            let fact = try bench.handle(appoint([persons[1]], on: day)).fact(CouncilAppointed.self)
            #expect(fact?.stands == stands)
        }
    }
}

@Suite struct RegistryCommendationTests {
    private let bench: HandlerBench
    private let recipient = PersonID(UUID())

    init() throws {
        bench = try registryBench()
        try bench.handle(RegistrySamples.person(1, recipient))
    }

    private func award(
        _ id: CommendationID = CommendationID(UUID()), to person: PersonID? = nil,
        in territory: String = RegistrySamples.communities[0], on day: String = "2019-05-29"
    ) throws -> AwardCommendation {
        AwardCommendation(
            CommendationSubject(
                commendation: id, recipient: person ?? recipient,
                territory: try RegistrySamples.territory(territory), occasion: "member day",
                awardedOn: try RegistrySamples.date(day)))
    }

    @Test func `a registered person is commended`() throws {
        let outcome = try bench.handle(award())
        #expect(outcome.fact(CommendationAwarded.self)?.recipient == recipient)
        #expect(outcome.emissions.first?.sequence == 1)
        #expect(bench.source.loads == 0)
    }

    @Test func `a commendation waits for its recipient`() throws {
        let stranger = PersonID(UUID())
        expectWait(
            try bench.handle(award(to: stranger)), for: stranger.uuid, else: "unknown_person",
            at: "/recipient")
    }

    @Test func `a commendation is awarded once`() throws {
        let id = CommendationID(UUID())
        try bench.handle(award(id))
        expectRefusal(try bench.handle(award(id)), "commendation_exists", at: "/commendation")
    }

    @Test func `a territory that is unknown or not in force is refused`() throws {
        expectRefusal(
            try bench.handle(award(in: "350203012901")), "unknown_territory", at: "/territory")
        expectRefusal(
            try bench.handle(award(on: "1999-12-31")), "territory_not_in_force", at: "/territory")
    }

    private func withdraw(
        _ id: CommendationID, on day: String = "2019-06-05"
    ) throws -> WithdrawCommendation {
        WithdrawCommendation(commendation: id, withdrawnOn: try RegistrySamples.date(day))
    }

    @Test func `a commendation is withdrawn once`() throws {
        let award = try award()
        try bench.handle(award)
        let outcome = try bench.handle(withdraw(award.commendation))
        let fact = try #require(outcome.fact(CommendationWithdrawn.self))
        #expect(fact.recipient == recipient)
        #expect(fact.awardedOn == award.awardedOn)
        #expect(outcome.emissions.first?.sequence == 2)
        expectRefusal(
            try bench.handle(withdraw(award.commendation)), "commendation_withdrawn",
            at: "/commendation")
    }

    @Test func `a withdrawal before the award or out of scope is refused`() throws {
        let award = try award()
        try bench.handle(award)
        expectRefusal(
            try bench.handle(withdraw(award.commendation, on: "2019-05-28")),
            "withdrawn_before_award", at: "/withdrawnOn")
        expectRefusal(
            try bench.handle(
                withdraw(award.commendation),
                territories: [RegistrySamples.territory("350203009")]),
            "out_of_scope", at: "/commendation")
    }

    @Test func `a withdrawal waits for the award`() throws {
        let other = CommendationID(UUID())
        expectWait(
            try bench.handle(withdraw(other)), for: other.uuid, else: "unknown_commendation",
            at: "/commendation")
    }
}
