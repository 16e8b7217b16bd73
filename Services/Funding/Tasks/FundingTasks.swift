import Foundation
import Messages
import People
import ServiceKit

extension TaskKind {
    /// Cover of a household or person who is not there any more: terminate it. The subject is whom it insures.
    static let endCover = TaskKind("end_cover")
    /// A loan of somebody who has died, was erased, or has two: withdraw or reject it, collect it from whoever answers for it,
    /// or write it off.
    static let settleLoan = TaskKind("settle_loan")
    /// A grant or claim that nobody is there to receive: reject or decline it, or pay it to whom it is due.
    static let settleApplication = TaskKind("settle_application")
    /// A cleaning visit where nobody lives any more: cancel the order.
    static let cancelVisit = TaskKind("cancel_visit")
}

/// The tasks of those who keep money and cover.
enum FundingTasks {
    static let kinds: [TaskKind] = [.endCover, .settleLoan, .settleApplication, .cancelVisit]
    static let migration = Tasks.migration("0016_tasks")
    static let job = Tasks.job(kinds)

    static func register(in router: inout Router) {
        Tasks.register(
            in: &router, ListFundingTasks.self, SettleFundingTask.self, kinds: kinds, whom: whom,
            requireOfficer: { try Offices.held(by: $0, on: $1, $2) })
    }

    /// The person or household whose record the subject is.
    @Sendable private static func whom(
        _ kind: TaskKind, _ subject: UUID, _ unit: UnitOfWork
    ) throws -> UUID {
        switch kind {
        case .settleLoan:
            return try unit.find(Loan.self, subject)?.borrower.uuid ?? subject
        case .settleApplication:
            if let grant = try unit.find(Grant.self, subject) {
                return grant.household?.uuid ?? subject
            }
            guard let claim = try unit.find(Claim.self, subject) else { return subject }
            return try unit.find(Policy.self, claim.policy.uuid)?.insured ?? subject
        case .cancelVisit:
            return try unit.find(HomeService.self, subject)?.household.uuid ?? subject
        default:
            return subject
        }
    }
}
