import Messages
import People
import ServiceKit

/// The tasks of those who keep money and cover. No rule raises one yet.
enum FundingTasks {
    static let kinds: [TaskKind] = []
    static let migration = Tasks.migration("0016_tasks")
    static let job = Tasks.job(kinds)

    static func register(in router: inout Router) {
        Tasks.register(
            in: &router, ListFundingTasks.self, SettleFundingTask.self, kinds: kinds,
            requireOfficer: { try Offices.held(by: $0, on: $1, $2) })
    }
}
