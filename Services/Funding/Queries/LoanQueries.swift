import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Answers about loans: how one stands on a day, and which there are.
enum LoanQueries {
    static func loan(_ query: GetLoan, _ unit: UnitOfWork) throws -> LoanAnswer {
        let loan = try find(query.loan, at: "/loan", unit)
        let day = query.asOf ?? max(unit.days.today, loan.lastOn)
        let books = try LoanBooks.read(loan, on: day, unit)
        var summary = loan.summary
        if query.asOf != nil {
            summary.state = try books.state(of: loan, on: day, unit).rawValue
            (summary.since, summary.disbursedOn) = (nil, books.disbursedOn)
            summary.outstandingFen = books.owed
        }
        let schedule = books.schedule(of: loan)
        let (postings, next) = try page(of: loan, on: day, query, unit)
        unit.logReading(of: [loan.key, loan.borrower.uuid])
        return LoanAnswer(
            loan: summary, asOf: day, rule: try LoanRules.version(of: loan, unit)?.answer,
            dueFen: schedule?.due(before: day.adding(days: 1)) ?? .zero, paidFen: books.repaid,
            overdueFen: books.overdue(schedule, on: day),
            schedule: schedule.map { $0.instalments(paid: books.repaid) } ?? [],
            postings: postings, next: next)
    }

    private static func page(
        of loan: Loan, on day: BusinessDate, _ query: GetLoan, _ unit: UnitOfWork
    ) throws -> (postings: [PostingAnswer], next: TransferID?) {
        let own = LoanBooks.postings(of: loan, until: day)
        var last: (day: BusinessDate, id: UUID)?
        if let after = query.after {
            let rows = try unit.query(
                "\(part: own) SELECT business_date FROM posting WHERE id = \(after)")
            guard let row = rows.first else {
                throw FundingQueries.unknown(.unknownTransfer, at: "/after", unit)
            }
            last = (try row.decode(BusinessDate.self, at: 0), after.uuid)
        }
        let limit = query.limit ?? FundingPage.usual
        let rows = try unit.query(
            """
            \(part: own)
            SELECT id, kind, debit, credit, amount_fen, business_date, cause, reverses, reversed_by
            FROM posting
            WHERE (\(last == nil) OR (business_date, id) > (\(last?.day), \(last?.id)))
            ORDER BY business_date, id LIMIT \(limit + 1)
            """)
        return try PostingAnswer.page(rows, limit)
    }

    static func loans(_ query: ListLoans, _ unit: UnitOfWork) throws -> LoansAnswer {
        try FundingQueries.requireState(query.state, LoanState.allCases)
        let last = try query.after.map { try find($0, at: "/after", unit) }
        var borrower: [UUID]?
        if let id = query.borrower {
            let person = try FundingQueries.person(
                id, else: .unknownBorrower, at: "/borrower", unit)
            borrower = try Persons.ids(of: person.id, unit).map(\.uuid)
        }
        let limit = query.limit ?? FundingPage.usual
        let ids = try unit.query(
            """
            SELECT id FROM loan
            WHERE territory >= \(query.territory) AND territory < \(query.territory) || ':'
              AND (\(borrower == nil) OR borrower = ANY(\(borrower ?? [])))
              AND (\(query.fund == nil) OR fund = \(query.fund))
              AND (\(query.state == nil) OR state = \(query.state))
              AND (\(last == nil) OR (territory, id) > (\(last?.territory), \(last?.key)))
            ORDER BY territory, id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        let page = try AnswerPage(unit.find(Loan.self, all: ids), limit) {
            try unit.covers($0.territory)
        }
        unit.logReading(of: page.records.map(\.borrower.uuid))
        return LoansAnswer(
            loans: page.records.map(\.summary), next: page.next.map { LoanID($0.uuid) })
    }

    private static func find(
        _ id: LoanID, at pointer: String, _ unit: UnitOfWork
    ) throws -> Loan {
        guard let loan = try unit.find(Loan.self, id.uuid) else {
            throw FundingQueries.unknown(.unknownLoan, at: pointer, unit)
        }
        try unit.requireScope(loan.territory, at: pointer)
        return loan
    }
}

extension Loan {
    fileprivate var summary: LoanSummary {
        LoanSummary(
            loan: id, fund: fund, programme: programme, borrower: borrower, territory: territory,
            principalFen: principal, termMonths: Int(termMonths), ruleVersion: Int(ruleVersion),
            state: state.rawValue, since: since, disbursedOn: disbursedOn,
            outstandingFen: outstanding)
    }
}

extension LoanRule {
    fileprivate var answer: LoanRuleAnswer {
        LoanRuleAnswer(
            version: Int(version), validFrom: validFrom, minimumFen: minimum, maximumFen: maximum,
            borrowerSex: borrowerSex, maximumTermMonths: Int(maximumTermMonths),
            approvalDays: Int(approvalDays))
    }
}

extension LoanSchedule {
    /// All instalments. What was paid back counts for the earliest first.
    fileprivate func instalments(paid: Fen) -> [InstalmentAnswer] {
        var left = paid
        return (1...months).map { number in
            let amount = instalment(number)
            let part = min(left, amount)
            left = left - part
            return InstalmentAnswer(
                number: number, dueOn: dueDay(number), amountFen: amount, paidFen: part)
        }
    }
}
