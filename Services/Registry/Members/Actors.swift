import Messages
import ServiceKit

/// Who decides on a correction: a member of staff or an officer, if the message names one.
enum Actors {
    /// Refuses an actor who does not hold an office on that day in a branch that the person belongs to.
    static func require(
        _ actor: MemberID?, for person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        guard let office = try require(actor, over: person.territory, on: day, unit) else { return }
        guard try Persons.find(office.person, unit)?.id != person.id else {
            throw Refusal(.actsForSelf, at: "/actor")
        }
    }

    /// Refuses an actor who does not hold an office on that day in a branch that contains the territory.
    @discardableResult
    static func require(
        _ actor: MemberID?, over territory: TerritoryCode, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws -> Membership? {
        guard let actor else { return nil }
        let office = try unit.require(
            Membership.self, actor.uuid, else: .unknownMember, at: "/actor")
        guard office.role.isOffice, try reaches(office.territory, territory, unit) else {
            throw Refusal(.otherOffice, at: "/actor")
        }
        guard office.isActive(on: day) else {
            throw Refusal(.officeNotHeld, at: "/actor", expected: "an office held on \(day)")
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
    static let otherOffice = RefusalCode(
        "other_office", "an office in a branch of where the record is, or around it")
    static let officeNotHeld = RefusalCode("office_not_held", "an office held on that day")
    static let actsForSelf = RefusalCode("acts_for_self", "an office of another person")
}
