import Foundation
import Messages
import Postgres
import ServiceKit

/// A household as funding knows it, without names or identity numbers.
struct Household: Row {
    let id: HouseholdID
    var territory: TerritoryCode
    /// The sequence of the household's fact that this row is from.
    var sequence: Int64
    /// The day of its last move.
    var movedOn: BusinessDate?

    var key: UUID { id.uuid }

    static let table = Table(
        "household", key: "id", Household.init,
        Field("id", \.id), Field("territory", \.territory), Field("sequence", \.sequence),
        Field("moved_on", \.movedOn))
}

/// A category of a household or of one of its members. Its facts (asserted, verified, ended or revoked)
/// only add data, so they may come in any order.
struct HouseholdCategory: Row, Equatable {
    let assertion: AssertionID
    /// The household for which it was asserted. A member's category counts for the household in which the
    /// member lives now.
    let household: HouseholdID
    /// The household's id or a member's.
    let subject: UUID
    let category: Messages.Category
    var isVerified: Bool
    let validFrom: BusinessDate
    /// The last day on which it holds.
    var validTo: BusinessDate?
    /// The first day on which it no longer holds; the day it began if it never held.
    var endedOn: BusinessDate?

    var key: UUID { assertion.uuid }

    static let table = Table(
        "household_category", key: "assertion", HouseholdCategory.init,
        Field("assertion", \.assertion), Field("household", \.household),
        Field("subject", \.subject), Field("category", \.category),
        Field("is_verified", \.isVerified), Field("valid_from", \.validFrom),
        Field("valid_to", \.validTo), Field("ended_on", \.endedOn))

    /// Whether rules count the category on that day.
    func holds(on day: BusinessDate) -> Bool {
        isVerified && validFrom <= day && validTo.map { $0 >= day } ?? true
            && endedOn.map { $0 > day } ?? true
    }

    /// This category, merged with the data of an earlier or later fact.
    func merged(with held: HouseholdCategory) -> HouseholdCategory {
        var merged = self
        merged.isVerified = isVerified || held.isVerified
        merged.validTo = validTo ?? held.validTo
        merged.endedOn = [endedOn, held.endedOn].compactMap { $0 }.min()
        return merged
    }
}

/// Keeps a projection of registry's facts: households, their members and roles, and categories.
enum HouseholdProjection {
    static func register(in router: inout Router) {
        router.on(
            HouseholdRegistered.self,
            keys: { fact, keys in
                keys.need(Household.self, fact.household.uuid)
                for member in fact.members { keys.need(Person.self, member.person.uuid) }
                for category in fact.categories {
                    keys.need(HouseholdCategory.self, category.assertion.uuid)
                }
            }, registered)
        router.on(
            PersonRegistered.self,
            keys: { fact, keys in
                keys.need(Person.self, fact.person.uuid)
                if let household = fact.household { keys.need(Household.self, household.uuid) }
            }, personRegistered)
        router.on(
            CategoryAsserted.self,
            keys: { $1.need(HouseholdCategory.self, $0.assertion.uuid) }, asserted)
        router.on(
            CategoryVerified.self,
            keys: { $1.need(HouseholdCategory.self, $0.assertion.uuid) }, verified)
        router.on(
            CategoryEnded.self,
            keys: { $1.need(HouseholdCategory.self, $0.assertion.uuid) }, ended)
        router.on(
            CategoryRevoked.self,
            keys: { $1.need(HouseholdCategory.self, $0.assertion.uuid) }, revoked)
    }

    static func registered(_ fact: HouseholdRegistered, _ unit: UnitOfWork) throws {
        let sequence = unit.message.sequence ?? 0
        if let held = try unit.find(Household.self, fact.household.uuid),
            held.sequence >= sequence
        {
            return
        }
        try unit.store(
            Household(id: fact.household, territory: fact.territory, sequence: sequence))
        for member in fact.members { try join(fact, member, unit) }
        for category in fact.categories {
            try merge(
                HouseholdCategory(
                    assertion: category.assertion, household: fact.household,
                    subject: category.subject, category: category.category,
                    isVerified: category.verified, validFrom: category.validFrom,
                    validTo: category.validTo),
                unit)
        }
    }

    /// Adds a member who is new, or who was registered without a household and has not moved since.
    private static func join(
        _ fact: HouseholdRegistered, _ member: MemberFact, _ unit: UnitOfWork
    ) throws {
        var person =
            try unit.find(Person.self, member.person.uuid)
            ?? Person(
                id: member.person, birthDate: member.birthDate, sex: member.sex, sequence: 0)
        guard person.household == nil, person.movedOn.map({ $0 < fact.registeredOn }) ?? true
        else { return }
        person.household = fact.household
        person.role = member.role
        person.territory = fact.territory
        try unit.store(person)
    }

    static func personRegistered(_ fact: PersonRegistered, _ unit: UnitOfWork) throws {
        let sequence = unit.message.sequence ?? 0
        let held = try unit.find(Person.self, fact.person.uuid)
        if let held, held.sequence >= sequence { return }
        var person =
            held
            ?? Person(id: fact.person, birthDate: fact.birthDate, sex: fact.sex, sequence: 0)
        if fact.household == nil, person.household != nil {
            // The fact of the household that the person joined later came first.
            person.sequence = sequence
        } else {
            try PersonLife.settle(
                &person, in: fact.household, as: fact.role, at: fact.territory,
                on: fact.registeredOn, unit)
        }
        try unit.store(person)
    }

    static func asserted(_ fact: CategoryAsserted, _ unit: UnitOfWork) throws {
        try merge(
            HouseholdCategory(
                assertion: fact.assertion, household: fact.household, subject: fact.subject,
                category: fact.category, isVerified: false, validFrom: fact.validFrom,
                validTo: fact.validTo),
            unit)
    }

    static func verified(_ fact: CategoryVerified, _ unit: UnitOfWork) throws {
        try merge(
            HouseholdCategory(
                assertion: fact.assertion, household: fact.household, subject: fact.subject,
                category: fact.category, isVerified: true, validFrom: fact.validFrom,
                validTo: fact.validTo),
            unit)
    }

    static func ended(_ fact: CategoryEnded, _ unit: UnitOfWork) throws {
        try merge(
            HouseholdCategory(
                assertion: fact.assertion, household: fact.household, subject: fact.subject,
                category: fact.category, isVerified: false, validFrom: fact.validFrom,
                endedOn: fact.endedOn),
            unit)
    }

    /// A revoked category never held: it ends on its first day.
    static func revoked(_ fact: CategoryRevoked, _ unit: UnitOfWork) throws {
        try merge(
            HouseholdCategory(
                assertion: fact.assertion, household: fact.household, subject: fact.subject,
                category: fact.category, isVerified: false, validFrom: fact.validFrom,
                endedOn: fact.validFrom),
            unit)
    }

    private static func merge(_ category: HouseholdCategory, _ unit: UnitOfWork) throws {
        guard let held = try unit.find(HouseholdCategory.self, category.key) else {
            return try unit.store(category)
        }
        let merged = category.merged(with: held)
        if merged != held { try unit.store(merged) }
    }
}
