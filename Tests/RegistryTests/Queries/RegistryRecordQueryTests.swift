import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Lists of a person's or a household's records, on a real database.
@Suite struct RegistryRecordQueryTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let next = HouseholdID(UUID())
    private let head: NewMember
    private let child: NewMember
    private let category: NewCategory

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        head = try RegistrySamples.member(1)
        child = try RegistrySamples.member(2, .child)
        category = try RegistrySamples.category(.hardshipGirl, of: child.person.uuid)
        try bench.decide([
            try RegistrySamples.loadTerritory(),
            try RegistrySamples.household(
                household, members: [head, child], categories: [category]),
            try RegistrySamples.household(
                next, in: RegistrySamples.communities[1], members: [RegistrySamples.member(4)]),
            GrantPublisher(
                publisher: "kaiyuan", territories: [RegistrySamples.territory("350203007")],
                types: Catalogue.registryCommands.map { $0.type }),
        ])
    }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    private func answer<A: Decodable>(
        _ type: A.Type, _ query: any Query, publisher: String = "kaiyuan"
    ) throws -> A {
        let answered = try bench.decide(query, publisher: publisher)
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(
            AnswerDocument<A>.self, from: Data(answered.body)
        ).data.answer
    }

    private func moveChild() throws {
        try accept(
            MovePerson(
                person: child.person,
                destination: RegistrySamples.territory(RegistrySamples.communities[1]),
                household: next, role: .child, movedOn: day("2020-03-01")))
    }

    // MARK: Categories

    @Test func `a person's categories are found wherever the person has moved`() throws {
        try moveChild()
        let query = ListCategories(subject: child.person.uuid)
        let found = try answer(CategoriesAnswer.self, query, publisher: "operator").categories
        #expect(found.map(\.assertion) == [category.assertion])
        #expect(found.map(\.household) == [household])
        try accept(EndCategory(assertion: category.assertion, endedOn: try day("2020-04-01")))
        let past = try answer(CategoriesAnswer.self, query, publisher: "operator").categories
        #expect(past.map(\.endedOn) == [try day("2020-04-01")])
    }

    @Test func `those of a merged registration are the survivor's`() throws {
        let double = PersonID(UUID())
        try accept(RegistrySamples.person(7, double))
        try accept(
            MergePersons(survivor: double, merged: child.person, mergedOn: try day("2020-03-01")))
        for id in [double, child.person] {
            let found = try answer(CategoriesAnswer.self, ListCategories(subject: id.uuid))
            #expect(found.categories.map(\.assertion) == [category.assertion])
        }
    }

    @Test
    func
        `those of a household are all that were asserted in it, but for members who live elsewhere`()
        throws
    {
        let query = ListCategories(subject: household.uuid)
        #expect(try answer(CategoriesAnswer.self, query).categories.count == 1)
        try moveChild()
        #expect(try answer(CategoriesAnswer.self, query).categories.isEmpty)
        #expect(
            try answer(CategoriesAnswer.self, query, publisher: "operator").categories.count == 1)
    }

    // MARK: Memberships and consents

    @Test func `memberships are listed with their states, page by page`() throws {
        let ids = (0..<3).map { _ in MemberID(UUID()) }
        let roles: [MemberRole] = [.member, .volunteer, .groupLeader]
        for (id, role) in zip(ids, roles) {
            let subject = MemberSubject(
                member: id, person: head.person, role: role,
                territory: try RegistrySamples.territory(RegistrySamples.communities[0]))
            try accept(ApplyForMembership(subject, appliedOn: day("2019-07-01")))
            if role == .groupLeader { continue }
            try accept(EnrolMember(subject, enrolledOn: day("2019-07-02")))
        }
        try accept(LeaveMember(member: ids[1], ending: .lapsed, leftOn: day("2020-01-01")))
        let first = try answer(
            MembershipsAnswer.self, ListMemberships(person: head.person, limit: 2))
        let second = try answer(
            MembershipsAnswer.self,
            ListMemberships(person: head.person, after: first.next, limit: 2))
        #expect(second.next == nil)
        let states = Dictionary(
            uniqueKeysWithValues: (first.memberships + second.memberships).map {
                ($0.member, $0.state)
            })
        #expect(states == [ids[0]: .active, ids[1]: .lapsed, ids[2]: .applied])
    }

    @Test func `consents are listed as they were decided, and which are in force`() throws {
        for (decision, date) in [
            (ConsentDecision.given, "2020-01-01"), (.withdrawn, "2020-02-01"),
        ] {
            try accept(
                RecordConsent(
                    person: head.person, purpose: .insurer, decision: decision, decidedOn: day(date)
                ))
        }
        try accept(
            RecordConsent(
                person: head.person, purpose: .service, decision: .given,
                decidedOn: day("2020-01-15")))
        let first = try answer(ConsentsAnswer.self, ListConsents(person: head.person, limit: 2))
        let second = try answer(
            ConsentsAnswer.self, ListConsents(person: head.person, after: first.next, limit: 2))
        #expect(first.given == [.service])
        #expect(
            (first.decisions + second.decisions).map(\.decidedOn)
                == [try day("2020-01-01"), try day("2020-01-15"), try day("2020-02-01")])
        #expect(second.next == nil)
    }

    // MARK: Sites, grants and reads

    @Test func `sites are listed with their newest council`() throws {
        let site = SiteID(UUID())
        let community = try RegistrySamples.territory(RegistrySamples.communities[0])
        try accept(
            OpenSite(
                site: site, kind: .warmHome, territory: community, nameZh: "示例",
                nameEn: "Sample", openedOn: day("2019-07-01"),
                tiers: Array(community.ancestors.prefix(3)), ruleSets: ["one"], themes: ["two"]))
        for council in [[head.person], [child.person, head.person]] {
            try accept(AppointCouncil(site: site, council: council, appointedOn: day("2019-08-01")))
        }
        let sites = try answer(SitesAnswer.self, ListSites(territory: community)).sites
        #expect(sites.map(\.site) == [site])
        #expect(sites.first?.council == [child.person, head.person])
    }

    @Test func `grants are listed that have to do with a territory`() throws {
        for (name, code) in [("city", "350203"), ("other", "350203009"), ("inner", "350203007901")]
        {
            try accept(
                GrantPublisher(
                    publisher: name, territories: [RegistrySamples.territory(code)],
                    types: ["events.*"]))
        }
        let query = ListPublishers(territory: try RegistrySamples.territory("350203007"))
        let found = try answer(PublishersAnswer.self, query).publishers
        #expect(found.map(\.publisher) == ["city", "inner", "kaiyuan"])
        #expect(found.first?.types == ["events.*"])
    }

    @Test func `it is told who has read whom, to whoever is granted that by name`() throws {
        _ = try answer(PersonAnswer.self, GetPerson(person: head.person))
        _ = try answer(HouseholdAnswer.self, GetHousehold(household: household))
        let first = try answer(
            ReadsAnswer.self, ListReads(subject: head.person.uuid, limit: 1), publisher: "operator")
        let second = try answer(
            ReadsAnswer.self, ListReads(subject: head.person.uuid, after: first.next, limit: 1),
            publisher: "operator")
        #expect((first.reads + second.reads).map(\.publisher) == ["kaiyuan", "kaiyuan"])
        #expect(
            (first.reads + second.reads).map(\.type) == [GetPerson.type, GetHousehold.type])
        try accept(
            GrantPublisher(
                publisher: "kaiyuan", territories: [RegistrySamples.territory("350203007")],
                types: ["*"]))
        let refused = try bench.decide(
            ListReads(subject: head.person.uuid), publisher: "kaiyuan")
        #expect((refused.code, refused.pointer) == ("out_of_scope", "/type"))
    }

    // MARK: Scope and log

    @Test func `strangers' ids and unknown ids are answered alike`() throws {
        let far = try #require(
            bench.facts.compactMap { $0.payload as? HouseholdRegistered }.last)
        let person = try #require(far.members.first).person
        let strangers: [any Query] = [
            ListMemberships(person: person), ListCategories(subject: person.uuid),
            ListCategories(subject: far.household.uuid), ListConsents(person: person),
            ListReads(subject: person.uuid),
            GetRegistryHistory(HistorySelection(record: person.uuid)),
        ]
        let unknown: [any Query] = [
            ListMemberships(person: PersonID(UUID())), ListCategories(subject: UUID()),
            ListCategories(subject: UUID()), ListConsents(person: PersonID(UUID())),
            ListReads(subject: UUID()), GetRegistryHistory(HistorySelection(record: UUID())),
        ]
        for (stranger, unknown) in zip(strangers, unknown) {
            let answers = try [stranger, unknown].map { try bench.decide($0, publisher: "kaiyuan") }
            #expect(answers.map(\.code) == ["out_of_scope", "out_of_scope"])
            #expect(answers[0].pointer == answers[1].pointer)
            #expect(answers[0].expected == answers[1].expected)
        }
    }

    @Test func `each answer is logged, and kept nowhere`() throws {
        let id = UUID()
        let answered = try bench.decide(
            ListCategories(subject: child.person.uuid), id: id, publisher: "kaiyuan")
        #expect(answered.status == "accepted")
        let rows = try bench.connection.run(
            "SELECT count(*) FROM read_access WHERE message = \(id) AND subject = \(child.person)")
        #expect(try rows.first?.decode(Int64.self, at: 0) == 1)
        let inbox = try bench.connection.run("SELECT digest IS NULL FROM inbox WHERE id = \(id)")
        #expect(try inbox.first?.decode(Bool.self, at: 0) == true)
    }
}
