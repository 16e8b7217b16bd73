import Foundation
import Messages
import ServiceKit

// What stands against an assertion is refused if it can be said better: by another day, or once the other one has ended. What
// lives make of it later, or of another subject, is a task (`Contradiction`).

extension Categories {
    /// Refuses an assertion that overlaps another one of its subject or contradicts what is registered, and one about a household
    /// that begins when the household has ended.
    ///
    /// This message holds the rows of the household and the person, so no other worker can add an
    /// assertion meanwhile.
    /// - Parameters:
    ///   - person: the member it is about; nil if it is about the household.
    ///   - family: all who live in the household or have lived in it. It is asked for only where children count.
    ///   - pointer: JSON Pointer inside `data`, to the part of the message that makes the
    ///     assertion.
    static func requireNew(
        _ new: CategoryAssertion, about person: Person?, in household: Household,
        of family: () throws -> [Person], at pointer: @autoclosure () -> String = "",
        _ unit: UnitOfWork
    ) throws {
        try unit.requireNew(
            CategoryAssertion.self, new.key, else: .assertionExists, at: "\(pointer())/assertion")
        if person == nil {
            try household.requireNotGone(on: new.validFrom, at: "\(pointer())/validFrom")
        }
        let held = try person.map { try about($0, unit) } ?? household.assertions
        let others = try unit.find(CategoryAssertion.self, all: held.map(\.uuid))
        let resident: any Resident = person ?? household
        if let other = others.first(where: { $0.overlaps(new) }) {
            // An office that has the subject no more is not told of what began since.
            try unit.requireScope(resident, on: other.validFrom, at: "\(pointer())/subject")
            throw Refusal(.categoryOverlaps, at: "\(pointer())/validFrom")
        }
        if let refusal = try contradiction(
            new, to: others, about: person, of: family, at: "\(pointer())/validFrom")
        {
            try unit.requireScope(resident.territory, at: "\(pointer())/subject")
            throw refusal
        }
    }

    /// The assertions about the person under any id.
    static func about(_ person: Person, _ unit: UnitOfWork) throws -> [AssertionID] {
        guard !person.merged.isEmpty else { return person.assertions }
        let merged = try unit.find(Person.self, all: person.merged.map(\.uuid))
        return person.assertions + merged.flatMap(\.assertions)
    }

    /// Why it cannot be so by what is registered; nil if it can.
    /// - Parameters:
    ///   - others: all other assertions of its subject.
    ///   - pointer: where the command has the first day.
    static func contradiction(
        _ assertion: CategoryAssertion, to others: [CategoryAssertion], about person: Person?,
        of family: () throws -> [Person], at pointer: @autoclosure () -> String
    ) rethrows -> Refusal? {
        if let diedOn = person?.diedOn, assertion.validFrom >= diedOn {
            return Refusal(
                .personGone, at: pointer(),
                expected: "a date before \(diedOn), when the person died")
        }
        if let other = others.first(where: { assertion.contradicts($0) }) {
            let until = other.overFrom.map { " until \($0)" } ?? ""
            return Refusal(
                .categoryContradicts, at: pointer(),
                expected:
                    "days on which \(other.category.rawValue) does not hold: \(other.id) says so from \(other.validFrom) on\(until)"
            )
        }
        guard person == nil, let children = CategoryRules.livingChildren(assertion.category),
            let expected = expected(children, on: assertion, of: try family())
        else { return nil }
        return Refusal(.categoryContradicts, at: pointer(), expected: expected)
    }

    /// What would be right of a household whose children contradict the assertion; nil if none does.
    private static func expected(
        _ children: CategoryRules.LivingChildren, on assertion: CategoryAssertion,
        of family: [Person]
    ) -> String? {
        switch children {
        case .no:
            let children = ChildDays.of(family, in: assertion.household)
            return children.first { $0.days.overlaps(assertion.days) }.map { child in
                "days on which no child of the household is alive: \(child.text(for: assertion.days)); record the death first, or assert it of the person whom it is about"
            }
        case .one:
            let there = family.filter {
                $0.isChild(in: assertion.household, on: assertion.validFrom)
            }
            let died = there.compactMap(\.diedOn).max()
            guard let died, there.allSatisfy({ !$0.isAlive(on: assertion.validFrom) }) else {
                return nil
            }
            return "a date before \(died), when the last child of the household died"
        }
    }
}

extension CategoryAssertion {
    /// Whether there is a day on which both put their subject into categories that exclude each other. The caller compares the
    /// subjects.
    fileprivate func contradicts(_ other: CategoryAssertion) -> Bool {
        CategoryRules.exclude(category, other.category) && days.overlaps(other.days)
    }
}

extension Person {
    /// Whether this registration is of a child of the household on that day, who may have died.
    fileprivate func isChild(in household: HouseholdID, on day: BusinessDate) -> Bool {
        let stay = stays.stay(on: day) ?? stays.first
        return stay.household == household && stay.role == .child && merge == nil && isKnownAsChild
    }
}

extension RefusalCode {
    static let assertionExists = RefusalCode(
        "assertion_exists", "the id of an assertion that was not made yet")
    static let categoryOverlaps = RefusalCode(
        "category_overlaps", "a time in which the subject is not in this category already")
    static let categoryContradicts = RefusalCode(
        "category_contradicts", "a category and days that go with what is registered of the family")
}
