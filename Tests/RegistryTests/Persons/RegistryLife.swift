import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// A couple in a household here, somebody in a household there, and two who live alone, with the steps of their lives. An officer
/// of the district puts right what was wrong, unless it is said who does.
struct RegistryLife {
    private typealias Samples = RegistrySamples

    let bench: HandlerBench
    let home = HouseholdID(UUID())
    let other = HouseholdID(UUID())
    let husband: NewMember
    let wife: NewMember
    let neighbour: NewMember
    let alone = PersonID(UUID())
    let double = PersonID(UUID())
    /// Where the couple lives, and where the neighbour does.
    let places: [TerritoryCode]

    init() throws {
        bench = try registryBench()
        for command in try Samples.appointment() { try bench.handle(command) }
        places = try Samples.communities.map(Samples.territory)
        husband = try Samples.member(1, .head)
        wife = try Samples.member(2, .spouse)
        neighbour = try Samples.member(3, .head)
        try bench.handle(Samples.household(home, members: [husband, wife]))
        try bench.handle(
            Samples.household(other, in: Samples.communities[1], members: [neighbour]))
        try bench.handle(Samples.person(4, alone))
        try bench.handle(Samples.person(5, double))
    }

    // MARK: Steps

    /// - Parameter place: nil for out of the area.
    @discardableResult
    func move(
        _ person: PersonID, to place: Int?, _ household: HouseholdID? = nil, on day: String
    ) throws -> Outcome {
        try bench.handle(
            MovePerson(
                person: person, destination: place.map { places[$0] }, household: household,
                role: household == nil ? nil : .parent, movedOn: Samples.date(day)))
    }

    @discardableResult
    func voidMove(_ person: PersonID, on day: String) throws -> Outcome {
        try bench.handle(
            VoidMove(
                person: person, movedOn: Samples.date(day), voidedOn: Samples.date("2020-12-01"),
                reason: "a slip", actor: Samples.officer))
    }

    @discardableResult
    func moveHome(to place: Int, on day: String) throws -> Outcome {
        try bench.handle(
            MoveHousehold(household: home, territory: places[place], movedOn: Samples.date(day)))
    }

    @discardableResult
    func die(_ person: PersonID, on day: String) throws -> Outcome {
        try bench.handle(RecordDeath(person: person, diedOn: Samples.date(day)))
    }

    @discardableResult
    func correctDeath(
        _ person: PersonID, to day: String, actor: Actor? = nil,
        territories: [TerritoryCode]? = nil
    ) throws -> Outcome {
        try bench.handle(
            CorrectDeath(
                person: person, diedOn: Samples.date(day), correctedOn: Samples.date("2020-12-01"),
                reason: "a slip", actor: actor ?? Samples.officer), territories: territories)
    }

    @discardableResult
    func voidDeath(_ person: PersonID) throws -> Outcome {
        try bench.handle(
            VoidDeath(
                person: person, voidedOn: Samples.date("2020-12-01"), reason: "another one",
                actor: Samples.officer))
    }

    @discardableResult
    func merge(
        _ survivor: PersonID, _ merged: PersonID, on day: String = "2020-04-01"
    ) throws -> Outcome {
        try bench.handle(
            MergePersons(survivor: survivor, merged: merged, mergedOn: Samples.date(day)))
    }

    @discardableResult
    func unmerge(_ survivor: PersonID, _ merged: PersonID) throws -> Outcome {
        try bench.handle(
            UnmergePersons(
                survivor: survivor, merged: merged, unmergedOn: Samples.date("2020-12-01"),
                reason: "namesakes", actor: Samples.officer))
    }

    /// Asserts a category of somebody in the home, and verifies it.
    func assert(
        _ category: Messages.Category, of subject: UUID, in household: HouseholdID? = nil,
        from day: String = "2019-07-01", to end: String? = nil, verified: Bool = true
    ) throws -> AssertionID {
        let assertion = AssertionID(UUID())
        #expect(
            try bench.handle(
                AssertCategory(
                    assertion: assertion, household: household ?? home, subject: subject,
                    category: category, validFrom: Samples.date(day), validTo: end.map(Samples.date)
                )
            ).isAccepted)
        if verified {
            try bench.handle(
                VerifyCategory(assertion: assertion, verifiedOn: Samples.date("2019-07-02")))
        }
        return assertion
    }

    func enrol(
        _ person: PersonID, as role: MemberRole = .volunteer, in place: Int = 0
    ) throws -> MemberID {
        let member = MemberID(UUID())
        #expect(
            try bench.handle(
                EnrolMember(
                    MemberSubject(
                        member: member, person: person, role: role, territory: places[place],
                        level: role.isOffice ? .community : nil),
                    enrolledOn: Samples.date("2019-07-01"))
            ).isAccepted)
        return member
    }

    // MARK: What registry holds

    func person(_ id: PersonID) throws -> Person {
        try #require(try bench.unit.find(Person.self, id.uuid))
    }

    func household(_ id: HouseholdID) throws -> Household {
        try #require(try bench.unit.find(Household.self, id.uuid))
    }

    func assertion(_ id: AssertionID) throws -> CategoryAssertion {
        try #require(try bench.unit.find(CategoryAssertion.self, id.uuid))
    }

    func membership(_ id: MemberID) throws -> Membership {
        try #require(try bench.unit.find(Membership.self, id.uuid))
    }

    /// Each stay as a line: day, place and household.
    func stays(_ id: PersonID) throws -> [String] {
        try person(id).stays.stays.map { stay in
            let place = stay.territory.map { $0 == places[0] ? "here" : "there" } ?? "out"
            let household = stay.household.map { $0 == home ? " home" : " other" } ?? ""
            return "\(stay.from) \(place)\(household)"
        }
    }
}
