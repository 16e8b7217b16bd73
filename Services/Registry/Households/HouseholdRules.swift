import Messages
import ServiceKit

// What several features ask of a household that a command names.

extension Households {
    /// The household, if it is in the publisher's scope. A message waits for a household that is
    /// not known.
    static func require(_ id: HouseholdID, _ unit: UnitOfWork) throws -> Household {
        let household = try unit.require(
            Household.self, id.uuid, else: .unknownHousehold, at: "/household")
        try unit.requireScope(household.territory, at: "/household")
        return household
    }

    /// Refuses a role without a household, and a household without a role.
    static func require(_ role: Role?, in household: HouseholdID?) throws(Refusal) {
        if household == nil, role != nil { throw Refusal(.roleWithoutHousehold, at: "/role") }
        if household != nil, role == nil { throw Refusal(.memberWithoutRole, at: "/role") }
    }

    /// The same, if somebody can live in it on that day.
    /// - Parameter pointer: where the command has the day.
    static func require(
        _ id: HouseholdID, on day: BusinessDate, at pointer: String, _ unit: UnitOfWork
    ) throws -> Household {
        let household = try require(id, unit)
        try household.requireExisting(on: day, at: pointer)
        return household
    }

    /// The household that a person's row names. There is one, because the schema has a foreign key.
    static func named(_ id: HouseholdID, _ unit: UnitOfWork) throws -> Household {
        guard let household = try unit.find(Household.self, named: id.uuid) else {
            throw StoredValueError(type: "household of a person")
        }
        return household
    }
}
