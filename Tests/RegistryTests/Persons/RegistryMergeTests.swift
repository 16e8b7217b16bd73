import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryMergeTests {
    private let bench: HandlerBench
    private let survivor = PersonID(UUID())
    private let double = PersonID(UUID())

    init() throws {
        bench = try registryBench()
        try bench.handle(RegistrySamples.person(1, survivor))
        try bench.handle(RegistrySamples.person(2, double))
    }

    private func merge(_ survivor: PersonID, _ merged: PersonID) throws -> MergePersons {
        MergePersons(
            survivor: survivor, merged: merged, mergedOn: try RegistrySamples.date("2020-04-01"))
    }

    private func person(_ id: PersonID) throws -> Person {
        try #require(try bench.unit.find(Person.self, id.uuid))
    }

    private func verify(_ id: PersonID) throws -> VerifyPerson {
        VerifyPerson(person: id, verifiedOn: try RegistrySamples.date("2020-05-01"))
    }

    @Test func `two registrations of one person become one`() throws {
        let outcome = try bench.handle(merge(survivor, double))
        let fact = try #require(outcome.fact(PersonsMerged.self))
        #expect(fact.survivor == survivor)
        #expect(fact.merged == double)
        #expect(fact.territory.rawValue == RegistrySamples.communities[0])
        #expect(outcome.emissions.first?.subject == survivor.description)
        #expect(outcome.emissions.first?.sequence == 2)
    }

    @Test func `a later command that names the merged id is about the survivor`() throws {
        try bench.handle(merge(survivor, double))
        #expect(
            try bench.handle(verify(double)).fact(PersonVerified.self)?.person == survivor)
        let award = AwardCommendation(
            CommendationSubject(
                commendation: CommendationID(UUID()), recipient: double,
                territory: try RegistrySamples.territory(RegistrySamples.communities[0]),
                occasion: "member day", awardedOn: try RegistrySamples.date("2020-05-29")))
        #expect(try bench.handle(award).fact(CommendationAwarded.self)?.recipient == survivor)
        let move = MovePerson(
            person: double,
            destination: try RegistrySamples.territory(RegistrySamples.communities[1]),
            movedOn: try RegistrySamples.date("2020-06-01"))
        #expect(try bench.handle(move).fact(PersonMoved.self)?.person == survivor)
    }

    @Test func `a chain of merges leads to the last survivor in one step`() throws {
        let last = PersonID(UUID())
        try bench.handle(RegistrySamples.person(3, last))
        try bench.handle(merge(survivor, double))
        #expect(try bench.handle(merge(last, survivor)).isAccepted)
        #expect(try person(double).survivor == last)
        #expect(try person(last).merged == [survivor, double])
        #expect(try bench.handle(verify(double)).fact(PersonVerified.self)?.person == last)
    }

    @Test func `a survivor named by an id that was merged is the last survivor`() throws {
        let third = PersonID(UUID())
        try bench.handle(RegistrySamples.person(3, third))
        try bench.handle(merge(survivor, double))
        let fact = try bench.handle(merge(double, third)).fact(PersonsMerged.self)
        #expect(fact?.survivor == survivor)
    }

    @Test func `a merged person is not merged again, and nobody into oneself`() throws {
        expectRefusal(
            try bench.handle(merge(survivor, survivor)), "same_person", at: "/merged")
        try bench.handle(merge(survivor, double))
        expectRefusal(
            try bench.handle(merge(survivor, double)), "already_merged", at: "/merged")
        expectRefusal(try bench.handle(merge(double, survivor)), "same_person", at: "/merged")
    }

    @Test func `a merge waits for both registrations`() throws {
        let stranger = PersonID(UUID())
        expectWait(
            try bench.handle(merge(stranger, double)), for: stranger.uuid, else: "unknown_person",
            at: "/survivor")
        expectWait(
            try bench.handle(merge(survivor, stranger)), for: stranger.uuid,
            else: "unknown_person", at: "/merged")
    }

    @Test func `both registrations must be in the publisher's scope`() throws {
        let far = PersonID(UUID())
        try bench.handle(RegistrySamples.person(3, far, in: RegistrySamples.communities[1]))
        let scope = [try RegistrySamples.territory("350203007")]
        expectRefusal(
            try bench.handle(merge(survivor, far), territories: scope), "out_of_scope",
            at: "/merged")
        expectRefusal(
            try bench.handle(merge(far, survivor), territories: scope), "out_of_scope",
            at: "/survivor")
    }

    // MARK: What hangs on them

    @Test func `a survivor without a household takes the other's place`() throws {
        let home = HouseholdID(UUID())
        let member = try RegistrySamples.member(4, .spouse)
        try bench.handle(RegistrySamples.household(home, members: [member]))
        let fact = try #require(
            try bench.handle(merge(survivor, member.person)).fact(PersonsMerged.self))
        #expect(fact.household == home)
        #expect(fact.role == .spouse)
        #expect(fact.leftHousehold == nil)
        #expect(try bench.unit.find(Household.self, home.uuid)?.members == [survivor])
        #expect(try person(member.person).household == nil)
    }

    @Test func `a survivor with a household keeps it, and the other one has a member less`() throws
    {
        let (home, other) = (HouseholdID(UUID()), HouseholdID(UUID()))
        let members = try (4...5).map { try RegistrySamples.member($0) }
        try bench.handle(RegistrySamples.household(home, members: [members[0]]))
        try bench.handle(
            RegistrySamples.household(
                other, in: RegistrySamples.communities[1], members: [members[1]]))
        let fact = try #require(
            try bench.handle(merge(members[0].person, members[1].person))
                .fact(PersonsMerged.self))
        #expect(fact.household == home)
        #expect(fact.leftHousehold == other)
        #expect(try bench.unit.find(Household.self, other.uuid)?.members.isEmpty == true)
    }

    @Test func `what was asserted of either holds of the survivor`() throws {
        let (home, other) = (HouseholdID(UUID()), HouseholdID(UUID()))
        let members = try (4...5).map { try RegistrySamples.member($0) }
        try bench.handle(RegistrySamples.household(home, members: [members[0]]))
        try bench.handle(
            RegistrySamples.household(
                other, members: [members[1]],
                categories: [
                    RegistrySamples.category(.lowIncome, of: members[1].person.uuid)
                ]))
        try bench.handle(merge(members[0].person, members[1].person))
        let again = AssertCategory(
            assertion: AssertionID(UUID()), household: home, subject: members[1].person.uuid,
            category: .lowIncome, validFrom: try RegistrySamples.date("2020-01-01"))
        expectRefusal(try bench.handle(again), "category_overlaps", at: "/validFrom")
    }

    @Test func `one membership of two in the same role and branch ends`() throws {
        let branch = try RegistrySamples.territory(RegistrySamples.communities[0])
        func enrol(_ person: PersonID, _ role: MemberRole) throws -> EnrolMember {
            EnrolMember(
                MemberSubject(
                    member: MemberID(UUID()), person: person, role: role, territory: branch),
                enrolledOn: try RegistrySamples.date("2019-07-01"))
        }
        try bench.handle(enrol(survivor, .member))
        try bench.handle(enrol(double, .member))
        let volunteer = try enrol(double, .volunteer)
        try bench.handle(volunteer)
        let outcome = try bench.handle(merge(survivor, double))
        #expect(outcome.emissions.compactMap { $0.fact as? MemberLeft }.map(\.role) == [.member])
        let kept = try bench.unit.find(Membership.self, volunteer.member.uuid)
        #expect(kept?.isActive == true)
        expectRefusal(
            try bench.handle(enrol(survivor, .volunteer)), "already_enrolled", at: "/role")
    }

    @Test func `the later decision of either stands, and of one day the withdrawal`() throws {
        func record(
            _ person: PersonID, _ purpose: ConsentPurpose, _ decision: ConsentDecision,
            _ day: String
        ) throws {
            try bench.handle(
                RecordConsent(
                    person: person, purpose: purpose, decision: decision,
                    decidedOn: RegistrySamples.date(day)))
        }
        try record(survivor, .service, .given, "2020-02-01")
        try record(double, .service, .withdrawn, "2020-01-01")
        try record(survivor, .insurer, .given, "2020-01-01")
        try record(double, .insurer, .withdrawn, "2020-01-01")
        try record(double, .namedPressUse, .given, "2020-01-01")
        let outcome = try bench.handle(merge(survivor, double))
        let facts = outcome.emissions.compactMap { $0.fact as? ConsentRecorded }
        #expect(facts.map(\.purpose) == [.insurer, .namedPressUse])
        #expect(facts.map(\.standing) == [.withdrawn, .given])
        #expect(facts.allSatisfy { $0.person == survivor })
    }

    @Test func `a verification or a death of either is the survivor's`() throws {
        try bench.handle(verify(double))
        try bench.handle(merge(survivor, double))
        #expect(
            try person(survivor).verifiedOn == RegistrySamples.date("2020-05-01"))
        let dead = PersonID(UUID())
        try bench.handle(RegistrySamples.person(3, dead))
        let day = try RegistrySamples.date("2020-01-01")
        try bench.handle(RecordDeath(person: dead, diedOn: day))
        try bench.handle(merge(survivor, dead))
        #expect(try person(survivor).diedOn == day)
    }
}
