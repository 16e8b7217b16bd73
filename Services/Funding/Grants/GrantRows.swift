import Foundation
import Messages
import Postgres
import ServiceKit

/// A grant out of a budget. The money that it moves is in the ledger, its history in `GrantRecord`.
struct Grant: Aggregate {
    let id: GrantID
    let kind: GrantKind
    let budget: BudgetID
    let fund: FundID
    let programme: Programme
    /// The household of a condolence or tuition grant; nil for a programme's spending.
    let household: HouseholdID?
    /// The territory that proposed it.
    let territory: TerritoryCode
    let amount: Fen
    var state = GrantState.requested
    /// The business date from which it is in that state.
    var since: BusinessDate
    /// The latest business date of anything that happened to it.
    var lastOn: BusinessDate
    /// The part that is paid and not given back; above 0 exactly while it is paid or acknowledged.
    var kept = Fen.zero
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// Changes to the state after a step. Refuses a step that the state does not allow, or that is dated
    /// before the previous one. Returns may come in any order among themselves.
    mutating func step(_ step: GrantStep, on day: BusinessDate) throws(Refusal) {
        let next = try state.after(step)
        let isReturn = if case .giveBack = step { true } else { false }
        try day.require(
            from: isReturn ? since : lastOn, else: .dateTooEarly, at: "/businessDate")
        lastOn = max(lastOn, day)
        if next != state { (state, since) = (next, lastOn) }
    }

    static let table = Table(
        "grant_award", key: "id", Grant.init,
        Field("id", \.id), Field("kind", \.kind), Field("budget", \.budget), Field("fund", \.fund),
        Field("programme", \.programme), Field("household", \.household),
        Field("territory", \.territory), Field("amount_fen", \.amount),
        Field("state", \.state), Field("since", \.since), Field("last_on", \.lastOn),
        Field("kept_fen", \.kept), Field("sequence", \.sequence))
}

/// The state of a grant.
enum GrantState: String, CaseIterable, PostgresValue {
    case requested, endorsed, approved, rejected, paid, acknowledged, returned

    /// Whether it may still be paid.
    var isUnpaid: Bool { self == .requested || self == .endorsed || self == .approved }

    /// The state after a step. Refuses a step that cannot be taken from this state.
    func after(_ step: GrantStep) throws(Refusal) -> GrantState {
        switch (self, step) {
        case (.requested, .endorse): .endorsed
        case (.endorsed, .approve): .approved
        case (.requested, .reject), (.endorsed, .reject), (.approved, .reject): .rejected
        case (.approved, .pay): .paid
        case (.paid, .acknowledge): .acknowledged
        case (.paid, .giveBack(let isAll)), (.acknowledged, .giveBack(let isAll)):
            isAll ? .returned : self
        case (_, .endorse): throw refusal(.grantNotRequested)
        case (_, .approve): throw refusal(.grantNotEndorsed)
        case (_, .reject): throw refusal(.grantNotUnpaid)
        case (_, .pay): throw refusal(.grantNotApproved)
        case (_, .acknowledge), (_, .giveBack): throw refusal(.grantNotPaid)
        }
    }

    private func refusal(_ code: RefusalCode) -> Refusal {
        Refusal(code, at: "/grant", because: self)
    }
}

/// A step of a grant after it was requested.
enum GrantStep {
    case endorse, approve, reject, pay, acknowledge
    /// - Parameter all: whether nothing is kept afterwards.
    case giveBack(all: Bool)
}

/// A part of a grant that came back. The row makes sure that its id counts once.
struct GrantReturn: Row {
    let id: GrantReturnID
    let grant: GrantID
    let amount: Fen
    let businessDate: BusinessDate
    /// The business date of its reversal.
    var reversedOn: BusinessDate?

    var key: UUID { id.uuid }

    static let table = Table(
        "grant_return", key: "id", GrantReturn.init,
        Field("id", \.id), Field("grant_award", \.grant), Field("amount_fen", \.amount),
        Field("business_date", \.businessDate), Field("reversed_on", \.reversedOn))
}

/// A step of a grant: on whose authority and when. Rows are only added. The reason is kept apart.
struct GrantRecord: Record {
    let grant: GrantID
    /// The state after the step.
    let state: GrantState
    let day: BusinessDate
    let amount: Fen?
    let staff: StaffID?
    let cause: UUID

    static let table = RecordTable<GrantRecord>(
        "grant_record",
        columns: [
            Column("grant_award", \.grant), Column("state", \.state), Column("day", \.day),
            Column("amount_fen", \.amount), Column("staff", \.staff),
            Column("cause", \.cause),
        ])
}

extension RefusalCode {
    static let grantExists = RefusalCode("grant_exists", "the id of a grant not requested yet")
    static let unknownGrant = RefusalCode("unknown_grant", "the id of a requested grant")
    static let grantReturnExists = RefusalCode(
        "grant_return_exists", "the id of a return that was not made yet")
    static let moreThanKept = RefusalCode("more_than_kept", "at most what is left of the grant")
    static let wrongYear = RefusalCode("wrong_year", "a date in the year of the budget")
    static let grantNotRequested = RefusalCode(
        "not_requested", "a grant requested and not yet endorsed")
    static let grantNotEndorsed = RefusalCode("not_endorsed", "an endorsed grant")
    static let grantNotApproved = RefusalCode("not_approved", "an approved grant")
    static let grantNotUnpaid = RefusalCode(
        "not_unpaid", "a grant that is neither paid nor rejected")
    static let grantNotPaid = RefusalCode("not_paid", "a grant paid and not yet given back")
}
