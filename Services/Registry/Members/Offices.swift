import Foundation
import Messages
import ServiceKit

/// Checks who acts: a staff member or officer of a branch around the person that a command is about.
enum Offices {
    static func keys(_ actor: Actor, _ keys: inout Keys) {
        keys.need(Membership.self, actor.staff.uuid)
    }

    /// Refuses an actor who holds no such office on that day. A message that names an unknown membership waits for it.
    static func require(
        _ actor: Actor, over territory: TerritoryCode, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        try unit.requireScope(actor.territory, at: "/actor/territory")
        guard try unit.standing(territory).allSatisfy(actor.territory.contains) else {
            throw Refusal(.outsideTerritory, at: "/actor/territory")
        }
        let membership = try unit.require(
            Membership.self, actor.staff.uuid, else: .unknownStaff, at: "/actor/staff")
        let branch = membership.territory
        let isOfBranch =
            try branch == actor.territory || unit.standing(branch) == [actor.territory]
        guard membership.role.isOffice, isOfBranch else {
            throw Refusal(.otherOffice, at: "/actor/staff")
        }
        guard membership.isActive(on: day),
            let holder = try Persons.find(membership.person, unit), holder.canAct(on: day)
        else {
            throw Refusal(.officeNotHeld, at: "/actor/staff", expected: "an office held on \(day)")
        }
    }
}

extension Membership {
    fileprivate func isActive(on day: BusinessDate) -> Bool {
        switch state {
        case .applied: false
        case .active(let since): since <= day
        case .ended(_, let end, let since): since <= day && day < end
        }
    }
}

extension Person {
    fileprivate func canAct(on day: BusinessDate) -> Bool {
        switch state {
        case .provisional, .verified, .movedOut: true
        case .deceased(let date): day <= date
        case .merged, .erased: false
        }
    }
}

extension RefusalCode {
    static let outsideTerritory = RefusalCode(
        "outside_territory", "a territory that contains the one this is about")
    static let unknownStaff = RefusalCode(
        "unknown_staff", "the id of a membership as staff member or officer")
    static let otherOffice = RefusalCode(
        "other_office", "the id of an office in the branch of the actor's territory")
    static let officeNotHeld = RefusalCode("office_not_held", "an office held on that day")
}
