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

    static let table = Table(
        "household", key: "id", Household.init,
        Field("id", \.id), Field("territory", \.territory), Field("registered_on", \.registeredOn),
        Field("members", list: \.members), Field("present", \.present),
        Field("counted_from", \.countedFrom), Field("assertions", list: \.assertions),
        Field("sequence", \.sequence))
}
