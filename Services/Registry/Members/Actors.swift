import Messages
import ServiceKit

/// Who takes a step in registry: somebody who holds an office in a branch that contains what the step is about.
enum Actors {
    static func keys(_ actor: Actor, _ keys: inout Keys) {
        keys.need(Membership.self, actor.staff.uuid)
    }

    /// Refuses a step of somebody who holds no such office on the day of the message. A message that names an unknown office
    /// waits for it.
    /// - Parameter territory: where that lies which the step is about.
    static func require(
        _ actor: Actor, over territory: TerritoryCode, _ unit: UnitOfWork
    ) throws {
        try unit.requireScope(actor.territory, at: "/actor/territory")
        let office = try unit.require(
            Membership.self, actor.staff.uuid, else: .unknownStaff, at: "/actor/staff")
        let branches = try unit.standing(office.territory)
        guard office.role.isOffice,
            office.territory == actor.territory || branches == [actor.territory]
        else { throw Refusal(.otherOffice, at: "/actor/staff") }
        let day = unit.messageDay
        guard office.isHeld(on: day) else {
            throw Refusal(
                .officeNotHeld, at: "/actor/staff", expected: "an office held on \(day)")
        }
        guard try unit.standing(territory).allSatisfy(actor.territory.contains) else {
            throw Refusal(
                .outsideTerritory, at: "/actor/territory",
                expected: "the code of a territory that contains \(territory)")
        }
        let holder = try Persons.require(office.person, at: "/actor/staff", unit)
        try holder.requirePresent(at: "/actor/staff")
    }
}

extension RefusalCode {
    static let unknownStaff = RefusalCode(
        "unknown_staff", "the id of a membership as staff member or officer")
    static let otherOffice = RefusalCode(
        "other_office", "the id of an office in the branch of the actor's territory")
    static let officeNotHeld = RefusalCode("office_not_held", "an office held on that day")
    static let outsideTerritory = RefusalCode(
        "outside_territory", "the code of a territory that contains the record's")
}
