import Messages
import People
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

    /// By a category of the person, or of a household in which the person lives on that day.
    private static func isOfSpecialFamily(
        _ person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        if try Persons.categories(of: person, on: day, unit).contains(where: isSpecial) {
            return true
        }
        return try homes(of: person, on: day, unit).contains { stay in
            guard let household = stay.household else { return false }
            guard try unit.find(Household.self, household.uuid) != nil else {
                throw Wait(for: household.uuid, else: .unknownHousehold, at: "/person")
            }
            return try Households.categories(of: household, on: day, unit)
                .contains(where: isSpecial)
        }
    }

    private static func isSpecial(_ assertion: CategoryAssertion) -> Bool {
        assertion.category.isSpecialFamily
    }

    private static func homes(
        of person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [Stay] {
        try Persons.stays(of: person.id, on: day, unit)
    }

    private static func isParent(
        _ party: Party, _ person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        if let child = try party.child.flatMap({ try Persons.find($0, unit) }),
            child.isUnder(childAge, on: day)
        {
            return true
        }
        return try homes(of: person, on: day, unit).contains { stay in
            guard stay.role != .child, let household = stay.household else { return false }
            return try Households.members(of: household, on: day, unit).contains {
                $0.stay.role == .child && $0.person.lives(on: day)
                    && $0.person.isUnder(childAge, on: day)
            }
        }
    }

    private static func isMember(
        _ person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        try Persons.memberships(of: person.id, on: day, unit).contains {
            $0.role == .member || $0.role == .groupLeader
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
