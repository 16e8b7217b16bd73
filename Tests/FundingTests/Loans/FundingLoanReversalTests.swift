import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding

/// Postings of loans that are taken back, on a database.
@Suite struct FundingLoanReversalTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    private func state(_ loan: LoanID) throws -> String? {
        try world.bench.connection.run("SELECT state FROM loan WHERE id = \(loan.uuid)").first?
            .decode(String.self, at: 0)
    }

    @Test("Each posting of a loan is taken back, the latest first, down to the endorsement")
    func loan() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(50_000), to: fund))
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        try world.accept(try Samples.repay(.yuan(5_000), of: loan))
        try world.accept(try Samples.writeOff(loan))
        for kind in [TransferKind.repayment, .disbursement, .reserve] {
            #expect(try world.refusal(kind, of: fund) == "later_first /data/transfer")
        }
        try world.reverse(.writeOff, of: fund)
        #expect(try state(loan) == "active")
        #expect(try world.refusal(.disbursement, of: fund) == "later_first /data/transfer")
        try world.reverse(.repayment, of: fund)
        #expect(try world.balance(.receivable, of: fund) == 2_000_000)
        #expect(try world.reverse(.disbursement, of: fund) == "approved")
        #expect(try state(loan) == "approved")
        try world.reverse(.reserve, of: fund)
        #expect(try state(loan) == "endorsed")
        #expect(try world.balance(.cash, of: fund) == 5_000_000)
        let facts = world.facts(TransferReversed.self)
        try #require(facts.map(\.subject) == Array(repeating: loan.uuid, count: 4))
        #expect(facts[1].record != loan.uuid)
        #expect(facts[2].record == loan.uuid)
        #expect(facts.allSatisfy { $0.territory.rawValue == Samples.community })
        // It goes on from there.
        try world.accept(try Samples.approve(loan, on: "2020-06-02"))
        try world.accept(try Samples.disburse(loan, on: "2020-06-03"))
        try world.expectSoundBooks()
    }

    @Test("The last repayment is taken back: the loan is owed again, and overdue when it is aged")
    func lastRepayment() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(50_000), to: fund))
        let borrower = try world.mother()
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund, by: borrower)
        let repayment = try Samples.repay(.yuan(20_000), of: loan)
        try world.accept(repayment)
        #expect(try state(loan) == "repaid")
        let again = try Samples.apply(by: borrower, to: fund, on: "2019-08-01")
        try world.accept(again)
        #expect(try world.refusal(.repayment, of: fund) == "open_loan /data/transfer")
        try world.accept(
            WithdrawLoan(loan: again.loan, withdrawnOn: try Samples.date("2019-08-02")))
        try world.reverse(.repayment, of: fund)
        #expect(try state(loan) == "active")
        #expect(world.facts(TransferReversed.self).first?.record == repayment.repayment.uuid)
        let day = try Samples.date("2020-06-02")
        try world.accept(AgeLoans(ageing: AgeingID(UUID()), fund: fund, asOf: day))
        #expect(world.facts(LoanFellOverdue.self).map(\.overdueFen) == [.yuan(20_000)])
        try world.expectSoundBooks()
    }

    @Test("The release of a withdrawn loan is taken back while the fund still has the money")
    func release() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(20_000), to: fund))
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        try world.accept(try Samples.approve(loan))
        try world.accept(WithdrawLoan(loan: loan, withdrawnOn: try Samples.date("2019-04-01")))
        try world.reverse(.release, of: fund)
        #expect(try state(loan) == "approved")
        #expect(try world.balance(.reserved, of: fund) == 2_000_000)
    }
}
