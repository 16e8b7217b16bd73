import Foundation
import Messages
import ServiceKit

/// Something that is asserted and cannot be so by `CategoryRules`, as things stand last. What was ended or revoked is no matter
/// any more.
///
/// It follows from what is registered and from nothing else, so it is the same in whatever order papers come.
struct Contradiction: Hashable {
    enum Cause: Hashable {
        /// The other assertion puts the same person, or the same family, into a category that excludes it.
        case excluded(AssertionID, by: AssertionID)
        /// A family that has lost its only child has a living one, or had one on a day of it.
        case childLives(AssertionID)
        /// The only child has died.
        case childDied(AssertionID)
        /// The only child is not the only one.
        case furtherChild(AssertionID)
        /// It begins after the death of the person whom it is about.
        case subjectDied(AssertionID)
    }

    let cause: Cause
    /// The first day of it.
    let since: BusinessDate

    func concerns(_ assertion: AssertionID) -> Bool {
        switch cause {
        case .excluded(let one, let other): one == assertion || other == assertion
        case .childLives(let one), .childDied(let one), .furtherChild(let one),
            .subjectDied(let one):
            one == assertion
        }
    }

    static func day(of contradictions: [Contradiction]) -> BusinessDate? {
        contradictions.map(\.since).max()
    }
}

extension People {
    /// Those of an assertion, in whatever household.
    func contradictions(of assertion: AssertionID) -> [Contradiction] {
        let all =
            households.flatMap { contradictions(in: $0) }
            + persons.flatMap { contradictions(of: $0) }
        return all.filter { $0.concerns(assertion) }
    }

    /// Those of what is asserted of the household, and of all who live in it.
    func contradictions(in household: Household) -> [Contradiction] {
        guard household.dissolvedOn == nil else { return [] }
        let own = open(about: [household.key]).map { Held(assertion: $0, days: $0.days) }
        let members = persons.filter { $0.household == household.id && !$0.isErased }
        let children = persons.filter { $0.isChild(of: household.id) }
        return Held.excluded(own, own)
            + own.compactMap { contradiction($0.assertion, of: household.id, to: children) }
            + members.flatMap { member in
                let said = held(by: member)
                let here = said.map { $0.from(member.livesHereSince) }
                let isParent = member.role == .head || member.role == .spouse
                return contradictions(of: member, said)
                    + Held.excluded(own, here, inFamily: true)
                    + Held.excluded(here, own, inFamily: true)
                    + said.compactMap { held in
                        // A grown child or a grandparent has lost another child than those who live here.
                        isParent || held.assertion.category != .bereaved
                            ? held.assertion.contradiction(to: children) : nil
                    }
            }
    }

    /// What children say against an assertion of the household itself. Of a family in which no child lives, each day counts
    /// on which one did, as in the refusal.
    private func contradiction(
        _ assertion: CategoryAssertion, of household: HouseholdID, to children: [Person]
    ) -> Contradiction? {
        guard CategoryRules.livingChildren(assertion.category) == .no else {
            return assertion.contradiction(to: children)
        }
        let child = ChildDays.of(persons, in: household).first {
            $0.days.overlaps(assertion.days)
        }
        return child.map { child in
            let both = child.days.clamped(to: assertion.days)
            return Contradiction(
                cause: .childLives(assertion.id), since: BusinessDate(day: both.lowerBound))
        }
    }

    /// Those of what is asserted of somebody who lives in no household.
    func contradictions(of person: Person) -> [Contradiction] {
        guard person.merge == nil, person.household == nil, !person.isErased else { return [] }
        return contradictions(of: person, held(by: person))
    }

    private func contradictions(of person: Person, _ said: [Held]) -> [Contradiction] {
        Held.excluded(said, said)
            + said.map(\.assertion).compactMap { assertion in
                guard let diedOn = person.diedOn, assertion.validFrom >= diedOn else { return nil }
                return Contradiction(
                    cause: .subjectDied(assertion.id), since: assertion.validFrom)
            }
    }

    private func held(by person: Person) -> [Held] {
        open(about: person.subjects).map { assertion in
            let days = assertion.days
            guard let diedOn = person.diedOn, !assertion.category.outlivesSubject else {
                return Held(assertion: assertion, days: days)
            }
            return Held(assertion: assertion, days: days.clamped(to: Int32.min..<diedOn.day))
        }
    }

    private func open(about subjects: Set<UUID>) -> [CategoryAssertion] {
        assertions.filter {
            subjects.contains($0.subject) && $0.endedOn == nil && $0.revokedOn == nil
        }
    }
}

/// An assertion with the days on which it can hold.
private struct Held {
    let assertion: CategoryAssertion
    let days: Range<Int32>

    func from(_ day: BusinessDate) -> Held {
        Held(assertion: assertion, days: days.clamped(to: day.day..<Int32.max))
    }

    /// Pairs that exclude each other, of the first list and the second one.
    /// - Parameter isFamily: whether one is of a household and the other one of somebody who lives in it.
    static func excluded(
        _ ones: [Held], _ others: [Held], inFamily isFamily: Bool = false
    ) -> [Contradiction] {
        CategoryRules.exclusions.filter { $0.isOfFamily || !isFamily }.flatMap { rule in
            ones.filter { $0.assertion.category == rule.one }.flatMap { one in
                others.filter { $0.assertion.category == rule.other }.compactMap { other in
                    let both = one.days.clamped(to: other.days)
                    return both.isEmpty
                        ? nil
                        : Contradiction(
                            cause: .excluded(one.assertion.id, by: other.assertion.id),
                            since: BusinessDate(day: both.lowerBound))
                }
            }
        }
    }
}

extension CategoryAssertion {
    /// What the children who live in the household say against it.
    fileprivate func contradiction(to children: [Person]) -> Contradiction? {
        let living = children.filter { $0.diedOn == nil }.map(\.livesHereSince).sorted()
        switch CategoryRules.livingChildren(category) {
        case nil: return nil
        case .no?: return living.first.flatMap { from($0, .childLives(id)) }
        case .one? where living.isEmpty:
            return children.compactMap(\.diedOn).max().flatMap { from($0, .childDied(id)) }
        case .one?:
            // A proposal is looked at when it is verified.
            guard living.count > 1, verifiedOn != nil else { return nil }
            return from(living[1], .furtherChild(id))
        }
    }

    private func from(_ day: BusinessDate, _ cause: Contradiction.Cause) -> Contradiction? {
        let since = max(validFrom, day)
        return days.contains(since.day) ? Contradiction(cause: cause, since: since) : nil
    }
}

extension Person {
    /// Whether the person counts as a child, alive or dead. Of somebody who was erased, nothing but a death is known.
    var isKnownAsChild: Bool { !isErased || diedOn != nil }

    /// Whether a child who is alive lives in the household, or one who has died lived there last. A move after the death, told
    /// before it, is no matter.
    fileprivate func isChild(of household: HouseholdID) -> Bool {
        guard merge == nil, isKnownAsChild else { return false }
        let stay = diedOn.map { stays.stay(on: $0.adding(days: -1)) ?? stays.first } ?? stays.last
        return stay.household == household && stay.role == .child
    }

    /// Since when the person lives in the last household in the role of now.
    fileprivate var livesHereSince: BusinessDate {
        var since = stays.last
        for stay in stays.stays.reversed() {
            guard stay.household == since.household, stay.role == since.role else { break }
            since = stay
        }
        return since.from
    }
}
