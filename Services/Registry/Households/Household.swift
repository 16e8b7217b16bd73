import Foundation
import Messages
import Postgres
import ServiceKit

/// A household. It names its members and the categories asserted of it and of them, so that whoever adds
/// one holds this row and sees all others.
struct Household: Aggregate {
    let id: HouseholdID
    var territory: TerritoryCode
    let registeredOn: BusinessDate
    var members: [PersonID] = []
    /// Members who live here; without one the household does not count.
    var present: Int32 = 0
    /// Since when it counts where it is, or does not; nil: since the registration.
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

extension Household {
    static let migration = Migration(
        "0002_households",
        """
        CREATE TABLE household (
            id            uuid   PRIMARY KEY,
            territory     text   NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
            registered_on date   NOT NULL,
            assertions    text   NOT NULL,
            sequence      bigint NOT NULL CHECK (sequence > 0)
        );
        COMMENT ON COLUMN household.assertions
            IS 'ids of the categories asserted of it and its members';
        """)
}
