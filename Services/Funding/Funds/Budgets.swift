import Foundation
import Messages
import Postgres
import ServiceKit

/// The amount that a fund may spend on a programme in a year. A grant reserves a part of it, then is
/// paid out of it.
struct Budget: Aggregate {
    let id: BudgetID
    let fund: FundID
    let programme: Programme
    /// The year in which grants are approved. An approved grant may be paid in a later year.
    let year: Int32
    /// The sum of all allotments.
    var allotted = Fen.zero
    /// Grants that are approved and not paid yet.
    var reserved = Fen.zero
    /// Grants that are paid, without what was given back.
    var paid = Fen.zero
    var sequence: Int64 = 0

    var key: UUID { id.uuid }
    var free: Fen { allotted - reserved - paid }

    static let table = Table(
        "budget", key: "id", Budget.init,
        Field("id", \.id), Field("fund", \.fund), Field("programme", \.programme),
        Field("year", \.year), Field("allotted_fen", \.allotted), Field("reserved_fen", \.reserved),
        Field("paid_fen", \.paid), Field("sequence", \.sequence))
}

/// One amount that was added to a budget. The row makes sure that its id counts once.
struct Allotment: Row {
    let id: AllotmentID
    let budget: BudgetID
    let amount: Fen
    let businessDate: BusinessDate
    let staff: StaffID

    var key: UUID { id.uuid }

    static let table = Table(
        "allotment", key: "id", Allotment.init,
        Field("id", \.id), Field("budget", \.budget), Field("amount_fen", \.amount),
        Field("business_date", \.businessDate), Field("staff", \.staff))
}

/// Allots budgets. An allotment moves no money: a budget is a permission. The fund needs the cash only
/// when a grant is paid.
enum Budgets {
    static func register(in router: inout Router) {
        router.on(
            AllotBudget.self,
            keys: {
                $1.need(Fund.self, $0.fund.uuid)
                $1.need(Budget.self, $0.budget.uuid)
                $1.need(Allotment.self, $0.allotment.uuid)
                Authority.keys($0.actor, of: nil, &$1)
            }, allot)
    }

    static func allot(_ command: AllotBudget, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Allotment.self, command.allotment.uuid, else: .allotmentExists, at: "/allotment")
        let fund = try unit.require(Fund.self, command.fund.uuid, else: .unknownFund, at: "/fund")
        try unit.requireScope(fund.territory, at: "/fund")
        try requireSpending(fund)
        try fund.requireOpened(by: command.businessDate, at: "/businessDate")
        try Authority.require(
            command.actor, [.district], over: fund.territory,
            on: command.businessDate, of: nil, unit)
        var budget = try budget(of: command, from: fund, unit)
        budget.allotted = budget.allotted + command.amountFen
        // The fact carries the total, and readers of facts accept no larger amount.
        guard budget.allotted.rawValue <= Fen.range.upperBound else {
            throw Refusal(.budgetTooLarge, at: "/amountFen")
        }
        try unit.store(
            Allotment(
                id: command.allotment, budget: budget.id, amount: command.amountFen,
                businessDate: command.businessDate, staff: command.actor.staff))
        let fact = BudgetAllotted(
            allotment: command.allotment, budget: budget.id, fund: fund.id,
            programme: budget.programme, territory: fund.territory, year: command.year,
            amountFen: command.amountFen, totalFen: budget.allotted,
            businessDate: command.businessDate, actor: command.actor)
        return try unit.save(&budget, fact)
    }

    /// The budget that the command adds to; a new one if there is none yet.
    private static func budget(
        of command: AllotBudget, from fund: Fund, _ unit: UnitOfWork
    ) throws -> Budget {
        let (programme, year) = (command.programme, Int32(command.year))
        guard let held = try unit.find(Budget.self, command.budget.uuid) else {
            return Budget(id: command.budget, fund: fund.id, programme: programme, year: year)
        }
        if held.fund != fund.id, let other = try unit.find(Fund.self, held.fund.uuid) {
            try unit.requireScope(other.territory, at: "/budget")
        }
        guard (held.fund, held.programme, held.year) == (fund.id, programme, year) else {
            throw Refusal(.budgetChanged, at: "/budget")
        }
        return held
    }

    /// Refuses a budget in a fund that lends, or that pays premiums by enrolment.
    private static func requireSpending(_ fund: Fund) throws(Refusal) {
        switch fund.kind {
        case .grant, .budget, .donation: break
        case .revolving, .insurance:
            throw Refusal(
                .wrongFundKind, at: "/fund",
                expected: "the id of a fund for grants, donations or a programme's budget")
        }
        try fund.requireOpen(at: "/fund")
    }
}

extension RefusalCode {
    static let allotmentExists = RefusalCode(
        "allotment_exists", "the id of an allotment that was not made yet")
    static let budgetExists = RefusalCode(
        "budget_exists", "the id of the budget that the fund has for that programme and year")
    static let budgetChanged = RefusalCode(
        "budget_changed", "the fund, programme and year that the budget has")
    static let budgetTooLarge = RefusalCode(
        "budget_too_large", "an amount with which the budget stays at most \(Fen.range.upperBound)")
}
