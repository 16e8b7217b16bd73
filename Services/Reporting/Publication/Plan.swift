import Messages
import Postgres
import ServiceKit

/// The rules of what is public. The levels and periods of each measure are rows of `plan_cell`.
struct Plan: Sendable {
    /// Inside a district, counts from 1 to one less than this are of few families. 1 hides nothing.
    let threshold: Int64
    /// The number of registered households from which a district is shown exactly. Below it, nothing about families is
    /// published of the district.
    let exactFrom: Int64
    /// Days from the end of a period until it is settled. Then figures about families below the district appear.
    let settleDays: Int32

    static func read(_ read: DatasetState.Reading) throws -> Plan {
        guard
            var row = try read("SELECT threshold, exact_from, settle_days FROM plan").first?
                .cursor()
        else { throw StoredValueError(type: "plan") }
        return Plan(
            threshold: try row.next(), exactFrom: try row.next(), settleDays: try row.next())
    }

    /// When the edition of each day is made, at the association's place: `02:00`.
    static func madeAt(_ read: DatasetState.Reading) throws -> String {
        guard let row = try read("SELECT made_at FROM plan").first else {
            throw StoredValueError(type: "plan")
        }
        return try row.decode(String.self, at: 0)
    }
}
