import Foundation
import Messages
import Postgres
import ServiceKit

/// One ageing of a fund's loans. The row makes sure that its id counts once, and is the subject of its
/// fact.
struct Ageing: Aggregate {
    let id: AgeingID
    let fund: FundID
    let asOf: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "ageing", key: "id", Ageing.init,
        Field("id", \.id), Field("fund", \.fund), Field("as_of", \.asOf), Field(always: 1))
}

/// Ages loans: unused approvals expire, loans fall overdue, and overdue loans catch up.
///
/// The service does so itself every day (`job`). The command `funding.loan.age` does it as of a day before. Each step has the
/// day on which it was due, whenever it is recorded. A second run, even at the same time, changes nothing more: each loan is
/// locked and checked again before it takes its step.
enum LoanAgeing {
    /// The most loans that one message ages, so that its transaction and its facts stay few.
    static let limit = 1_000
    /// Seconds since its last change for which a loan is not aged as of today. Papers of days before come in one after the other,
    /// and between two of them a loan that was long repaid would fall overdue.
    static let rest = 24.0 * 3_600

    /// Ages the loans of all funds as of today.
    static let job = Job("age-loans", every: .seconds(300)) { context in
        let today = context.now.businessDay
        for row in try context.connection.run(due(on: today, now: context.now)) {
            guard !context.shouldYield else { return }
            let fund = FundID(try row.decode(UUID.self, at: 0))
            try context.decide(AgeLoans(ageing: AgeingID(UUID()), fund: fund, asOf: today))
        }
    }

    /// The funds that have loans to age.
    static func due(on day: BusinessDate, now: Timestamp) -> Statement {
        """
        SELECT DISTINCT l.fund FROM loan AS l
        WHERE l.state IN ('approved', 'active', 'overdue')
          AND l.changed_at <= \(now) - make_interval(secs => \(rest))
          AND loan_is_due(l, \(day))
        ORDER BY l.fund
        """
    }

    static func register(in router: inout Router) {
        router.on(
            AgeLoans.self, keys: { $1.need(Ageing.self, $0.ageing.uuid) }, alone: true, age)
    }

    static func age(_ command: AgeLoans, _ unit: UnitOfWork) throws -> [Emission] {
        let fund = try unit.require(
            Fund.self, command.fund.uuid, else: .unknownFund, at: "/fund")
        try unit.requireScope(fund.territory, at: "/fund")
        try fund.require(.revolving)
        try unit.requireNew(Ageing.self, command.ageing.uuid, else: .ageingExists, at: "/ageing")
        let due = try candidates(of: fund.id, on: command.asOf, unit)
        var emissions: [Emission] = []
        var states: [LoanState: Int] = [:]
        for var loan in try unit.find(Loan.self, all: Array(due.prefix(limit))) {
            guard let emission = try step(&loan, on: command.asOf, unit) else { continue }
            states[loan.state, default: 0] += 1
            emissions.append(emission)
        }
        var ageing = Ageing(id: command.ageing, fund: fund.id, asOf: command.asOf)
        let aged = LoansAged(
            ageing: ageing.id, fund: fund.id, programme: fund.programme, territory: fund.territory,
            asOf: command.asOf, expired: states[.expired] ?? 0,
            fellOverdue: states[.overdue] ?? 0, caughtUp: states[.active] ?? 0,
            isComplete: due.count <= limit)
        return emissions + [try unit.save(&ageing, aged)]
    }

    /// Loans that may have to take a step, at most one more than the limit.
    private static func candidates(
        of fund: FundID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [UUID] {
        let mayRest = day >= unit.days.today
        let rows = try unit.query(
            """
            SELECT l.id FROM loan AS l
            WHERE l.fund = \(fund.uuid) AND l.state IN ('approved', 'active', 'overdue')
              AND (NOT \(mayRest)
                   OR l.changed_at <= \(unit.now) - make_interval(secs => \(rest)))
              AND loan_is_due(l, \(day))
            ORDER BY l.id LIMIT \(limit + 1)
            """)
        return try rows.map { try $0.decode(UUID.self, at: 0) }
    }

    /// Takes the step that a locked loan is due by that day; nil if there is none.
    private static func step(
        _ loan: inout Loan, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Emission? {
        guard loan.lastOn <= day else { return nil }
        switch loan.state {
        case .approved:
            guard let last = loan.usableUntil, last < day else { return nil }
            return try expire(&loan, on: max(last.adding(days: 1), loan.lastOn), unit)
        case .active:
            guard let since = loan.overdueOn, since <= day else { return nil }
            return try fallOverdue(&loan, loan.overdue(on: since), on: since, unit)
        case .overdue where loan.overdue(on: day) == .zero:
            return try catchUp(
                &loan, on: day, from: try disbursement(of: loan.id, unit), unit)
        default:
            return nil
        }
    }

    private static func expire(
        _ loan: inout Loan, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Emission {
        try loan.step(.expire, on: day, at: "/asOf")
        let id = unit.id(of: "\(loan.id)")
        Ledger.post(.release, loan.principal, of: loan.fund, on: day, as: id, unit)
        let fact = LoanExpired(loan.subject, businessDate: day)
        return try Loans.record(fact, of: &loan, on: day, as: id, unit)
    }

    private static func fallOverdue(
        _ loan: inout Loan, _ overdue: Fen, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Emission {
        try loan.step(.fallOverdue, on: day, at: "/asOf")
        let fact = LoanFellOverdue(
            loan.subject, overdueFen: overdue, outstandingFen: loan.outstanding, businessDate: day,
            posting: try disbursement(of: loan.id, unit))
        return try Loans.record(
            fact, of: &loan, on: day, amount: overdue, as: unit.id(of: "\(loan.id)"), unit)
    }

    /// The posting that paid a loan out and was not reversed.
    private static func disbursement(
        of loan: LoanID, _ unit: UnitOfWork
    ) throws -> TransferID? {
        let rows = try unit.query(
            """
            SELECT t.id FROM loan_record AS l
            JOIN transfer AS t ON t.id = l.cause AND t.kind = 'disbursement'
            WHERE l.loan = \(loan.uuid)
              AND NOT EXISTS (SELECT FROM reversal AS r WHERE t.id IN (r.id, r.transfer))
            """)
        return try rows.first.map { TransferID(try $0.decode(UUID.self, at: 0)) }
    }

    /// Makes an overdue loan active again, because nothing of it is overdue any more.
    /// - Parameter posting: the cause: a repayment; or the disbursement if an ageing has found it.
    static func catchUp(
        _ loan: inout Loan, on day: BusinessDate, from posting: TransferID?, _ unit: UnitOfWork
    ) throws -> Emission {
        try loan.step(.catchUp, on: day, at: "/asOf")
        let fact = LoanCaughtUp(
            loan.subject, outstandingFen: loan.outstanding, businessDate: day, posting: posting)
        return try Loans.record(
            fact, of: &loan, on: day, as: unit.id(of: "\(loan.id)"), unit)
    }
}

extension RefusalCode {
    static let ageingExists = RefusalCode(
        "ageing_exists", "the id of an ageing that did not happen yet")
}
