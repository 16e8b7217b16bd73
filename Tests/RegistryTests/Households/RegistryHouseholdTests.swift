import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryHouseholdTests {
    private let bench: HandlerBench

    init() throws { bench = try registryBench() }

    private func family(_ serial: Int = 1) throws -> [NewMember] {
        [
            try RegistrySamples.member(serial), try RegistrySamples.member(serial + 1, .spouse),
            try RegistrySamples.member(serial + 2, .child),
        ]
    }

    @Test func `a household is registered with members and categories`() throws {
        let id = HouseholdID(UUID())
        let members = try family()
        let category = try RegistrySamples.category(of: id.uuid)
        let outcome = try bench.handle(
            RegistrySamples.household(id, members: members, categories: [category]))
        let fact = try #require(outcome.fact(HouseholdRegistered.self))
        #expect(fact.members.map(\.person) == members.map(\.person))
        #expect(fact.members.map(\.birthDate) == members.compactMap(\.statedBirthDate))
        #expect(fact.categories.map(\.assertion) == [category.assertion])
        #expect(outcome.emissions.first?.sequence == 1)
        #expect(outcome.emissions.first?.subject == id.description)
        #expect(try bench.unit.find(Household.self, id.uuid)?.assertions == [category.assertion])
        let person = try #require(try bench.unit.find(Person.self, members[2].person.uuid))
        #expect(person.household == id)
        #expect(person.role == .child)
        #expect(person.sequence == 0)
    }

    @Test
    func
        `the fact says which of a member's own facts belong to before it, the one of the move too`()
        throws
    {
        let members = try family()
        try bench.handle(RegistrySamples.person(1, members[0].person))
        try bench.handle(
            VerifyPerson(
                person: members[0].person, verifiedOn: RegistrySamples.date("2019-06-02")))
        let outcome = try bench.handle(RegistrySamples.household(members: members))
        let fact = try #require(outcome.fact(HouseholdRegistered.self))
        #expect(fact.members.map(\.sequence) == [3, 0, 0])
    }

    @Test func `registering loads no row that was not declared`() throws {
        let id = HouseholdID(UUID())
        try bench.handle(
            RegistrySamples.household(
                id, members: family(), categories: [RegistrySamples.category(of: id.uuid)]))
        #expect(bench.source.loads == 0)
    }

    @Test func `the fact and the rows hold nothing personal outside the sealed columns`() throws {
        let id = HouseholdID(UUID())
        let members = try family()
        let category = try RegistrySamples.category(of: id.uuid)
        let outcome = try bench.handle(
            RegistrySamples.household(id, members: members, categories: [category]))
        let fact = try #require(outcome.fact(HouseholdRegistered.self))
        var text = String(decoding: try JSONEncoder().encode(fact), as: UTF8.self)
        for member in members {
            let person = try #require(try bench.unit.find(Person.self, member.person.uuid))
            text += "\(person)" + String(decoding: person.sealed, as: UTF8.self)
        }
        let assertion = try bench.unit.find(CategoryAssertion.self, category.assertion.uuid)
        text += String(decoding: try #require(assertion?.evidence), as: UTF8.self)
        for member in members {
            for secret in [
                member.name, try #require(member.residentId).rawValue, member.phone ?? "",
            ] {
                #expect(!text.contains(secret))
            }
        }
        #expect(!text.contains("certificate"))
    }

    @Test func `sealed personal data opens for its person`() throws {
        let member = try RegistrySamples.member(1)
        try bench.handle(RegistrySamples.household(members: [member]))
        let person = try #require(try bench.unit.find(Person.self, member.person.uuid))
        let opened = try #require(try RegistrySamples.keyring().open(person, bench.unit))
        #expect(opened.name == member.name)
        #expect(opened.residentId == member.residentId)
        #expect(opened.phone == member.phone)
    }

    @Test func `a household is registered once`() throws {
        let id = HouseholdID(UUID())
        try bench.handle(RegistrySamples.household(id, members: family()))
        let outcome = try bench.handle(RegistrySamples.household(id, members: family(10)))
        expectRefusal(outcome, "household_exists", at: "/household")
    }

    @Test func `a territory that was not loaded is refused`() throws {
        let outcome = try bench.handle(
            RegistrySamples.household(in: "350203012901", members: family()))
        expectRefusal(outcome, "unknown_territory", at: "/territory")
    }

    @Test func `a resident id that another person has is refused at the member`() throws {
        try bench.handle(RegistrySamples.household(members: family()))
        let outcome = try bench.handle(
            RegistrySamples.household(members: [
                RegistrySamples.member(10), RegistrySamples.member(2, .spouse),
            ]))
        expectRefusal(outcome, "resident_exists", at: "/members/1/residentId")
    }

    @Test func `two members with one resident id are refused`() throws {
        let outcome = try bench.handle(
            RegistrySamples.household(members: [
                RegistrySamples.member(1), RegistrySamples.member(1, .spouse),
            ]))
        expectRefusal(outcome, "resident_exists", at: "/members/1/residentId")
    }

    @Test func `a member who is listed twice is refused`() throws {
        let member = try RegistrySamples.member(1)
        let outcome = try bench.handle(RegistrySamples.household(members: [member, member]))
        expectRefusal(outcome, "member_listed_twice", at: "/members/1/person")
    }

    @Test func `a person who is in another household is refused`() throws {
        let member = try RegistrySamples.member(1)
        try bench.handle(RegistrySamples.household(members: [member]))
        let outcome = try bench.handle(
            RegistrySamples.household(members: [RegistrySamples.member(2), member]))
        expectRefusal(outcome, "person_in_household", at: "/members/1/person")
    }

    @Test func `a refused household leaves nothing behind`() throws {
        let first = try RegistrySamples.member(1)
        let refused = HouseholdID(UUID())
        try bench.handle(
            RegistrySamples.household(refused, members: [first, RegistrySamples.member(1)]))
        #expect(try bench.unit.find(Household.self, refused.uuid) == nil)
        #expect(try bench.unit.find(Person.self, first.person.uuid) == nil)
        #expect(try bench.handle(RegistrySamples.household(members: [first])).isAccepted)
    }

    @Test func `a registered person without a household may join a new one`() throws {
        let id = PersonID(UUID())
        try bench.handle(RegistrySamples.person(1, id))
        let household = HouseholdID(UUID())
        let outcome = try bench.handle(
            RegistrySamples.household(
                household, members: [RegistrySamples.member(1, .head, person: id)]))
        #expect(outcome.isAccepted)
        let person = try bench.unit.find(Person.self, id.uuid)
        #expect(person?.household == household)
        #expect(person?.sequence == 2)
        let moved = try #require(outcome.fact(PersonMoved.self))
        #expect(moved.household == household)
        #expect(moved.stock == [])
        #expect(moved.records?.persons?.map(\.version) == [2])
        #expect(outcome.fact(HouseholdRegistered.self)?.members.map(\.sequence) == [2])
        #expect(outcome.fact(HouseholdRegistered.self)?.records?.persons == [])
    }

    @Test func `a person does not join with another resident id`() throws {
        let id = PersonID(UUID())
        try bench.handle(RegistrySamples.person(1, id))
        let outcome = try bench.handle(
            RegistrySamples.household(members: [RegistrySamples.member(2, .head, person: id)]))
        expectRefusal(outcome, "other_resident", at: "/members/0/residentId")
    }

    @Test func `a publisher does not take over a person of another territory`() throws {
        let id = PersonID(UUID())
        try bench.handle(RegistrySamples.person(1, id, in: RegistrySamples.communities[1]))
        let outcome = try bench.handle(
            RegistrySamples.household(members: [RegistrySamples.member(1, .head, person: id)]),
            territories: [RegistrySamples.territory("350203007")])
        expectRefusal(outcome, "out_of_scope", at: "/members/0/person")
    }

    @Test func `a category of somebody else is refused`() throws {
        let outcome = try bench.handle(
            RegistrySamples.household(
                members: family(), categories: [RegistrySamples.category(of: UUID())]))
        expectRefusal(outcome, "unknown_subject", at: "/categories/0/subject")
    }

    @Test func `the same category twice for a subject at one time is refused`() throws {
        let id = HouseholdID(UUID())
        let outcome = try bench.handle(
            RegistrySamples.household(
                id, members: family(),
                categories: [
                    RegistrySamples.category(of: id.uuid, to: "2010-12-31"),
                    RegistrySamples.category(of: id.uuid, from: "2010-12-31"),
                ]))
        expectRefusal(outcome, "category_overlaps", at: "/categories/1/validFrom")
    }

    @Test func `an assertion id is used once`() throws {
        let id = HouseholdID(UUID())
        let category = try RegistrySamples.category(of: id.uuid)
        let outcome = try bench.handle(
            RegistrySamples.household(
                id, members: family(), categories: [category, category]))
        expectRefusal(outcome, "assertion_exists", at: "/categories/1/assertion")
    }

    @Test func `a category is verified at once only if the sender says so`() throws {
        let id = HouseholdID(UUID())
        let verified = try RegistrySamples.category(of: id.uuid)
        let proposed = try RegistrySamples.category(.lowIncome, of: id.uuid, verified: false)
        try bench.handle(
            RegistrySamples.household(id, members: family(), categories: [verified, proposed]))
        let states = try [verified, proposed].map {
            try bench.unit.find(CategoryAssertion.self, $0.assertion.uuid)?.state
        }
        #expect(states == [.verified(on: try RegistrySamples.date("2019-06-01")), .proposed])
    }
}
