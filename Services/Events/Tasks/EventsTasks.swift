import Messages
import People
import ServiceKit

/// The tasks of those who run activities. No rule raises one yet.
enum EventsTasks {
    static let kinds: [TaskKind] = []
    static let migration = Tasks.migration("0013_tasks")
    static let job = Tasks.job(kinds)

    static func register(in router: inout Router) {
        Tasks.register(
            in: &router, ListEventsTasks.self, SettleEventsTask.self, kinds: kinds,
            requireOfficer: { try Offices.held(by: $0, on: $1, $2) })
    }
}
