import Foundation
public import Messages
public import ServiceKit

/// Finds persons by any of their ids, and answers where they live and what they are members of on a day.
public enum Persons {
    /// The person whom that id means now; nil if registry has not published it yet.
    public static func find(_ id: PersonID, _ unit: UnitOfWork) throws -> Person? {
        guard let person = try unit.find(Person.self, id.uuid) else { return nil }
        guard let survivor = person.mergedInto else { return person }
        return try unit.find(Person.self, named: survivor.uuid)
    }

    /// The same. A message that names an unknown person waits for it.
    public static func require(
        _ id: PersonID, else code: RefusalCode, at pointer: String, _ unit: UnitOfWork
    ) throws -> Person {
        guard let person = try find(id, unit) else {
            throw Wait(for: id.uuid, else: code, at: pointer)
        }
        return person
    }

    /// All ids of the person whom that id means: the one that counts now first, then the others, sorted.
    public static func ids(of id: PersonID, _ unit: UnitOfWork) throws -> [PersonID] {
        let current = try find(id, unit)?.id ?? id
        let merged = try Mentions.of(current.uuid, unit).persons
        return try [current]
            + unit.find(Person.self, all: merged).filter { $0.mergedInto == current }.map(\.id)
    }

    /// Where the person lives on that day: one stay, or more if the person had several ids then.
    public static func stays(
        of id: PersonID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [Stay] {
        try unit.find(Person.self, all: ids(of: id, unit).map(\.uuid))
            .compactMap { $0.stay(on: day) }
    }

    /// Whether the person is in that household on that day.
    public static func isIn(
        _ household: HouseholdID, _ id: PersonID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        try stays(of: id, on: day, unit).contains { $0.household == household }
    }

    /// Whether registry has the two as parent and child of one household on that day: its head or spouse and its child, or
    /// its parent and its head or spouse.
    public static func isParent(
        _ parent: PersonID, of child: PersonID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        let homes = try stays(of: parent, on: day, unit)
        return try stays(of: child, on: day, unit).contains { childs in
            homes.contains { home in
                guard let household = home.household, household == childs.household else {
                    return false
                }
                return switch (home.role, childs.role) {
                case (.head, .child), (.spouse, .child): true
                case (.parent, .head), (.parent, .spouse): true
                default: false
                }
            }
        }
    }

    /// The memberships that the person holds on that day under any id.
    public static func memberships(
        of id: PersonID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [Membership] {
        let held = try ids(of: id, unit).flatMap { try Mentions.of($0.uuid, unit).memberships }
        return try unit.find(Membership.self, all: held).filter { $0.isHeld(on: day) }
    }

    /// Categories of the person that hold on that day, asserted under any id.
    public static func categories(
        of person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [CategoryAssertion] {
        let named = try ids(of: person.id, unit).flatMap {
            try Mentions.of($0.uuid, unit).assertions
        }
        return try unit.find(CategoryAssertion.self, all: named).filter {
            $0.holds(on: day) && ($0.category.outlivesSubject || person.lives(on: day))
        }
    }
}

/// The rows that the answers need, to be loaded for a whole batch.
extension Persons {
    public static func keys(_ id: PersonID, _ keys: inout Keys) {
        keys.need(Person.self, id.uuid)
        keys.need(Mentions.self, id.uuid)
    }
}

extension Households {
    public static func keys(_ id: HouseholdID, _ keys: inout Keys) {
        keys.need(Household.self, id.uuid)
    }
}
