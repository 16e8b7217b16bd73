import Messages
import ServiceKit

/// Makes one of what the registrations of one person say, so that the person is never twice in a category on a day, and
/// ending what is left is the end.
enum CategoryUnions {
    /// Of two assertions that overlap, the one that says less ends: as early as the other begins if it began before, and else on
    /// its first day, so that it holds on none. No day is lost on which a verified one holds.
    ///
    /// It follows from what was decided of all assertions about the person, and from nothing that merges have made of them. So it
    /// is the same in whatever order registrations were merged and separated, and what yielded to one that is no longer about the
    /// person goes on.
    /// - Returns: the assertions that changed, which are stored.
    static func unite(about person: Person, _ unit: UnitOfWork) throws -> [CategoryAssertion] {
        let held = try unit.find(
            CategoryAssertion.self, all: Categories.about(person, unit).map(\.uuid)
        ).filter { $0.revokedOn == nil }
        var united: [CategoryAssertion] = []
        for var assertion in held.map(\.asDecided).sorted(by: { saysMore($0, $1, of: person) }) {
            for other in united where other.overlaps(assertion) { assertion.yield(to: other) }
            united.append(assertion)
        }
        let before = Dictionary(uniqueKeysWithValues: held.map { ($0.id, $0) })
        let changed = united.filter { assertion in
            before[assertion.id].map { $0.state != assertion.state || $0.union != assertion.union }
                ?? true
        }.sorted { $0.id.description < $1.id.description }
        for assertion in changed { try unit.store(assertion) }
        return changed
    }

    /// Whether the first one says more: it is verified, goes on for longer, began earlier, or was said of the person and not of a
    /// registration that was merged.
    private static func saysMore(
        _ one: CategoryAssertion, _ other: CategoryAssertion, of person: Person
    ) -> Bool {
        let isVerified = (one.verifiedOn != nil, other.verifiedOn != nil)
        if isVerified.0 != isVerified.1 { return isVerified.0 }
        let ends = (one.overFrom?.day ?? .max, other.overFrom?.day ?? .max)
        if ends.0 != ends.1 { return ends.0 > ends.1 }
        if one.validFrom != other.validFrom { return one.validFrom < other.validFrom }
        let isOwn = (one.subject == person.key, other.subject == person.key)
        if isOwn.0 != isOwn.1 { return isOwn.0 }
        return one.id.description < other.id.description
    }
}

extension CategoryAssertion {
    /// As it was before it yielded to another one.
    fileprivate var asDecided: CategoryAssertion {
        guard let union, case .ended(_, let verifiedOn) = state else { return self }
        var decided = self
        decided.union = nil
        decided.state =
            if let endedOn = union.endedOn {
                .ended(on: endedOn, verifiedOn: verifiedOn)
            } else if let verifiedOn {
                .verified(on: verifiedOn)
            } else {
                .proposed
            }
        return decided
    }

    fileprivate mutating func yield(to other: CategoryAssertion) {
        union = Union(assertion: other.id, endedOn: union == nil ? endedOn : union?.endedOn)
        state = .ended(on: max(validFrom, other.validFrom), verifiedOn: verifiedOn)
    }
}
