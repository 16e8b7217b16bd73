import Foundation
import Messages
import Postgres
import ServiceKit

/// Where to find what is known of a household: its rows say what holds, this only that they exist.
struct Household: Row, Equatable {
    let id: HouseholdID
    /// Whether its own fact has come; a member's may be faster.
    var isRegistered = false
    /// Persons who live there or have.
    var members: IDList<Tag.Person> = []
    /// Assertions that it is a special family.
    var assertions: IDList<Tag.Assertion> = []

    var key: UUID { id.uuid }

    static let table = Table<Household>(
        "household", key: "id", lock: .share,
        columns: [
            Column("id", { $0.id }), Column("is_registered", { $0.isRegistered }),
            Column("members", { $0.members }), Column("assertions", { $0.assertions }),
        ]
    ) { row in
        Household(
            id: try row.next(HouseholdID.self), isRegistered: try row.next(Bool.self),
            members: try row.next(),
            assertions: try row.next())
    }
}

/// That a household is a special family, because of all of it or of one of its members. Facts about it only ever
/// add something (asserted, then verified, then ended), so they may come in any order.
struct SpecialCategory: Row, Equatable {
    let assertion: AssertionID
    let household: HouseholdID
    var isVerified = false
    let validFrom: BusinessDate
    /// The last day on which it holds.
    var validTo: BusinessDate?
    /// The first day on which it no longer holds; the day it began if it never held.
    var endedOn: BusinessDate?

    var key: UUID { assertion.uuid }

    func holds(on day: BusinessDate) -> Bool {
        isVerified && validFrom <= day && validTo.map { day <= $0 } ?? true
            && endedOn.map { day < $0 } ?? true
    }

    /// This with what an earlier or later fact has said.
    func merged(with held: SpecialCategory) -> SpecialCategory {
        var merged = self
        merged.isVerified = isVerified || held.isVerified
        merged.validTo = validTo ?? held.validTo
        merged.endedOn = [endedOn, held.endedOn].compactMap { $0 }.min()
        return merged
    }

    static let table = Table<SpecialCategory>(
        "special_category", key: "assertion", lock: .share,
        columns: [
            Column("assertion", { $0.assertion }), Column("household", { $0.household }),
            Column("is_verified", { $0.isVerified }), Column("valid_from", { $0.validFrom }),
            Column("valid_to", optional: { $0.validTo }),
            Column("ended_on", optional: { $0.endedOn }),
        ]
    ) { row in
        SpecialCategory(
            assertion: try row.next(AssertionID.self),
            household: try row.next(HouseholdID.self), isVerified: try row.next(Bool.self),
            validFrom: try row.next(BusinessDate.self),
            validTo: try row.next(optional: BusinessDate.self),
            endedOn: try row.next(optional: BusinessDate.self))
    }
}

/// Finds out for whom a household stands.
enum Households {
    static func isSpecialFamily(
        _ household: Household, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        try household.assertions.ids.contains { assertion in
            try unit.find(SpecialCategory.self, assertion.uuid)?.holds(on: day) ?? false
        }
    }

    /// Whether a child who lives there has completed fewer years than that.
    static func hasChild(
        under years: Int, _ household: Household, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        try household.members.ids.contains { member in
            guard let person = try unit.find(Person.self, member.uuid) else { return false }
            return person.household == household.id && person.role == .child && person.isAlive
                && person.isUnder(years, on: day)
        }
    }
}
