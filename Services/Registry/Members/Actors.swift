import Messages
import ServiceKit

/// Who decides on a correction: a member of staff or an officer.
enum Actors {
    /// Refuses an actor who does not hold an office on that day in a branch that the person belongs to.
    static func require(
        _ actor: Actor, for person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let office = try require(actor, over: person.territory, on: day, unit)
        guard try Persons.find(office.person, unit)?.id != person.id else {
            throw Refusal(.actsForSelf, at: "/actor/staff")
        }
    }

    /// Refuses an actor about whom it is that they decide: nobody acts for themselves.
    /// - Parameter isOwn: whether that is so of the person who holds the office.
    static func requireOther(
        than isOwn: (Person) -> Bool, _ actor: Actor?, _ unit: UnitOfWork
    ) throws {
        guard let actor, let office = try unit.find(Membership.self, actor.staff.uuid),
            let holder = try Persons.find(office.person, unit)
        else { return }
        guard !isOwn(holder) else { throw Refusal(.actsForSelf, at: "/actor/staff") }
    }

    /// Refuses an actor who does not hold an office on that day in a branch that contains the territory.
    @discardableResult
    static func require(
        _ actor: Actor, over territory: TerritoryCode, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws -> Membership {
        try unit.requireScope(actor.territory, at: "/actor/territory")
        guard try reaches(actor.territory, territory, unit) else {
            throw Refusal(
                .outsideTerritory, at: "/actor/territory",
                expected: "the code of a territory that contains \(territory)")
        }
        return try held(by: actor, on: day, unit)
    }

    /// The actor's office, if it is held on that day. A message that names an unknown office waits for it.
    @discardableResult
    static func held(
        by actor: Actor, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Membership {
        let pointer = "/actor/staff"
        let office = try unit.require(
            Membership.self, actor.staff.uuid, else: .unknownStaff, at: pointer)
        guard office.role.isOffice else { throw Refusal(.unknownStaff, at: pointer) }
        guard
            try office.territory == actor.territory
                || unit.standing(office.territory) == [actor.territory]
        else { throw Refusal(.otherOffice, at: pointer) }
        guard office.isActive(on: day) else {
            throw Refusal(.officeNotHeld, at: pointer, expected: "an office held on \(day)")
        }
        return office
    }

    private static func reaches(
        _ branch: TerritoryCode, _ territory: TerritoryCode, _ unit: UnitOfWork
    ) throws -> Bool {
        let parts = try unit.standing(territory)
        return try unit.standing(branch).contains { branch in parts.allSatisfy(branch.contains) }
    }
}

extension RefusalCode {
    static let unknownStaff = RefusalCode(
        "unknown_staff", "the id of a membership as staff member or officer")
    static let otherOffice = RefusalCode(
        "other_office", "the id of an office in the branch of the actor's territory")
    static let outsideTerritory = RefusalCode(
        "outside_territory", "the code of a territory that contains that of the record")
    static let officeNotHeld = RefusalCode("office_not_held", "an office held on that day")
    static let actsForSelf = RefusalCode("acts_for_self", "an office of another person")
}
