import Messages
import ServiceKit

extension TaskKind {
    /// A household whose head has died or left is to have another one; one that has come to two heads, one of them.
    static let nameSuccessor = TaskKind("name_successor")
    /// A family, or a person in none, of whom something is asserted that cannot be so (`CategoryRules`), or two families that became
    /// one: end what does not hold, and assert what does.
    static let reviewCategories = TaskKind("review_categories")
    /// Somebody has consented after death, by what was told: take the consent back, or correct the death.
    static let reviewConsents = TaskKind("review_consents")
    /// Another office asks for a person: agree to the handover, or decline it.
    static let decideHandover = TaskKind("decide_handover")
    /// Two registrations are probably of one person: merge them, or say that they are two persons.
    static let reviewDouble = TaskKind("review_double")
}

/// The tasks of registry's offices.
enum RegistryTasks {
    static let kinds: [TaskKind] = [
        .nameSuccessor, .reviewCategories, .reviewConsents, .decideHandover, .reviewDouble,
    ]
    static let migration = Tasks.migration("0013_tasks")
    static let job = Tasks.job(kinds)

    static func register(in router: inout Router) {
        Tasks.register(
            in: &router, ListRegistryTasks.self, SettleRegistryTask.self, kinds: kinds,
            requireOfficer: { try Actors.held(by: $0, on: $1, $2) })
    }
}
