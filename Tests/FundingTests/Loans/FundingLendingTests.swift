import Foundation
import Messages
import People
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Loans on a database: the money they move, and that the fund is never over-lent.
@Suite struct FundingLendingTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    private func balances(_ fund: FundID) throws -> [Int64] {
        try [Account.cash, .reserved, .receivable, .losses].map {
            try world.balance($0, of: fund) / 100
        }
    }

    @Test("A loan goes from application to the last repayment, and the capital is whole again")
    func life() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(50_000), to: fund))
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        #expect(try balances(fund) == [50_000, 0, 0, 0])
        try world.accept(try Samples.approve(loan))
        #expect(try balances(fund) == [30_000, 20_000, 0, 0])
        try world.accept(try Samples.disburse(loan))
        #expect(try balances(fund) == [30_000, 0, 20_000, 0])
        try world.accept(try Samples.repay(.yuan(5_000), of: loan))
        try world.accept(try Samples.repay(.yuan(15_000), of: loan))
        #expect(try balances(fund) == [50_000, 0, 0, 0])
        #expect(world.facts(LoanRepaid.self).map(\.outstandingFen) == [.yuan(15_000), .zero])
        let sequences = world.bench.facts.filter { $0.header.subject == loan.description }
            .map(\.header.sequence)
        #expect(sequences == [1, 2, 3, 4, 5, 6])
        #expect(try world.count("SELECT count(*) FROM loan_record") == 6)
        try world.expectSoundBooks()
    }

    @Test("The receipt of a repayment says whether the loan is repaid")
    func outcome() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(50_000), to: fund))
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        let states = try [Fen.yuan(5_000), .yuan(15_000)].map { amount in
            let answer = try world.bench.decide(Samples.repay(amount, of: loan))
            return Receipt(body: answer.body)?.outcome?.state
        }
        #expect(states == ["active", "repaid"])
    }

    @Test("What is written off becomes a loss of the fund")
    func writeOff() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(50_000), to: fund))
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        try world.accept(try Samples.repay(.yuan(5_000), of: loan))
        try world.accept(try Samples.writeOff(loan))
        #expect(try balances(fund) == [35_000, 0, 0, 15_000])
        #expect(world.facts(LoanWrittenOff.self).map(\.amountFen) == [.yuan(15_000)])
        try world.expectSoundBooks()
    }

    @Test("An approved loan that is withdrawn gives its reserve back")
    func withdrawn() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(20_000), to: fund))
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        try world.accept(try Samples.approve(loan))
        #expect(try balances(fund) == [0, 20_000, 0, 0])
        let day = try Samples.date("2019-04-01")
        try world.accept(WithdrawLoan(loan: loan, withdrawnOn: day))
        #expect(try balances(fund) == [20_000, 0, 0, 0])
        try world.expectSoundBooks()
        // It is free again from the day of the withdrawal on, and not before.
        let next = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        #expect(
            try world.refusal(try Samples.approve(next, on: "2019-03-31"))
                == "fund_exhausted /data/approvedOn")
        try world.accept(try Samples.approve(next, on: "2019-04-01"))
        try world.expectSoundBooks()
    }

    // MARK: Never over-lent

    @Test("A reserve counts against the fund before the money is paid out")
    func reserved() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(30_000), to: fund))
        let first = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        let second = try world.endorsedLoan(of: .yuan(10_001), from: fund)
        try world.accept(try Samples.approve(first))
        #expect(
            try world.refusal(try Samples.approve(second)) == "fund_exhausted /data/approvedOn")
        let third = try world.endorsedLoan(of: .yuan(10_000), from: fund)
        try world.accept(try Samples.approve(third))
        #expect(try balances(fund) == [0, 30_000, 0, 0])
        try world.expectSoundBooks()
    }

    @Test("An approval dated back is refused when the money was not there, or is gone later")
    func datedBack() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(20_000), to: fund, on: "2019-03-10"))
        let first = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        let second = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        #expect(
            try world.refusal(try Samples.approve(first, on: "2019-03-09"))
                == "fund_exhausted /data/approvedOn")
        try world.accept(try Samples.approve(first, on: "2019-04-20"))
        // On 15 March there are 20,000 yuan, which the first loan needs on 20 April.
        #expect(
            try world.refusal(try Samples.approve(second, on: "2019-03-15"))
                == "fund_exhausted /data/approvedOn")
        try world.expectSoundBooks()
    }

    @Test("What is repaid is lent again, from the day of the repayment on")
    func revolving() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(20_000), to: fund))
        let first = try world.activeLoan(of: .yuan(20_000), from: fund)
        let second = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        try world.accept(try Samples.repay(.yuan(20_000), of: first, on: "2019-09-01"))
        #expect(
            try world.refusal(try Samples.approve(second, on: "2019-08-31"))
                == "fund_exhausted /data/approvedOn")
        try world.accept(try Samples.approve(second, on: "2019-09-01"))
        try world.expectSoundBooks()
    }

    @Test("Of several approvals in one batch, those that the fund cannot bear are refused")
    func oneBatch() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(50_000), to: fund))
        let loans = try (0..<4).map { _ in try world.endorsedLoan(of: .yuan(20_000), from: fund) }
        let more = try Samples.deposit(.yuan(20_000), to: fund)
        var batch: [any Command] = try loans.prefix(3).map { try Samples.approve($0) }
        batch += [more, try Samples.approve(loans[3])]
        let answers = try world.bench.decide(batch)
        let codes = answers.map(\.code)
        #expect(codes == [nil, nil, "fund_exhausted", nil, nil])
        #expect(try balances(fund) == [10_000, 60_000, 0, 0])
        try world.expectSoundBooks()
    }

    @Test("Of two workers that approve at once what the fund has once, one is refused")
    func atOnce() throws {
        let fund = try world.openFund()
        let url = world.bench.url
        for round in 1...8 {
            try world.accept(try Samples.deposit(.yuan(10_000), to: fund))
            let loans = try (0..<2).map { _ in
                try world.endorsedLoan(of: .yuan(10_000), from: fund)
            }
            let codes = try Threads.run(2) { index, ready in
                let bench = try ServiceBench(Funding.definition, url: url)
                let command = try Samples.approve(loans[index])
                ready()
                return try bench.decide(command).code ?? "accepted"
            }
            #expect(codes.sorted() == ["accepted", "fund_exhausted"], "round \(round)")
        }
        #expect(try balances(fund) == [0, 80_000, 0, 0])
        try world.expectSoundBooks()
    }

    // MARK: One open loan

    @Test("A borrower has one open loan of a fund at a time")
    func openLoan() throws {
        let (fund, other) = (try world.openFund(), try world.openFund())
        try world.accept(try Samples.deposit(.yuan(50_000), to: fund))
        let borrower = try world.mother()
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund, by: borrower)
        let again = try Samples.apply(by: borrower, to: fund, on: "2019-08-01")
        #expect(try world.refusal(again) == "open_loan /data/borrower")
        try world.accept(try Samples.apply(by: borrower, to: other))
        try world.accept(try Samples.repay(.yuan(20_000), of: loan))
        try world.accept(try Samples.apply(by: borrower, to: fund, on: "2019-08-01"))
    }

    @Test("Of two workers that take in applications of one borrower at once, one refuses")
    func openLoanAtOnce() throws {
        let fund = try world.openFund()
        let url = world.bench.url
        for round in 1...5 {
            let borrower = try world.mother()
            let codes = try Threads.run(2) { _, ready in
                let bench = try ServiceBench(Funding.definition, url: url)
                let command = try Samples.apply(by: borrower, to: fund)
                ready()
                return try bench.decide(command).code ?? "accepted"
            }
            #expect(codes.sorted() == ["accepted", "open_loan"], "round \(round)")
        }
    }

    // MARK: Out of order

    @Test("An application that comes before its fund and borrower is taken in when they are there")
    func early() throws {
        let fund = try Samples.fund()
        let mother = try Samples.mother()
        let command = try Samples.apply(by: mother.id, to: fund.id)
        #expect(try world.bench.decide(command).status == "parked")
        let fact = try Samples.registered(mother)
        try world.bench.take(fact, subject: fact.household.uuid, sequence: 1)
        try world.accept(Samples.open(fund))
        #expect(try world.bench.handleParked().map(\.status) == ["accepted"])
        #expect(world.facts(LoanApplied.self).count == 1)
    }

    @Test("The same command again is answered as the first time")
    func duplicate() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(50_000), to: fund))
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        let (id, approval) = (UUID(), try Samples.approve(loan))
        let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        #expect(try world.bench.decide(approval, id: id, time: now).status == "accepted")
        let again = try world.bench.decide(approval, id: id, time: now)
        #expect(again.status == "duplicate")
        #expect(again.first == "accepted")
        #expect(try balances(fund) == [30_000, 20_000, 0, 0])
    }
}
