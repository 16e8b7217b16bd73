import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// How a loan is told, now and on a day of the past, on a real database.
@Suite struct FundingLoanQueryTests {
    typealias Samples = FundingSamples
    private let world: FundingWorld
    private let fund: FundID

    init() throws {
        world = try FundingWorld.withPublishers()
        fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
    }

    private func told(_ loan: LoanID, on day: String? = nil) throws -> LoanAnswer {
        try world.answer(
            LoanAnswer.self, GetLoan(loan: loan, asOf: try day.map { try Samples.date($0) }))
    }

    @Test func `a loan is told with its rule, and what is due and paid of its instalments`() throws
    {
        let borrower = try world.mother()
        let loan = try world.activeLoan(of: .yuan(12_000), from: fund, by: borrower)
        try world.accept(try Samples.repay(.yuan(1_500), of: loan, on: "2019-06-01"))
        let told = try told(loan, on: "2019-06-01")
        #expect((told.loan.borrower, told.loan.fund) == (borrower, fund))
        #expect(told.loan.state == "overdue")
        #expect(told.loan.outstandingFen == .yuan(10_500))
        #expect(told.rule?.version == 1)
        #expect(told.rule?.maximumFen == .yuan(30_000))
        #expect((told.dueFen, told.paidFen) == (.yuan(2_000), .yuan(1_500)))
        #expect(told.overdueFen == .yuan(500))
        #expect(told.schedule.map(\.number) == Array(1...12))
        #expect(told.schedule.prefix(3).map(\.paidFen) == [.yuan(1_000), .yuan(500), .zero])
        #expect(told.schedule.first?.dueOn == (try Samples.date("2019-04-19")))
        #expect(told.postings.map(\.kind) == [.reserve, .disbursement, .repayment])
        #expect(told.next == nil)
        #expect(try world.reads(of: loan.uuid, by: GetLoan.self) == 1)
        #expect(try world.reads(of: borrower.uuid, by: GetLoan.self) == 1)
    }

    @Test func `without a day it is in the state in which the next step finds it`() throws {
        let loan = try world.activeLoan(of: .yuan(12_000), from: fund)
        // No ageing has found yet that years have passed.
        let now = try told(loan)
        #expect(now.loan.state == "active")
        #expect(now.loan.since == (try Samples.date("2019-03-19")))
        #expect(now.overdueFen == .yuan(12_000))
        #expect(try told(loan, on: "2020-01-01").loan.state == "overdue")
    }

    @Test func `each day of the past has its state`() throws {
        let loan = try world.activeLoan(of: .yuan(12_000), from: fund)
        try world.accept(try Samples.repay(.yuan(2_000), of: loan, on: "2019-05-01"))
        try world.accept(try Samples.writeOff(loan, on: "2020-03-01"))
        for (day, state, owed) in [
            ("2019-03-01", "applied", 0), ("2019-03-04", "applied", 0),
            ("2019-03-05", "endorsed", 0), ("2019-03-12", "approved", 0),
            ("2019-03-18", "approved", 0), ("2019-03-19", "active", 12_000),
            ("2019-04-20", "overdue", 12_000), ("2019-05-01", "active", 10_000),
            ("2020-02-29", "overdue", 10_000), ("2020-03-01", "written_off", 0),
        ] {
            let told = try told(loan, on: day)
            #expect(told.loan.state == state, "\(day)")
            #expect(told.loan.outstandingFen == .yuan(Int64(owed)), "\(day)")
            #expect(told.schedule.isEmpty == (day < "2019-03-19"), "\(day)")
        }
        #expect(
            try world.refusal(
                GetLoan(loan: loan, asOf: try Samples.date("2019-02-28")), by: "street")
                == "date_too_early /data/asOf")
    }

    @Test func `repayments count from their own days, whatever their order`() throws {
        let loan = try world.activeLoan(of: .yuan(12_000), from: fund)
        try world.accept(try Samples.repay(.yuan(6_000), of: loan, on: "2019-07-01"))
        try world.accept(try Samples.repay(.yuan(6_000), of: loan, on: "2019-05-01"))
        #expect(try told(loan).loan.state == "repaid")
        #expect(try told(loan, on: "2019-06-01").loan.state == "active")
        #expect(try told(loan, on: "2019-06-01").loan.outstandingFen == .yuan(6_000))
        #expect(try told(loan, on: "2019-07-01").loan.state == "repaid")
    }

    @Test func `what was taken back stands on the days before, and not after`() throws {
        let loan = try world.activeLoan(of: .yuan(12_000), from: fund)
        let repayment = RepaymentID(UUID())
        try world.accept(
            try Samples.repay(.yuan(2_000), of: loan, id: repayment, on: "2019-05-01"))
        try world.accept(try Samples.reverse(repayment.uuid, on: "2019-06-01"))
        let before = try told(loan, on: "2019-05-31")
        #expect((before.paidFen, before.loan.outstandingFen) == (.yuan(2_000), .yuan(10_000)))
        #expect(before.postings.compactMap(\.reversedBy).isEmpty)
        let after = try told(loan, on: "2019-06-01")
        #expect((after.paidFen, after.loan.outstandingFen) == (.zero, .yuan(12_000)))
        #expect(after.postings.count == 4)
        #expect(after.postings.last?.reverses == TransferID(repayment.uuid))
        let taken = after.postings.first { $0.transfer == TransferID(repayment.uuid) }
        #expect(taken?.reversedBy == after.postings.last?.transfer)
    }

    @Test func `a withdrawn loan whose release is taken back is approved again`() throws {
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        try world.accept(try Samples.approve(loan))
        try world.accept(WithdrawLoan(loan: loan, withdrawnOn: try Samples.date("2019-04-01")))
        try world.accept(
            try Samples.reverse(try world.transfer(.release, of: fund), on: "2019-05-01"))
        #expect(try told(loan, on: "2019-04-01").loan.state == "withdrawn")
        #expect(try told(loan, on: "2019-05-01").loan.state == "approved")
        #expect(try told(loan).loan.state == "approved")
    }

    @Test func `its postings are paged`() throws {
        let loan = try world.activeLoan(of: .yuan(12_000), from: fund)
        for _ in 0..<3 {
            try world.accept(try Samples.repay(.yuan(1_000), of: loan, on: "2019-06-01"))
        }
        var (seen, after): ([TransferID], TransferID?) = ([], nil)
        repeat {
            let page = try world.answer(
                LoanAnswer.self, GetLoan(loan: loan, after: after, limit: 2))
            #expect(page.postings.count <= 2)
            seen += page.postings.map(\.transfer)
            after = page.next
        } while after != nil
        #expect(seen == (try told(loan)).postings.map(\.transfer))
        #expect(seen.count == 5)
        let foreign = GetLoan(loan: loan, after: TransferID(UUID()))
        #expect(try world.refusal(foreign, by: "operator") == "unknown_transfer /data/after")
        #expect(try world.refusal(foreign, by: "street") == "out_of_scope /data/after")
    }

    @Test func `an unknown loan is named to the operator, and to nobody else`() throws {
        let loan = try world.activeLoan(of: .yuan(12_000), from: fund)
        let unknown = GetLoan(loan: LoanID(UUID()))
        #expect(try world.refusal(unknown, by: "operator") == "unknown_loan /data/loan")
        #expect(try world.refusal(unknown, by: "stranger") == "out_of_scope /data/loan")
        #expect(
            try world.refusal(GetLoan(loan: loan), by: "stranger") == "out_of_scope /data/loan")
    }

    @Test func `the loan of an erased person is told by ids as before`() throws {
        let borrower = try world.mother()
        let loan = try world.activeLoan(of: .yuan(12_000), from: fund, by: borrower)
        try world.bench.take(
            try Samples.erased(borrower), subject: borrower.uuid, sequence: 2)
        #expect(try told(loan).loan.borrower == borrower)
        let listed = try world.answer(
            LoansAnswer.self,
            ListLoans(territory: Samples.territory(Samples.subdistrict), borrower: borrower))
        #expect(listed.loans.map(\.loan) == [loan])
    }
}
