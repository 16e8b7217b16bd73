import Foundation
import Messages
import Postgres
import ServiceKit

/// A household, with the ids of the persons and assertions to look at. Their own rows say what
/// holds now.
struct Household: Row, Equatable {
    let id: HouseholdID
    /// Whether the household's own fact has arrived. A member's fact may arrive first.
    var isRegistered = false
    /// Persons who live there or have lived there.
    var members: IDList<Tag.Person> = []
    /// Assertions that it is a special family.
    var assertions: IDList<Tag.Assertion> = []
    /// Nil until its own fact has arrived.
    var territory: TerritoryCode?
    /// The sequence of the fact that says where it is.
    var sequence: Int64 = 0
    /// The day of its last move.
    var movedOn: BusinessDate?

    var key: UUID { id.uuid }

    static let table = Table(
        "household", key: "id", lock: .share, Household.init,
        Field("id", \.id), Field("is_registered", \.isRegistered), Field("members", \.members),
        Field("assertions", \.assertions), Field("territory", \.territory),
        Field("sequence", \.sequence), Field("moved_on", \.movedOn))
}

/// An assertion that a household is a special family, because of the whole household or of one
/// member. Each fact about it only adds something (asserted, verified, ended), so the facts may
/// arrive in any order.
struct SpecialCategory: Row, Equatable {
    let assertion: AssertionID
    let household: HouseholdID
    var isVerified = false
    let validFrom: BusinessDate
    /// The last day on which it holds.
    var validTo: BusinessDate?
    /// The first day on which it no longer holds; `validFrom` if it never held.
    var endedOn: BusinessDate?

    var key: UUID { assertion.uuid }

    func holds(on day: BusinessDate) -> Bool {
        isVerified && validFrom <= day && validTo.map { day <= $0 } ?? true
            && endedOn.map { day < $0 } ?? true
    }

    /// Combines two facts about the assertion, in any order.
    func merged(with held: SpecialCategory) -> SpecialCategory {
        var merged = self
        merged.isVerified = isVerified || held.isVerified
        merged.validTo = validTo ?? held.validTo
        merged.endedOn = [endedOn, held.endedOn].compactMap { $0 }.min()
        return merged
    }

    static let table = Table(
        "special_category", key: "assertion", lock: .share, SpecialCategory.init,
        Field("assertion", \.assertion), Field("household", \.household),
        Field("is_verified", \.isVerified), Field("valid_from", \.validFrom),
        Field("valid_to", \.validTo), Field("ended_on", \.endedOn))
}

/// Answers questions about households.
enum Households {
    /// The household, if it is in the publisher's scope. A command waits for a household that is not
    /// known.
    static func require(_ id: HouseholdID, _ unit: UnitOfWork) throws -> Household {
        let household = try unit.require(
            Household.self, id.uuid, else: .unknownHousehold, at: "/household")
        if let territory = household.territory {
            try unit.requireScope(territory, at: "/household")
        }
        return household
    }

    static func isSpecialFamily(
        _ household: Household, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        try household.assertions.ids.contains { assertion in
            try unit.find(SpecialCategory.self, assertion.uuid)?.holds(on: day) ?? false
        }
    }

    /// Whether a living child in the household has completed fewer than that many years.
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
