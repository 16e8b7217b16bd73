import Messages
import ServiceKit

extension TaskKind {
    /// A household whose head has died or left is to have another one.
    static let nameSuccessor = TaskKind("name_successor")
    /// A family whose only child has died: end `only_child`, and assert what holds now.
    static let reviewCategories = TaskKind("review_categories")
}

/// The tasks of registry's offices.
enum RegistryTasks {
    static let kinds: [TaskKind] = [.nameSuccessor, .reviewCategories]
    static let migration = Tasks.migration("0013_tasks")
    static let job = Tasks.job(kinds)

    static func register(in router: inout Router) {
        Tasks.register(
            in: &router, ListRegistryTasks.self, SettleRegistryTask.self, kinds: kinds,
            requireOfficer: requireOffice)
    }

    private static func requireOffice(
        _ actor: Actor, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let office = try unit.require(
            Membership.self, actor.staff.uuid, else: .unknownStaff, at: "/actor/staff")
        guard office.role.isOffice, try isOf(office, actor.territory, unit) else {
            throw Refusal(.otherOffice, at: "/actor/staff")
        }
        guard office.isActive(on: day) else {
            throw Refusal(.officeNotHeld, at: "/actor/staff", expected: "an office held on \(day)")
        }
    }

    /// The office of a closed branch is of the one that took it over.
    private static func isOf(
        _ office: Membership, _ territory: TerritoryCode, _ unit: UnitOfWork
    ) throws -> Bool {
        if office.territory == territory { return true }
        return try unit.standing(office.territory) == [territory]
    }
}

extension RefusalCode {
    static let unknownStaff = RefusalCode(
        "unknown_staff", "the id of a membership as staff member or officer")
}
