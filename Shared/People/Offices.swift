public import Messages
public import ServiceKit

/// Offices are the memberships as staff member or officer, as registry has published them.
public enum Offices {
    /// The actor's office, if its holder was alive on that day and held it. A message that names an unknown office waits for
    /// it.
    @discardableResult
    public static func held(
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
        let holder = try Persons.find(office.person, unit)
        guard office.isHeld(on: day), holder.map({ !$0.isErased && $0.lives(on: day) }) ?? true
        else { throw Refusal(.officeNotHeld, at: pointer, expected: "an office held on \(day)") }
        return office
    }

    /// Refuses an office whose holder is one of these persons, under any id: nobody acts for themselves.
    public static func requireOther(
        _ office: Membership, than persons: [PersonID], _ unit: UnitOfWork
    ) throws {
        guard !persons.isEmpty else { return }
        let own = Set(try Persons.ids(of: office.person, unit))
        guard own.isDisjoint(with: persons) else {
            throw Refusal(.actsForSelf, at: "/actor/staff")
        }
    }
}

extension RefusalCode {
    public static let unknownStaff = RefusalCode(
        "unknown_staff", "the id of a membership as staff member or officer")
    public static let otherOffice = RefusalCode(
        "other_office", "the id of an office in the branch of the actor's territory")
    public static let officeNotHeld = RefusalCode("office_not_held", "an office held on that day")
    public static let actsForSelf = RefusalCode("acts_for_self", "an office of another person")
}
