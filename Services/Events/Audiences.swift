import Messages
import ServiceKit

/// Decides who may register for a session. Whoever was there is recorded all the same.
enum Audiences {
    /// A small child's parents: it has completed fewer years on the day of the session.
    static let childAge = 3

    /// Why a party may not register for the session; nil if it may. What registry has not said of a known
    /// household by now does not hold.
    static func objection(
        to party: Party, of person: Person, at session: Session, _ unit: UnitOfWork
    ) throws -> Outcome? {
        let day = session.startsOn
        switch session.audience {
        case .everyone:
            return nil
        case .specialFamilies:
            guard let id = person.household else { return refusal("a person of a special family") }
            guard let household = try unit.find(Household.self, id.uuid), household.isRegistered
            else { return .waiting(for: id.uuid, else: .unknownHousehold, at: "/person") }
            return try Households.isSpecialFamily(household, on: day, unit)
                ? nil : refusal("a person of a special family")
        case .parents:
            return try isParent(party, person, on: day, unit)
                ? nil : refusal("a person whose child is under \(childAge) by then")
        case .members:
            let isMember = try person.memberships.ids.contains {
                try unit.find(Membership.self, $0.uuid)?.holds(on: day) ?? false
            }
            return isMember ? nil : refusal("a member of the association")
        }
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

    private static func refusal(_ expected: String) -> Outcome {
        .rejected(.notInAudience, at: "/person", expected: expected)
    }
}

extension RefusalCode {
    static let notInAudience = RefusalCode(
        "not_in_audience", "a person whom the session is for")
}
