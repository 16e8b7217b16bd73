import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Nothing outside a publisher's territories is touched. Two streets: the household is in the first one, and its daughter
/// has moved to the second.
@Suite struct RegistryScopeTests {
    private let bench: HandlerBench
    private let household = HouseholdID(UUID())
    private let head: NewMember
    private let daughter: NewMember
    private let first = ["350203007"]
    private let second = ["350203009"]
    private let assertion: NewCategory

    init() throws {
        bench = try registryBench()
        head = try RegistrySamples.member(1)
        daughter = try RegistrySamples.member(2, .child)
        assertion = try RegistrySamples.category(
            .hardshipGirl, of: daughter.person.uuid, verified: false)
        try bench.handle(
            RegistrySamples.household(
                household, members: [head, daughter], categories: [assertion]))
        try bench.handle(
            MovePerson(
                person: daughter.person,
                destination: RegistrySamples.territory(RegistrySamples.communities[1]),
                household: household, role: .child, movedOn: day("2020-01-01")))
    }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    private func handle(_ command: any Command, as codes: [String]) throws -> Outcome {
        try bench.handle(
            command, publisher: "street", territories: codes.map(RegistrySamples.territory))
    }

    private func expectOutOfScope(
        _ command: any Command, as codes: [String], at pointer: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        expectRefusal(
            try handle(command, as: codes), "out_of_scope", at: pointer,
            sourceLocation: sourceLocation)
    }

    // MARK: Households and their members

    @Test func `a household is not moved with a member who lives in another street`() throws {
        try bench.handle(
            RegistrySamples.loadTerritory(["350203007902"], edition: "2023-12-30"))
        let move = MoveHousehold(
            household: household, territory: try RegistrySamples.territory("350203007902"),
            movedOn: try day("2020-02-01"))
        try expectOutOfScope(move, as: first, at: "/household")
        let lives = try bench.unit.find(Person.self, daughter.person.uuid)?.territory
        #expect(lives?.rawValue == RegistrySamples.communities[1])
        #expect(try handle(move, as: first + second).isAccepted)
    }

    @Test func `a person is not taken out of a household of another street`() throws {
        let move = MovePerson(
            person: daughter.person,
            destination: try RegistrySamples.territory(RegistrySamples.communities[1]),
            movedOn: try day("2020-02-01"))
        try expectOutOfScope(move, as: second, at: "/person")
        #expect(try handle(move, as: first + second).isAccepted)
    }

    @Test func `a double in a household of another street is not merged`() throws {
        let survivor = PersonID(UUID())
        try bench.handle(
            RegistrySamples.person(5, survivor, in: RegistrySamples.communities[1]))
        let merge = MergePersons(
            survivor: survivor, merged: daughter.person, mergedOn: try day("2020-03-01"))
        try expectOutOfScope(merge, as: second, at: "/merged")
    }

    // MARK: Categories

    @Test func `the street where a person lives now decides on the person's categories`() throws {
        let commands: [any Command] = [
            VerifyCategory(assertion: assertion.assertion, verifiedOn: try day("2020-02-01")),
            EndCategory(assertion: assertion.assertion, endedOn: try day("2020-02-02")),
            RevokeCategory(assertion: assertion.assertion, revokedOn: try day("2020-02-03")),
        ]
        var places: [TerritoryCode] = []
        for command in commands {
            try expectOutOfScope(command, as: first, at: "/assertion")
            let outcome = try handle(command, as: second)
            #expect(outcome.isAccepted, "\(type(of: command).type)")
            if let fact = outcome.fact(CategoryVerified.self) { places.append(fact.territory) }
        }
        #expect(places.map(\.rawValue) == [RegistrySamples.communities[1]])
    }

    @Test func `a category of the household stays with the household's street`() throws {
        let own = AssertCategory(
            assertion: AssertionID(UUID()), household: household, subject: household.uuid,
            category: .lowIncome, evidence: nil,
            validFrom: try day("2019-01-01"), validTo: nil)
        #expect(try handle(own, as: first).isAccepted)
        func hers(from start: String) throws -> AssertCategory {
            AssertCategory(
                assertion: AssertionID(UUID()), household: household,
                subject: daughter.person.uuid, category: .onlyChild, evidence: nil,
                validFrom: try day(start), validTo: nil)
        }
        try expectOutOfScope(hers(from: "2020-01-01"), as: first, at: "/subject")
        #expect(try handle(hers(from: "2019-12-31"), as: first).isAccepted)
    }

    // MARK: Roles

    @Test func `nobody of another street is enrolled, applies, is commended or appointed`() throws {
        let branch = try RegistrySamples.territory(RegistrySamples.communities[0])
        let subject = MemberSubject(
            member: MemberID(UUID()), person: daughter.person, role: .officer, territory: branch,
            level: .community)
        try expectOutOfScope(
            EnrolMember(subject, enrolledOn: day("2020-02-01")), as: first, at: "/person")
        try expectOutOfScope(
            ApplyForMembership(subject, appliedOn: day("2020-02-01")), as: first, at: "/person")
        try expectOutOfScope(
            AwardCommendation(
                CommendationSubject(
                    commendation: CommendationID(UUID()), recipient: daughter.person,
                    territory: branch, occasion: "member-day", awardedOn: day("2020-05-29"))),
            as: first, at: "/recipient")
        let site = SiteID(UUID())
        try bench.handle(
            OpenSite(
                site: site, kind: .warmHome, territory: branch, nameZh: "示例", nameEn: "Sample",
                openedOn: day("2019-01-01"), tiers: branch.ancestors, ruleSets: ["one"],
                themes: ["one"]))
        try expectOutOfScope(
            AppointCouncil(
                site: site, council: [head.person, daughter.person],
                appointedOn: day("2020-02-01")),
            as: first, at: "/council/1")
    }

    // MARK: Territories

    @Test func `a street cannot list a unit again that another street has taken over`() throws {
        let moved = TerritoryUnit(
            code: try RegistrySamples.territory("350203009911"), nameZh: "示例", nameEn: "Sample",
            validFrom: try day("2024-07-01"),
            predecessors: [try RegistrySamples.territory(RegistrySamples.communities[0])])
        try bench.handle(
            LoadTerritory(edition: day("2024-06-30"), source: "test", units: [moved]))
        try expectOutOfScope(
            RegistrySamples.loadTerritory([RegistrySamples.communities[0]], edition: "2025-01-01"),
            as: first, at: "/units/0/code")
    }

    @Test func `whoever is told that a person is in a household may know the person`() throws {
        let again = try RegistrySamples.household(
            in: RegistrySamples.communities[0],
            members: [
                NewMember(
                    person: daughter.person, role: .head, name: daughter.name,
                    residentId: daughter.residentId)
            ])
        try expectOutOfScope(again, as: first, at: "/members/0/person")
    }
}
