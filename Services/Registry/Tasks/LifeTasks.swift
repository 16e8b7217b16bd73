import Messages
import ServiceKit

/// What changes in lives demand of an office, because nothing follows from them by itself.
///
/// `People.settle` calls it, so that it follows every change of whom lives where, whatever command has made it.
enum LifeTasks {
    /// Raises and settles the tasks of the households concerned.
    static func after(_ before: People, _ after: People, _ unit: UnitOfWork) throws {
        for household in after.households {
            try headship(of: household, before, after, unit)
            try childhood(in: household, before, after, unit)
        }
    }

    /// A household that has lost its head needs another one, as long as anybody lives in it. One that has come to two, without
    /// anybody having been made a second one, is to have one.
    private static func headship(
        of household: Household, _ before: People, _ after: People, _ unit: UnitOfWork
    ) throws {
        let present = after.present(in: household.id)
        let had = before.present(in: household.id)
        guard present != had else { return }
        let gone = had.compactMap { person in after.persons.first { $0.id == person.id } }
        let heads = present.filter { $0.role == .head }
        if heads.count > 1 {
            guard had.count(where: { $0.role == .head }) < 2 else { return }
            let day = heads.map(\.stays.last.from).max() ?? unit.days.today
            try unit.raise(.nameSuccessor, household.key, in: household.territory, on: day)
        } else if let head = heads.first {
            try unit.settle(.nameSuccessor, household.key, on: head.stays.last.from)
        } else if present.isEmpty {
            let day = gone.map(\.leftOn).max() ?? unit.days.today
            try unit.settle(.nameSuccessor, household.key, on: day)
        } else if let head = gone.first(where: { person in
            had.contains { $0.id == person.id && $0.role == .head }
        }) {
            try unit.raise(
                .nameSuccessor, household.key, in: household.territory, on: head.leftOn)
        }
    }

    /// A family with the category of an only child, whose last living child has died, is another kind of family.
    private static func childhood(
        in household: Household, _ before: People, _ after: People, _ unit: UnitOfWork
    ) throws {
        let had = before.hasLivingChild(in: household.id)
        let has = after.hasLivingChild(in: household.id)
        if has || !after.saysOnlyChild(of: household) {
            if had != has || before.saysOnlyChild(of: household) {
                try unit.settle(.reviewCategories, household.key, on: unit.days.today)
            }
        } else if had, after.hasDeadChild(in: household.id) {
            let day = after.children(in: household.id).compactMap(\.diedOn).max()
            try unit.raise(
                .reviewCategories, household.key, in: household.territory,
                on: day ?? unit.days.today)
        }
    }
}

extension People {
    fileprivate func present(in household: HouseholdID) -> [Person] {
        persons.filter { $0.isPresent && $0.household == household }
    }

    fileprivate func children(in household: HouseholdID) -> [Person] {
        persons.filter { $0.household == household && $0.role == .child && !$0.isErased }
    }

    fileprivate func hasLivingChild(in household: HouseholdID) -> Bool {
        children(in: household).contains { $0.diedOn == nil }
    }

    fileprivate func hasDeadChild(in household: HouseholdID) -> Bool {
        children(in: household).contains { $0.diedOn != nil }
    }

    /// Whether an assertion about the household, or about somebody who lives in it, says so and has not ended.
    fileprivate func saysOnlyChild(of household: Household) -> Bool {
        let subjects = Set(
            persons.filter { $0.household == household.id }.flatMap(\.subjects) + [household.key])
        return assertions.contains {
            $0.category == .onlyChild && $0.endedOn == nil && $0.revokedOn == nil
                && subjects.contains($0.subject)
        }
    }
}

extension Person {
    /// The day since which the person is not where the person was.
    fileprivate var leftOn: BusinessDate { countsUntil ?? stays.last.from }
}
