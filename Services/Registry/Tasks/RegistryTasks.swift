import Messages
import ServiceKit

extension TaskKind {
    /// A household whose head has died or left is to have another one; one that has come to two heads, one of them.
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
            requireOfficer: { try Actors.held(by: $0, on: $1, $2) })
    }
}
