import Foundation
import Messages
import Postgres
import ServiceKit

/// A claim on a policy. The insurer pays it, so it moves no money of a fund.
struct Claim: Aggregate {
    let id: ClaimID
    let policy: PolicyID
    let product: ProductID
    let programme: Programme
    /// The community.
    let territory: TerritoryCode
    let eventDate: BusinessDate
    /// The amount claimed.
    let amount: Fen
    var state = ClaimState.filed
    /// The date of the latest step.
    var lastOn: BusinessDate
    /// The amount accepted; set exactly while the claim is accepted or paid.
    var accepted: Fen?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// Changes to the state after a step. Refuses a step that the state does not allow, or that is dated
    /// before the previous one.
    /// - Parameter pointer: where the command has the day.
    mutating func step(
        _ step: ClaimState.Step, on day: BusinessDate, at pointer: String
    ) throws(Refusal) {
        let next = try state.after(step)
        try day.require(from: lastOn, else: .dateTooEarly, at: pointer)
        (state, lastOn) = (next, day)
    }

    static let table = Table(
        "claim", key: "id", Claim.init,
        Field("id", \.id), Field("policy", \.policy), Field("product", \.product),
        Field("programme", \.programme), Field("territory", \.territory),
        Field("event_date", \.eventDate), Field("amount_fen", \.amount), Field("state", \.state),
        Field("last_on", \.lastOn), Field("accepted_fen", \.accepted),
        Field("sequence", \.sequence))
}

/// The state of a claim.
enum ClaimState: String, CaseIterable, PostgresValue {
    case filed, accepted, paid, declined

    enum Step: CaseIterable { case accept, decline, pay }

    /// Whether it may still be paid.
    var isUnpaid: Bool { self == .filed || self == .accepted }

    /// The state after a step. Refuses a step that cannot be taken from this state.
    func after(_ step: Step) throws(Refusal) -> ClaimState {
        switch (self, step) {
        case (.filed, .accept): .accepted
        case (.filed, .decline): .declined
        case (.accepted, .pay): .paid
        case (_, .accept), (_, .decline): throw Refusal(.notFiled, at: "/claim", because: self)
        case (_, .pay): throw Refusal(.notAccepted, at: "/claim", because: self)
        }
    }
}

/// A step of a claim: on whose authority and when. Rows are only added. The reason is kept apart.
struct ClaimRecord: Record {
    let claim: ClaimID
    /// The state after the step.
    let state: ClaimState
    let day: BusinessDate
    let amount: Fen
    let staff: StaffID?
    let cause: UUID

    static let table = RecordTable<ClaimRecord>(
        "claim_record",
        columns: [
            Column("claim", \.claim), Column("state", \.state), Column("day", \.day),
            Column("amount_fen", \.amount), Column("staff", \.staff),
            Column("cause", \.cause),
        ])
}

extension RefusalCode {
    static let notFiled = RefusalCode("not_filed", "a claim that is not decided yet")
    static let notAccepted = RefusalCode("not_accepted", "an accepted claim that is not paid yet")
}
