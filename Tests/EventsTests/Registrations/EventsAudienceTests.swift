import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// For whom a session is, over rows in memory.
@Suite struct EventsAudienceTests {
    private let bench = HandlerBench(Events.definition)
    private let household = HouseholdID(UUID())
    private let mother = PersonID(UUID())
    private let child = PersonID(UUID())
    private let session = SessionID(UUID())

    /// A session on 8 March 2019 for that audience.
    private func open(for audience: Audience) throws {
        let activity = ActivityID(UUID())
        try bench.handle(EventsSamples.activity(activity, for: audience))
        try bench.handle(EventsSamples.session(session, of: activity))
    }

    private func request(_ person: PersonID? = nil) throws -> Outcome {
        try bench.handle(EventsSamples.registration(at: session, of: person ?? mother))
    }

    private func expectNotInAudience(
        _ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectRefusal(outcome, "not_in_audience", at: "/person", sourceLocation: sourceLocation)
    }

    // MARK: Special families

    @Test(arguments: [
        ("2019-03-08", nil as String?, true), ("2019-03-09", nil, false),
        ("2018-01-01", "2019-03-08", true), ("2018-01-01", "2019-03-07", false),
    ])
    func `a special family is one on the day of the session`(
        from: String, to: String?, isIn: Bool
    ) throws {
        try open(for: .specialFamilies)
        try bench.handle(
            EventsSamples.household(
                household, mother: mother,
                categories: [EventsSamples.special(household, from: from, to: to)]),
            sequence: 1)
        let outcome = try request()
        if isIn { #expect(outcome.isAccepted) } else { expectNotInAudience(outcome) }
    }

    @Test func `a family is special once that is verified, and until it ends`() throws {
        try open(for: .specialFamilies)
        let assertion = AssertionID(UUID())
        try bench.handle(
            EventsSamples.household(
                household, mother: mother, child: child,
                categories: [
                    EventsSamples.special(household, assertion: assertion, verified: false)
                ]),
            sequence: 1)
        expectNotInAudience(try request())
        try bench.handle(
            CategoryVerified(
                CategorySubject(
                    assertion: assertion, household: household, subject: mother.uuid,
                    territory: EventsSamples.territory(), category: .bereaved,
                    validFrom: EventsSamples.date("2018-01-01")),
                verifiedOn: EventsSamples.date("2019-02-01")),
            sequence: 2)
        #expect(try request().isAccepted)
        try bench.handle(
            CategoryEnded(
                CategorySubject(
                    assertion: assertion, household: household, subject: mother.uuid,
                    territory: EventsSamples.territory(), category: .bereaved,
                    validFrom: EventsSamples.date("2018-01-01")),
                endedOn: EventsSamples.date("2019-03-08")),
            sequence: 3)
        expectNotInAudience(try request(child))
    }

    @Test func `a revoked category never made a family special`() throws {
        try open(for: .specialFamilies)
        let category = try EventsSamples.special(household)
        try bench.handle(
            CategoryRevoked(
                CategorySubject(
                    assertion: category.assertion, household: household, subject: household.uuid,
                    territory: EventsSamples.territory(), category: .bereaved,
                    validFrom: category.validFrom), revokedOn: EventsSamples.date("2019-02-01")),
            sequence: 3)
        try bench.handle(
            EventsSamples.household(household, mother: mother, categories: [category]),
            sequence: 1)
        expectNotInAudience(try request())
    }

    @Test func `another category makes no special family`() throws {
        try open(for: .specialFamilies)
        try bench.handle(
            EventsSamples.household(
                household, mother: mother,
                categories: [EventsSamples.special(household, category: .lowIncome)]),
            sequence: 1)
        expectNotInAudience(try request())
        expectNotInAudience(try request(bench.newcomer()))
    }

    @Test func `a registration waits for the household when the person was faster`() throws {
        try open(for: .specialFamilies)
        try bench.handle(
            EventsSamples.registered(mother, in: household, as: .head), sequence: 1)
        expectWait(
            try request(), for: household.uuid, else: "unknown_household", at: "/person")
        try bench.handle(
            EventsSamples.household(
                household, mother: mother, categories: [EventsSamples.special(household)]),
            sequence: 1)
        #expect(try request().isAccepted)
    }

    @Test func `a category about a person goes with that person`() throws {
        try open(for: .specialFamilies)
        let father = PersonID(UUID())
        try bench.handle(
            EventsSamples.registered(father, in: household, as: .spouse), sequence: 1)
        var category = try EventsSamples.special(household)
        category.subject = mother.uuid
        try bench.handle(
            EventsSamples.household(household, mother: mother, categories: [category]),
            sequence: 1)
        try bench.handle(
            EventsSamples.moved(mother, to: HouseholdID(UUID()), as: .head, on: "2019-03-08"),
            sequence: 1)
        #expect(try request().isAccepted)
        expectNotInAudience(try request(father))
    }

    @Test func `a family whose category left later is special on a day before`() throws {
        try open(for: .specialFamilies)
        let father = PersonID(UUID())
        try bench.handle(
            EventsSamples.registered(father, in: household, as: .spouse), sequence: 1)
        var category = try EventsSamples.special(household)
        category.subject = mother.uuid
        try bench.handle(
            EventsSamples.household(household, mother: mother, categories: [category]),
            sequence: 1)
        try bench.handle(EventsSamples.moved(mother, on: "2019-03-09"), sequence: 1)
        #expect(try request(father).isAccepted)
    }

    // MARK: Parents

    @Test(arguments: [
        ("2016-03-08", false), ("2016-03-09", true), ("2019-03-08", true), ("2019-03-09", false),
    ])
    func `parents are those whose child is under 3 on the day of the session`(
        born: String, isIn: Bool
    ) throws {
        try open(for: .parents)
        try bench.handle(
            EventsSamples.household(household, mother: mother, child: child, childBorn: born),
            sequence: 1)
        let outcome = try request()
        if isIn { #expect(outcome.isAccepted) } else { expectNotInAudience(outcome) }
    }

    @Test func `a child is no parent, and who has no child is none`() throws {
        try open(for: .parents)
        try bench.handle(
            EventsSamples.household(household, mother: mother, child: child), sequence: 1)
        expectNotInAudience(try request(child))
        expectNotInAudience(try request(bench.newcomer()))
    }

    @Test func `a child that lives elsewhere now counts no more`() throws {
        try open(for: .parents)
        try bench.handle(
            EventsSamples.household(household, mother: mother, child: child), sequence: 1)
        try bench.handle(
            PersonMoved(
                person: child, from: EventsSamples.territory(), leftHousehold: household,
                movedOn: EventsSamples.date("2019-01-01"),
                birthDate: EventsSamples.date("2017-06-01"), sex: .male),
            sequence: 2)
        expectNotInAudience(try request())
    }

    @Test func `the father may bring the child, and no one from another household`() throws {
        try open(for: .parents)
        try bench.handle(
            EventsSamples.household(household, mother: mother, child: child), sequence: 1)
        let father = PersonID(UUID())
        try bench.handle(
            EventsSamples.registered(father, in: household, as: .spouse), sequence: 1)
        expectRefusal(
            try bench.handle(
                EventsSamples.registration(at: session, of: bench.newcomer(), with: child)),
            "not_a_child", at: "/child")
        #expect(
            try bench.handle(
                EventsSamples.registration(at: session, of: father, with: child)
            ).isAccepted)
    }

    // MARK: Members

    private func enrol(
        _ person: PersonID, as role: MemberRole = .member, on day: String, until: String? = nil
    ) throws {
        let member = MemberID(UUID())
        try bench.handle(
            MemberEnrolled(
                MemberSubject(
                    member: member, person: person, role: role, territory: EventsSamples.territory()
                ), enrolledOn: EventsSamples.date(day)),
            sequence: 1)
        guard let until else { return }
        try bench.handle(
            MemberLeft(
                MemberSubject(
                    member: member, person: person, role: role, territory: EventsSamples.territory()
                ), ending: .left, enrolledOn: EventsSamples.date(day),
                leftOn: EventsSamples.date(until)),
            sequence: 2)
    }

    @Test(arguments: [
        ("2019-03-08", nil as String?, true), ("2019-03-09", nil, false),
        ("2018-01-01", "2019-03-09", true), ("2018-01-01", "2019-03-08", false),
    ])
    func `members are those who are on the day of the session`(
        from: String, until: String?, isIn: Bool
    ) throws {
        try open(for: .members)
        let person = try bench.newcomer()
        try enrol(person, on: from, until: until)
        let outcome = try request(person)
        if isIn { #expect(outcome.isAccepted) } else { expectNotInAudience(outcome) }
    }

    @Test func `whoever only works for the association is no member`() throws {
        try open(for: .members)
        let person = try bench.newcomer()
        try enrol(person, as: .volunteer, on: "2018-01-01")
        expectNotInAudience(try request(person))
        try enrol(person, as: .groupLeader, on: "2018-01-01")
        #expect(try request(person).isAccepted)
    }

    @Test func `everybody who was there is recorded, in the audience or not`() throws {
        try open(for: .members)
        #expect(
            try bench.handle(
                EventsSamples.attendance(at: session, of: bench.newcomer())
            ).isAccepted)
    }
}
