import Foundation
import Messages
import ServiceKit

/// What changes in lives demand of an office, because nothing follows from them by itself.
///
/// `People.settle` calls it, so that it follows every change of whom lives where, whatever command has made it.
enum LifeTasks {
    /// Raises and settles the tasks of the households concerned, and of persons who live in none.
    /// - Parameter day: the business date of what has happened.
    static func after(
        _ before: People, _ after: People, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        for household in after.households {
            let old = before.households.first { $0.id == household.id }
            try headship(of: household, movedFrom: old?.territory, before, after, on: day, unit)
            if household.dissolvedOn != nil {
                try ending(of: household, before, after, on: day, unit)
                continue
            }
            let stood = old.map { before.contradictions(in: $0) } ?? []
            let stands = after.contradictions(in: household)
            try review(
                household.key, in: household.territory, movedFrom: old?.territory, stood, stands,
                unit)
            if stands.isEmpty, !stood.isEmpty || old?.dissolvedOn != nil {
                try unit.settle(.reviewCategories, household.key, on: day)
            }
        }
        for person in after.persons {
            let old = before.persons.first { $0.id == person.id }
            let stood = old.map { before.contradictions(of: $0) } ?? []
            let stands = after.contradictions(of: person)
            try review(
                person.key, in: person.territory, movedFrom: old?.territory, stood, stands, unit)
            if stands.isEmpty, !stood.isEmpty {
                try unit.settle(.reviewCategories, person.key, on: day)
            }
        }
    }

    /// The same for households of which nothing was known before.
    /// - Returns: whether there is something to look at.
    static func afterFounding(_ people: People, _ unit: UnitOfWork) throws -> Bool {
        var isToReview = false
        for household in people.households {
            let stands = people.contradictions(in: household)
            if !stands.isEmpty { isToReview = true }
            try review(household.key, in: household.territory, movedFrom: nil, [], stands, unit)
        }
        return isToReview
    }

    /// Two families became one. What was asserted of the household that ended holds for nobody any more, though it has not
    /// ended: it doubles what is said of the other household, contradicts it, or is lost.
    static func afterMerge(
        of merged: HouseholdID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let people = try People(of: [], households: [merged], unit)
        for household in people.households where people.hasLeftOver(household) {
            try unit.raise(.reviewCategories, household.key, in: household.territory, on: day)
        }
    }

    /// Something that contradicts what else is registered is to be looked at when it comes. The task follows the days of what it
    /// asks, and the office.
    private static func review(
        _ subject: UUID, in territory: TerritoryCode, movedFrom old: TerritoryCode?,
        _ stood: [Contradiction], _ stands: [Contradiction], _ unit: UnitOfWork
    ) throws {
        guard let day = Contradiction.day(of: stands) else { return }
        let known = Set(stood.map(\.cause))
        if let news = Contradiction.day(of: stands.filter { !known.contains($0.cause) }) {
            try unit.raise(.reviewCategories, subject, in: territory, on: news)
        } else if let before = Contradiction.day(of: stood), before != day || old != territory {
            try unit.follow(.reviewCategories, subject, in: territory, from: before, to: day)
        }
    }

    /// A household that has ended is to be looked at as long as something asserted of it has not.
    private static func ending(
        of household: Household, _ before: People, _ after: People, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws {
        let stood = before.households.contains { $0.id == household.id && $0.dissolvedOn == nil }
        if stood || before.hasLeftOver(household), !after.hasLeftOver(household) {
            try unit.settle(.reviewCategories, household.key, on: day)
        }
    }

    // MARK: Heads

    /// A household that has lost its head, or was made without one, needs another one, as long as anybody lives in it. One that
    /// has come to two, without anybody having been made a second one, is to have one.
    private static func headship(
        of household: Household, movedFrom old: TerritoryCode?, _ before: People, _ after: People,
        on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let present = after.present(in: household.id)
        let had = before.present(in: household.id)
        guard present.map(\.place) != had.map(\.place) else {
            return try followHead(of: household, movedFrom: old, before, after, unit)
        }
        let gone = had.compactMap { person in after.persons.first { $0.id == person.id } }
        let heads = present.filter { $0.role == .head }
        if heads.count > 1 {
            guard had.count(where: { $0.role == .head }) < 2 else { return }
            let since = heads.map(\.stays.last.from).max() ?? day
            try unit.raise(.nameSuccessor, household.key, in: household.territory, on: since)
        } else if let head = heads.first {
            try unit.settle(.nameSuccessor, household.key, on: head.stays.last.from)
        } else if present.isEmpty {
            try unit.settle(
                .nameSuccessor, household.key, on: gone.map(\.leftOn).max() ?? day)
        } else if let head = gone.first(where: { person in
            had.contains { $0.id == person.id && $0.role == .head }
        }) {
            try unit.raise(
                .nameSuccessor, household.key, in: household.territory, on: head.leftOn)
        } else if had.isEmpty, let day = present.map(\.stays.last.from).min() {
            try unit.raise(.nameSuccessor, household.key, in: household.territory, on: day)
        }
    }

    /// A household without a head has the task since the day on which it has lost the head, in the office where it lives, also if
    /// that was corrected.
    private static func followHead(
        of household: Household, movedFrom old: TerritoryCode?, _ before: People, _ after: People,
        _ unit: UnitOfWork
    ) throws {
        let present = after.present(in: household.id)
        guard !present.isEmpty, present.count(where: { $0.role == .head }) != 1 else { return }
        let (left, leaves) = (before.lostHead(of: household.id), after.lostHead(of: household.id))
        guard left != leaves || old != household.territory else { return }
        try unit.follow(
            .nameSuccessor, household.key, in: household.territory, from: left, to: leaves)
    }
}

extension People {
    fileprivate func present(in household: HouseholdID) -> [Person] {
        persons.filter { $0.isPresent && $0.household == household }
    }

    /// When the last head who has died or was erased did.
    fileprivate func lostHead(of household: HouseholdID) -> BusinessDate? {
        persons.filter { !$0.isPresent && $0.household == household && $0.role == .head }
            .map(\.leftOn).max()
    }

    /// Whether something holds by its dates of a household that has ended.
    fileprivate func hasLeftOver(_ household: Household) -> Bool {
        guard let day = household.dissolvedOn else { return false }
        return assertions.contains {
            $0.subject == household.key && $0.endedOn == nil && $0.revokedOn == nil
                && $0.validTo.map { day <= $0 } ?? true
        }
    }
}

extension Person {
    /// The day since which the person is not where the person was.
    fileprivate var leftOn: BusinessDate { countsUntil ?? stays.last.from }

    /// Who it is, and as what in the household.
    fileprivate var place: MemberRoleInHousehold? {
        role.map { MemberRoleInHousehold(person: id, role: $0) }
    }
}
