import Foundation
import Messages
import Postgres
import ServiceKit

/// What a fund may spend on a programme in a year: grants reserve it, then are paid out of it.
struct Budget: Aggregate {
    let id: BudgetID
    let fund: FundID
    let programme: Programme
    /// Approvals of that year reserve it; what they have reserved may be paid later.
    let year: Int32
    /// All allotments together.
    var allotted = Fen.zero
    /// Approved and not paid yet.
    var reserved = Fen.zero
    /// Paid and not given back.
    var paid = Fen.zero
    var sequence: Int64 = 0

    var key: UUID { id.uuid }
    var free: Fen { allotted - reserved - paid }

    static let table = Table<Budget>(
        "budget", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("fund", { $0.fund.uuid }),
            Column("programme", { $0.programme }), Column("year", { $0.year }),
            Column("allotted_fen", { $0.allotted }), Column("reserved_fen", { $0.reserved }),
            Column("paid_fen", { $0.paid }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Budget(
            id: BudgetID(try row.next()), fund: FundID(try row.next()), programme: try row.next(),
            year: try row.next(), allotted: try row.next(), reserved: try row.next(),
            paid: try row.next(), sequence: try row.next())
    }
}

/// One amount that was added to a budget, so that its id counts once.
struct Allotment: Row {
    let id: AllotmentID
    let budget: BudgetID
    let amount: Fen
    let businessDate: BusinessDate
    let staff: StaffID

    var key: UUID { id.uuid }

    static let table = Table<Allotment>(
        "allotment", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("budget", { $0.budget.uuid }),
            Column("amount_fen", { $0.amount }), Column("business_date", { $0.businessDate }),
            Column("staff", { $0.staff.uuid }),
        ]
    ) { row in
        Allotment(
            id: AllotmentID(try row.next()), budget: BudgetID(try row.next()),
            amount: try row.next(), businessDate: try row.next(), staff: StaffID(try row.next()))
    }
}

/// Allots budgets. It moves no money: a budget is a permission, and the fund must have the cash
/// when a grant is paid.
enum Budgets {
    static func register(in router: inout Router) {
        router.on(
            AllotBudget.self,
            keys: {
                $1.need(Fund.self, $0.fund.uuid)
                $1.need(Budget.self, $0.budget.uuid)
                $1.need(Allotment.self, $0.allotment.uuid)
            }, allot)
    }

    static func allot(_ command: AllotBudget, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Allotment.self, command.allotment.uuid, else: .allotmentExists, at: "/allotment")
        let fund = try unit.require(Fund.self, command.fund.uuid, else: .unknownFund, at: "/fund")
        try requireSpending(fund)
        try Authority.require(command.actor, [.district], over: fund.territory, unit)
        let year = Int32(command.year)
        var budget =
            try unit.find(Budget.self, command.budget.uuid)
            ?? Budget(
                id: command.budget, fund: fund.id, programme: command.programme, year: year)
        guard
            (budget.fund, budget.programme, budget.year) == (fund.id, command.programme, year)
        else {
            throw Refusal(.budgetChanged, at: "/budget")
        }
        budget.allotted = budget.allotted + command.amountFen
        // The fact says it, and nobody reads an amount beyond that.
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
            businessDate: command.businessDate)
        return try unit.save(&budget, fact)
    }

    /// Lending is not spending, and premiums are paid by enrolment.
    private static func requireSpending(_ fund: Fund) throws(Refusal) {
        switch fund.kind {
        case .grant, .budget, .donation: break
        case .revolving, .insurance:
            throw Refusal(
                .wrongFundKind, at: "/fund",
                expected: "the id of a fund for grants, donations or a programme's budget")
        }
        guard fund.state == .open else { throw Refusal(.fundClosed, at: "/fund") }
    }

    static let migration = Migration(
        "0030_budgets",
        """
        CREATE TABLE budget (
            id           uuid    PRIMARY KEY,
            fund         uuid    NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            programme    text    NOT NULL,
            year         integer NOT NULL,
            allotted_fen bigint  NOT NULL CHECK (allotted_fen > 0),
            reserved_fen bigint  NOT NULL CHECK (reserved_fen >= 0),
            paid_fen     bigint  NOT NULL CHECK (paid_fen >= 0),
            sequence     bigint  NOT NULL CHECK (sequence > 0),
            CONSTRAINT budget_once UNIQUE (fund, programme, year),
            CONSTRAINT budget_never_exceeded CHECK (reserved_fen + paid_fen <= allotted_fen)
        );

        CREATE TABLE allotment (
            id            uuid   PRIMARY KEY,
            budget        uuid   NOT NULL REFERENCES budget DEFERRABLE INITIALLY DEFERRED,
            amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
            business_date date   NOT NULL,
            staff         uuid   NOT NULL
        );

        CREATE TRIGGER allotment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON allotment
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}

extension RefusalCode {
    static let allotmentExists = RefusalCode(
        "allotment_exists", "the id of an allotment that was not made yet")
    static let budgetExists = RefusalCode(
        "budget_exists", "the id of the budget that the fund has for that programme and year")
    static let unknownBudget = RefusalCode("unknown_budget", "the id of an allotted budget")
    static let budgetChanged = RefusalCode(
        "budget_changed", "the fund, programme and year that the budget has")
    static let budgetTooLarge = RefusalCode(
        "budget_too_large", "an amount with which the budget stays at most \(Fen.range.upperBound)")
    static let budgetExhausted = RefusalCode(
        "budget_exhausted", "an amount that is free in the budget")
}
