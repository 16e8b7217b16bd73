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
            if household.dissolvedOn == nil {
                try childhood(in: household, before, after, unit)
            } else {
                try ending(of: household, before, after, unit)
            }
        }
    }

    /// Two families became one. What was asserted of the household that ended holds for nobody any more, though it has not
    /// ended: it doubles what is said of the other household, contradicts it, or is lost. And what is said of the household
    /// that goes on may not fit those who have come.
    static func afterMerge(
        of merged: HouseholdID, into survivor: HouseholdID, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws {
        let people = try People(of: [], households: [survivor, merged], unit)
        for household in people.households
        where people.hasLeftOver(household) || people.contradicts(household) {
            try unit.raise(.reviewCategories, household.key, in: household.territory, on: day)
        }
    }

    /// A household that has ended is to be looked at as long as something asserted of it has not.
    private static func ending(
        of household: Household, _ before: People, _ after: People, _ unit: UnitOfWork
    ) throws {
        let stood = before.households.contains { $0.id == household.id && $0.dissolvedOn == nil }
        if stood || before.hasLeftOver(household), !after.hasLeftOver(household) {
            try unit.settle(.reviewCategories, household.key, on: unit.days.today)
        }
    }

    /// A household that has lost its head, or was made without one, needs another one, as long as anybody lives in it. One that
    /// has come to two, without anybody having been made a second one, is to have one.
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
        } else if had.isEmpty, let day = present.map(\.stays.last.from).min() {
            try unit.raise(.nameSuccessor, household.key, in: household.territory, on: day)
        }
    }

    /// A family with the category of an only child is another kind of family once its last living child has died, or another one
    /// lives in it.
    private static func childhood(
        in household: Household, _ before: People, _ after: People, _ unit: UnitOfWork
    ) throws {
        if after.hasSeveralChildren(household) {
            return try siblings(in: household, before, after, unit)
        }
        let had = before.hasLivingChild(in: household.id)
        let has = after.hasLivingChild(in: household.id)
        let isLost = !has && after.saysOnlyChild(of: household)
        let contradicted = before.contradicts(household) || before.hasSeveralChildren(household)
        if !isLost || contradicted && !after.hasDeadChild(in: household.id) {
            let hadEnded = before.households.contains {
                $0.id == household.id && $0.dissolvedOn != nil
            }
            let changed =
                had != has || before.saysOnlyChild(of: household) || contradicted || hadEnded
            if changed, !after.contradicts(household) {
                try unit.settle(.reviewCategories, household.key, on: unit.days.today)
            }
        } else if had, after.hasDeadChild(in: household.id) {
            let day = after.children(in: household.id).compactMap(\.diedOn).max()
            try unit.raise(
                .reviewCategories, household.key, in: household.territory,
                on: day ?? unit.days.today)
        }
    }

    /// Another child, or the word that there is one only, is to be looked at when it comes.
    private static func siblings(
        in household: Household, _ before: People, _ after: People, _ unit: UnitOfWork
    ) throws {
        let isNews =
            after.isOnlyChildVerified(in: household)
            && !before.isOnlyChildVerified(in: household)
        let had = before.livingChildren(in: household.id).map(\.id)
        let new = after.livingChildren(in: household.id).filter {
            isNews || !had.contains($0.id)
        }
        if let day = new.map(\.stays.last.from).max() {
            try unit.raise(.reviewCategories, household.key, in: household.territory, on: day)
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

    /// Assertions that have not ended about the household itself, and about others who live in it.
    private func open(
        _ household: Household
    ) -> (own: Set<Messages.Category>, others: Set<Messages.Category>) {
        let subjects = Set(present(in: household.id).flatMap(\.subjects))
        let open = assertions.filter { $0.endedOn == nil && $0.revokedOn == nil }
        return (
            Set(open.filter { $0.subject == household.key }.map(\.category)),
            Set(open.filter { subjects.contains($0.subject) }.map(\.category))
        )
    }

    /// Whether what is asserted of the household itself does not fit what is asserted of its members, or who they are.
    fileprivate func contradicts(_ household: Household) -> Bool {
        let (own, others) = open(household)
        let all = own.union(others)
        return own.contains(.onlyChild) && livingChildren(in: household.id).count > 1
            || own.contains(.bereaved) && !all.isDisjoint(with: [.onlyChild, .disabledChild])
            || !own.isDisjoint(with: [.onlyChild, .disabledChild]) && all.contains(.bereaved)
    }

    /// Whether something holds by its dates of a household that has ended.
    fileprivate func hasLeftOver(_ household: Household) -> Bool {
        guard let day = household.dissolvedOn else { return false }
        return assertions.contains {
            $0.subject == household.key && $0.endedOn == nil && $0.revokedOn == nil
                && $0.validTo.map { day <= $0 } ?? true
        }
    }

    fileprivate func livingChildren(in household: HouseholdID) -> [Person] {
        children(in: household).filter { $0.diedOn == nil }
    }

    fileprivate func hasLivingChild(in household: HouseholdID) -> Bool {
        !livingChildren(in: household).isEmpty
    }

    /// Though an only child is asserted.
    fileprivate func hasSeveralChildren(_ household: Household) -> Bool {
        livingChildren(in: household.id).count > 1 && saysOnlyChild(of: household)
    }

    fileprivate func hasDeadChild(in household: HouseholdID) -> Bool {
        children(in: household).contains { $0.diedOn != nil }
    }

    /// Whether an assertion about the household, or about somebody who lives in it, says so and has not ended.
    fileprivate func saysOnlyChild(of household: Household) -> Bool {
        !onlyChild(of: household).isEmpty
    }

    fileprivate func isOnlyChildVerified(in household: Household) -> Bool {
        onlyChild(of: household).contains { $0.verifiedOn != nil }
    }

    private func onlyChild(of household: Household) -> [CategoryAssertion] {
        let subjects = Set(
            persons.filter { $0.household == household.id }.flatMap(\.subjects) + [household.key])
        return assertions.filter {
            $0.category == .onlyChild && $0.endedOn == nil && $0.revokedOn == nil
                && subjects.contains($0.subject)
        }
    }
}

extension Person {
    /// The day since which the person is not where the person was.
    fileprivate var leftOn: BusinessDate { countsUntil ?? stays.last.from }
}
