import Messages
import ServiceKit

/// Makes one of what two registrations of one person say, so that the person is never twice in a category on a day, and
/// ending what is left is the end.
enum CategoryUnions {
    /// Of two assertions that overlap, one ends: as early as the other begins if it began before, and else on its first day, so
    /// that it holds on none. No day is lost on which a verified one holds.
    /// - Returns: the assertions that ended, which are stored.
    static func unite(
        _ merged: Person, into survivor: Person, _ unit: UnitOfWork
    ) throws -> [CategoryAssertion] {
        var ended: [CategoryAssertion] = []
        var left = try standing(of: survivor, unit)
        for var other in try standing(of: merged, unit) {
            for index in left.indices where left[index].overlaps(other) {
                if yields(other, to: left[index]) {
                    end(&other, before: left[index], for: merged.id)
                    ended.append(other)
                } else {
                    end(&left[index], before: other, for: merged.id)
                    ended.append(left[index])
                }
            }
        }
        // Each once, as it is in the end.
        var last: [AssertionID: CategoryAssertion] = [:]
        for assertion in ended { last[assertion.id] = assertion }
        let changed = last.values.sorted { $0.id.description < $1.id.description }
        for assertion in changed { try unit.store(assertion) }
        return changed
    }

    /// Gives those their end back that ended by a merge with a registration that is no longer united with theirs, unless something was decided about them since, or another one says the
    /// same now.
    static func separate(_ persons: [Person], _ unit: UnitOfWork) throws {
        for person in persons {
            let all = try unit.find(
                CategoryAssertion.self, all: Categories.about(person, unit).map(\.uuid))
            for var assertion in all {
                guard let union = assertion.union, !person.isUnited(with: union.merged),
                    case .ended(_, let verifiedOn) = assertion.state
                else { continue }
                let endedOn = union.endedOn
                assertion.state =
                    if let endedOn {
                        .ended(on: endedOn, verifiedOn: verifiedOn)
                    } else if let verifiedOn {
                        .verified(on: verifiedOn)
                    } else {
                        .proposed
                    }
                assertion.union = nil
                let isHeld = try unit.find(CategoryAssertion.self, all: all.map(\.key))
                    .contains { $0.id != assertion.id && $0.overlaps(assertion) }
                if !isHeld { try unit.store(assertion) }
            }
        }
    }

    private static func standing(
        of person: Person, _ unit: UnitOfWork
    ) throws -> [CategoryAssertion] {
        try unit.find(CategoryAssertion.self, all: Categories.about(person, unit).map(\.uuid))
            .filter { $0.revokedOn == nil }
    }

    /// Whether the other one says more: it is verified, or it goes on for longer.
    private static func yields(
        _ assertion: CategoryAssertion, to other: CategoryAssertion
    ) -> Bool {
        let isVerified = (assertion.verifiedOn != nil, other.verifiedOn != nil)
        if isVerified.0 != isVerified.1 { return isVerified.1 }
        let ends = (assertion.overFrom?.day ?? .max, other.overFrom?.day ?? .max)
        if ends.0 != ends.1 { return ends.0 < ends.1 }
        return assertion.validFrom >= other.validFrom
    }

    private static func end(
        _ assertion: inout CategoryAssertion, before other: CategoryAssertion, for merged: PersonID
    ) {
        if assertion.union == nil {
            assertion.union = CategoryAssertion.Union(merged: merged, endedOn: assertion.endedOn)
        }
        assertion.state = .ended(
            on: max(assertion.validFrom, other.validFrom), verifiedOn: assertion.verifiedOn)
    }
}
