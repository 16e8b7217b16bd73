import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// Postings that are taken back, on a database.
@Suite struct FundingReversalTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    private func reverse(_ kind: TransferKind, of fund: FundID, on day: String = "2020-06-01")
        throws
    {
        try world.accept(try Samples.reverse(try world.transfer(kind, of: fund), on: day))
        try world.expectSoundBooks()
    }

    private func refusal(_ kind: TransferKind, of fund: FundID) throws -> String? {
        try world.refusal(try Samples.reverse(try world.transfer(kind, of: fund)))
    }

    private func state(_ loan: LoanID) throws -> String? {
        try world.bench.connection.run("SELECT state FROM loan WHERE id = \(loan.uuid)").first?
            .decode(String.self, at: 0)
    }

    // MARK: Any posting

    @Test("A reversal is a posting the other way round, and its fact says what it takes back")
    func deposit() throws {
        let fund = try world.openFund()
        let command = try Samples.deposit(.yuan(500), to: fund)
        try world.accept(command)
        try world.expectOnce(try Samples.reverse(command.deposit.uuid))
        #expect(try world.balance(.cash, of: fund) == 0)
        #expect(try world.balance(.capital, of: fund) == 0)
        #expect(try world.count("SELECT count(*) FROM transfer") == 2)
        let fact = try #require(world.facts(TransferReversed.self).first)
        #expect(fact.kind == .deposit)
        #expect(fact.record == command.deposit.uuid)
        #expect(fact.subject == command.deposit.uuid)
        #expect(fact.amountFen == .yuan(500))
        #expect(fact.postedOn.description == "2019-01-01")
        #expect(fact.businessDate.description == "2020-06-01")
        #expect(fact.territory.rawValue == Samples.district)
        #expect(fact.programme == (try Samples.programme()))
        let made = world.bench.facts.first { $0.payload is FundDeposited }
        #expect(fact.cause == made?.header.causationid)
        try world.expectSoundBooks()
    }

    @Test("A posting is taken back once, and a reversal never")
    func once() throws {
        let fund = try world.openFund()
        let command = try Samples.deposit(.yuan(500), to: fund)
        try world.accept(command)
        let reversal = try Samples.reverse(command.deposit.uuid)
        try world.accept(reversal)
        #expect(try world.refusal(reversal) == "reversal_exists /data/reversal")
        #expect(
            try world.refusal(try Samples.reverse(command.deposit.uuid))
                == "already_reversed /data/transfer")
        #expect(
            try world.refusal(try Samples.reverse(reversal.reversal.uuid))
                == "is_reversal /data/transfer")
    }

    @Test("Of several workers that reverse one posting at once, one does")
    func atOnce() throws {
        let fund = try world.openFund()
        let url = world.bench.url
        for round in 1...4 {
            let command = try Samples.deposit(.yuan(500), to: fund)
            try world.accept(command)
            let codes = try FundingThreads.run(3) { _, ready in
                let bench = try ServiceBench(Funding.definition, url: url)
                let reversal = try Samples.reverse(command.deposit.uuid)
                ready()
                return try bench.decide(reversal).code ?? "accepted"
            }
            #expect(
                codes.sorted() == ["accepted", "already_reversed", "already_reversed"],
                "round \(round)")
        }
        #expect(try world.balance(.cash, of: fund) == 0)
        try world.expectSoundBooks()
    }

    @Test("The district reverses, on the day of the posting or later")
    func refused() throws {
        let fund = try world.openFund()
        let command = try Samples.deposit(.yuan(500), to: fund)
        try world.accept(command)
        let id = command.deposit.uuid
        #expect(
            try world.refusal(try Samples.reverse(id, by: Samples.subdistrict))
                == "wrong_level /data/actor/territory")
        #expect(
            try world.refusal(try Samples.reverse(id, by: "350205"))
                == "outside_territory /data/actor/territory")
        #expect(
            try world.refusal(try Samples.reverse(id, on: "2018-12-31"))
                == "date_too_early /data/businessDate")
    }

    @Test("A reversal waits for its posting")
    func waits() throws {
        let fund = try world.openFund()
        let command = try Samples.deposit(.yuan(500), to: fund)
        try world.expectWait(try Samples.reverse(command.deposit.uuid)) {
            try world.accept(command)
        }
    }

    @Test("Money that was lent or spent on any later day is not taken back")
    func overlent() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(20_000), to: fund))
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        #expect(try refusal(.deposit, of: fund) == "fund_exhausted /data/businessDate")
        try world.accept(try Samples.repay(.yuan(20_000), of: loan, on: "2020-05-01"))
        // Lent again from a later day on, of which the reversal must leave enough.
        let next = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        try world.accept(try Samples.approve(next, on: "2020-07-01"))
        #expect(try refusal(.deposit, of: fund) == "fund_exhausted /data/businessDate")
        try world.expectSoundBooks()
    }

    @Test("The schema takes nothing for a reversal but a posting the other way round, whole")
    func schema() throws {
        let fund = try world.openFund()
        let command = try Samples.deposit(.yuan(500), to: fund)
        try world.accept(command)
        let day = try Samples.date("2020-01-01")
        for (fen, reversal) in [(Int64(49_999), true), (50_000, false)] {
            let id = UUID()
            _ = try world.bench.connection.run("BEGIN")
            if reversal {
                _ = try world.bench.connection.run(
                    """
                    INSERT INTO reversal (id, transfer, business_date, staff, reason)
                    VALUES (\(id), \(command.deposit.uuid), \(day), \(id), 'x')
                    """)
            }
            let violation = world.violation(
                """
                INSERT INTO transfer (id, fund, debit, credit, amount_fen, business_date, kind,
                    cause)
                VALUES (\(id), \(fund.uuid), 'capital', 'cash', \(fen), \(day), 'deposit', \(id))
                """)
            #expect(violation?.constraint == "transfer_accounts", "\(fen)")
            _ = try world.bench.connection.run("ROLLBACK")
        }
    }

    // MARK: Loans

    @Test("Each posting of a loan is taken back, the latest first, down to the endorsement")
    func loan() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(50_000), to: fund))
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        try world.accept(try Samples.repay(.yuan(5_000), of: loan))
        try world.accept(try Samples.writeOff(loan))
        for kind in [TransferKind.repayment, .disbursement, .reserve] {
            #expect(try refusal(kind, of: fund) == "later_first /data/transfer")
        }
        try reverse(.writeOff, of: fund)
        #expect(try state(loan) == "active")
        #expect(try refusal(.disbursement, of: fund) == "later_first /data/transfer")
        try reverse(.repayment, of: fund)
        #expect(try world.balance(.receivable, of: fund) == 2_000_000)
        try reverse(.disbursement, of: fund)
        #expect(try state(loan) == "approved")
        try reverse(.reserve, of: fund)
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
        #expect(try refusal(.repayment, of: fund) == "open_loan /data/transfer")
        try world.accept(
            WithdrawLoan(loan: again.loan, withdrawnOn: try Samples.date("2019-08-02")))
        try reverse(.repayment, of: fund)
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
        try reverse(.release, of: fund)
        #expect(try state(loan) == "approved")
        #expect(try world.balance(.reserved, of: fund) == 2_000_000)
    }

    // MARK: Grants

    @Test("A payment that is taken back is reserved again; a return is paid again")
    func grant() throws {
        let (fund, budget) = try world.budget(of: .yuan(1_000), cash: .yuan(1_000))
        let grant = try world.paidGrant(of: .yuan(1_000), from: budget)
        try world.accept(try Samples.giveBack(.yuan(1_000), of: grant))
        #expect(try refusal(.grant, of: fund) == "later_first /data/transfer")
        try reverse(.grantReturn, of: fund)
        #expect(try world.amounts(of: budget) == [1_000, 0, 1_000])
        try reverse(.grant, of: fund)
        #expect(try world.amounts(of: budget) == [1_000, 1_000, 0])
        #expect(try world.balance(.grantExpense, of: fund) == 0)
        try world.accept(try Samples.pay(grant, on: "2020-06-02"))
        #expect(world.facts(TransferReversed.self).map(\.subject) == [grant.uuid, grant.uuid])
        try world.expectSoundBooks()
    }

    @Test("A return is not taken back when the budget has been reserved for others since")
    func grantBudget() throws {
        let (fund, budget) = try world.budget(of: .yuan(1_000), cash: .yuan(2_000))
        let grant = try world.paidGrant(of: .yuan(1_000), from: budget)
        try world.accept(try Samples.giveBack(.yuan(600), of: grant))
        let other = try world.endorsedGrant(of: .yuan(500), from: budget)
        try world.accept(try Samples.approve(other))
        #expect(try refusal(.grantReturn, of: fund) == "budget_exhausted /data/transfer")
        try world.expectSoundBooks()
    }

    // MARK: Donations

    @Test("A donation is taken back when nothing of it was used; it gives no more then")
    func donation() throws {
        let fund = try world.openFund(.donation, programme: "one-yuan-donation")
        let care = try world.openFund(.grant, programme: "warm-care")
        let donation = try world.donation(of: .yuan(100), to: fund)
        let line = AllocationLine(fund: care, amountFen: .yuan(40))
        try world.accept(try Samples.allocate(donation, [line]))
        try world.accept(try Samples.refund(.yuan(10), of: donation))
        #expect(try refusal(.donation, of: fund) == "later_first /data/transfer")
        try reverse(.allocation, of: fund)
        #expect(try world.balance(.cash, of: care) == 0)
        try reverse(.refund, of: fund)
        #expect(try world.balance(.cash, of: fund) == 10_000)
        try reverse(.donation, of: fund)
        #expect(try world.balance(.donationIncome, of: fund) == 0)
        #expect(
            try world.refusal(try Samples.allocate(donation, [line], on: "2020-07-01"))
                == "more_than_left /data/lines")
        let facts = world.facts(TransferReversed.self)
        #expect(facts.map(\.kind) == [.allocation, .endowment, .refund, .donation])
        #expect(facts.prefix(2).allSatisfy { $0.programme.rawValue == "warm-care" })
        #expect(facts.last?.territory.rawValue == Samples.community)
    }

    @Test("Both sides of an allocation are taken back, whichever is named, if the money is there")
    func endowment() throws {
        let fund = try world.openFund(.donation, programme: "one-yuan-donation")
        let donation = try world.donation(of: .yuan(20_000), to: fund)
        let loans = try world.openFund()
        let line = AllocationLine(fund: loans, amountFen: .yuan(20_000))
        try world.accept(try Samples.allocate(donation, [line]))
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: loans)
        try world.accept(try Samples.approve(loan, on: "2020-04-02"))
        #expect(try refusal(.endowment, of: loans) == "fund_exhausted /data/businessDate")
        try world.accept(WithdrawLoan(loan: loan, withdrawnOn: try Samples.date("2020-04-03")))
        try reverse(.endowment, of: loans)
        #expect(try world.balance(.cash, of: fund) == 2_000_000)
        #expect(try world.balance(.allocated, of: fund) == 0)
        #expect(try world.balance(.capital, of: loans) == 0)
    }

    @Test("An earmark within a fund is taken back, though the cash is spent")
    func earmark() throws {
        let fund = try world.openFund(.donation, programme: "one-yuan-donation")
        let donation = try world.donation(of: .yuan(100), to: fund)
        let line = AllocationLine(fund: fund, basisPoints: 10_000)
        try world.accept(try Samples.allocate(donation, [line]))
        let budget = BudgetID(UUID())
        try world.accept(try Samples.allot(.yuan(100), to: budget, of: fund))
        _ = try world.endorsedGrant(of: .yuan(100), from: budget)
        try reverse(.allocation, of: fund)
        #expect(try world.balance(.capital, of: fund) == 0)
    }
}
