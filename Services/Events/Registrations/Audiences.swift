import Messages
import ServiceKit

/// Decides who may register for a session. Attendances are recorded regardless of the audience.
enum Audiences {
    /// For the audience of parents, a child has completed fewer years than this on the day of the
    /// session.
    private static let childAge = 3

    /// Refuses a party that the session is not for. Only facts of registry that have arrived by now
    /// are considered, once the household is known.
    static func require(
        _ party: Party, of person: Person, at session: Session, _ unit: UnitOfWork
    ) throws {
        let day = session.startsOn
        switch session.audience {
        case .everyone:
            break
        case .specialFamilies:
            guard try isOfSpecialFamily(person, on: day, unit) else {
                throw refusal("a person of a special family")
            }
        case .parents:
            guard try isParent(party, person, on: day, unit) else {
                throw refusal("a person whose child is under \(childAge) by then")
            }
        case .members:
            guard try isMember(person, on: day, unit) else {
                throw refusal("a member of the association")
            }
        }
    }

    private static func isOfSpecialFamily(
        _ person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        guard let id = person.household else { return false }
        guard let household = try unit.find(Household.self, id.uuid), household.isRegistered else {
            throw Wait(for: id.uuid, else: .unknownHousehold, at: "/person")
        }
        return try Households.isSpecialFamily(household, on: day, unit)
    }

    private static func isParent(
        _ party: Party, _ person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        if let child = try party.child.flatMap({ try unit.find(Person.self, $0.uuid) }),
            child.isUnder(childAge, on: day)
        {
            return true
        }
        guard person.role != .child, let id = person.household,
            let household = try unit.find(Household.self, id.uuid)
        else { return false }
        return try Households.hasChild(under: childAge, household, on: day, unit)
    }

    private static func isMember(
        _ person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        try person.memberships.ids.contains {
            try unit.find(Membership.self, $0.uuid)?.holds(on: day) ?? false
        }
    }

    private static func refusal(_ expected: String) -> Refusal {
        Refusal(.notInAudience, at: "/person", expected: expected)
    }
}

extension RefusalCode {
    static let notInAudience = RefusalCode(
        "not_in_audience", "a person whom the session is for")
}
