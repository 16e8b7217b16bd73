import Messages
import ServiceKit

/// What a change in somebody's life demands of an office.
enum LifeTasks {
    /// Raises and settles the tasks of the households that a person belongs to or has left.
    /// - Parameters:
    ///   - before: the person as it was.
    ///   - person: the person as it is now.
    static func after(
        _ before: Person, _ person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        for id in Set([before.household, person.household].compactMap(\.self)) {
            guard let household = try unit.find(Household.self, named: id.uuid) else { continue }
            let members = try unit.find(Person.self, all: household.members.map(\.uuid)).map {
                $0.id == person.id ? person : $0
            }.filter { $0.household == id }
            try headship(of: household, members, before, on: day, unit)
            if before.role == .child, before.household == id, person.hasDied, !before.hasDied {
                try childhood(in: household, members, on: day, unit)
            }
        }
    }

    /// A household that has lost its head needs another one, as long as anybody lives in it.
    private static func headship(
        of household: Household, _ members: [Person], _ before: Person, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws {
        let present = members.filter(\.state.isPresent)
        if present.isEmpty || present.contains(where: { $0.role == .head }) {
            try unit.settle(.nameSuccessor, household.key, on: day)
        } else if before.role == .head, before.household == household.id {
            try unit.raise(.nameSuccessor, household.key, in: household.territory, on: day)
        }
    }

    /// A family with the category of an only child, whose last living child has died, is another kind of family.
    private static func childhood(
        in household: Household, _ members: [Person], on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        guard !members.contains(where: { $0.role == .child && $0.state.isAlive }) else { return }
        if try hasOnlyChild(household, members, unit) {
            try unit.raise(.reviewCategories, household.key, in: household.territory, on: day)
        }
    }

    /// Settles the review once no assertion says any more that the family has an only child.
    static func after(
        _ assertion: CategoryAssertion, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        guard assertion.category == .onlyChild,
            let household = try unit.find(Household.self, assertion.household.uuid)
        else { return }
        let members = try unit.find(Person.self, all: household.members.map(\.uuid))
        if try !hasOnlyChild(household, members, instead: assertion, unit) {
            try unit.settle(.reviewCategories, household.key, on: day)
        }
    }

    private static func hasOnlyChild(
        _ household: Household, _ members: [Person], instead changed: CategoryAssertion? = nil,
        _ unit: UnitOfWork
    ) throws -> Bool {
        let ids = Set(household.assertions + members.flatMap(\.assertions))
        return try unit.find(CategoryAssertion.self, all: ids.map(\.uuid)).contains { held in
            let assertion = held.id == changed?.id ? changed ?? held : held
            return assertion.category == .onlyChild && assertion.endedOn == nil
                && assertion.revokedOn == nil
        }
    }
}

extension Person {
    fileprivate var hasDied: Bool { if case .deceased = state { true } else { false } }
}

extension Person.State {
    /// Whether the person lives, here or elsewhere, as far as is known.
    fileprivate var isAlive: Bool {
        switch self {
        case .provisional, .verified, .movedOut: true
        case .deceased, .merged, .erased: false
        }
    }
}
