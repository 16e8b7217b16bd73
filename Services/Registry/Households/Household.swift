import Foundation
import Messages
import Postgres
import ServiceKit

/// A household, with the ids of its members and of the assertions about it and them. Whoever adds
/// one holds this row, and so sees all others.
struct Household: Aggregate {
    let id: HouseholdID
    var territory: TerritoryCode
    let registeredOn: BusinessDate
    var members: [PersonID] = []
    /// The number of members who live here. A household without one is not counted.
    var present: Int32 = 0
    /// The day since which it is counted in its territory, or not counted; nil: since the
    /// registration.
    var countedFrom: BusinessDate?
    var assertions: [AssertionID] = []
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<Household>(
        "household", key: "id",
        columns: [
            Column("id", { $0.id }), Column("territory", { $0.territory }),
            Column("registered_on", { $0.registeredOn }),
            Column("members", { $0.members.listed() }), Column("present", { $0.present }),
            Column("counted_from", optional: { $0.countedFrom }),
            Column("assertions", { $0.assertions.listed() }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Household(
            id: try row.next(HouseholdID.self), territory: try row.next(TerritoryCode.self),
            registeredOn: try row.next(BusinessDate.self),
            members: try row.next(list: PersonID.self), present: try row.next(Int32.self),
            countedFrom: try row.next(optional: BusinessDate.self),
            assertions: try row.next(list: AssertionID.self), sequence: try row.next(Int64.self))
    }
}
