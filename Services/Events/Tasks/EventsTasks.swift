import Messages
import ServiceKit

/// The tasks of those who run activities. No rule raises one yet.
enum EventsTasks {
    static let kinds: [TaskKind] = []
    static let migration = Tasks.migration("0013_tasks")
    static let job = Tasks.job(kinds)

    static func register(in router: inout Router) {
        Tasks.register(
            in: &router, ListEventsTasks.self, SettleEventsTask.self, kinds: kinds,
            requireOfficer: requireMembership)
    }

    /// Events knows the dates of memberships, and neither role nor branch. The publisher answers for those.
    private static func requireMembership(
        _ actor: Actor, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let membership = try unit.require(
            Membership.self, actor.staff.uuid, else: .unknownStaff, at: "/actor/staff")
        guard membership.holds(on: day) else {
            throw Refusal(.officeNotHeld, at: "/actor/staff", expected: "an office held on \(day)")
        }
    }
}

extension RefusalCode {
    static let unknownStaff = RefusalCode(
        "unknown_staff", "the id of a membership as staff member or officer")
    static let officeNotHeld = RefusalCode("office_not_held", "an office held on that day")
}
