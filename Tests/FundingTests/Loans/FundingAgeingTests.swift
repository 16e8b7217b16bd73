import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Loans become due and overdue, on a database.
@Suite struct FundingAgeingTests {
    typealias Samples = FundingSamples
    let world: FundingWorld
    let fund: FundID

    init() throws {
        world = try FundingWorld()
        fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
    }

    private func age(_ day: String, id: AgeingID = AgeingID(UUID())) throws -> AgeLoans {
        AgeLoans(ageing: id, fund: fund, asOf: try Samples.date(day))
    }

    private func state(_ loan: LoanID) throws -> String? {
        try world.bench.connection.run("SELECT state FROM loan WHERE id = \(loan.uuid)").first?
            .decode(String.self, at: 0)
    }

    // MARK: The term

    @Test("A loan has the term of the application, or the rule's")
    func term() throws {
        var asked = try Samples.apply(by: try world.mother(), to: fund)
        asked.termMonths = 24
        try world.accept(asked)
        let other = try Samples.apply(by: try world.mother(), to: fund)
        try world.accept(other)
        for (loan, term) in [(asked.loan, 24), (other.loan, 12)] {
            try world.accept(try Samples.endorse(loan))
            try world.accept(try Samples.approve(loan))
            try world.accept(try Samples.disburse(loan))
            #expect(world.facts(LoanDisbursed.self).last?.termMonths == term)
        }
        var long = try Samples.apply(by: try world.mother(), to: fund)
        long.termMonths = 37
        #expect(try world.refusal(long) == "term_too_long /data/termMonths")
    }

    // MARK: Overdue

    @Test("A loan falls overdue the day after an instalment is due, and catches up when it is paid")
    func overdue() throws {
        // 20,000 yuan in 12 instalments from 19 March 2019: 1,666.66 yuan on 19 April.
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        try world.accept(try age("2019-04-19"))
        #expect(try state(loan) == "active")
        try world.accept(try age("2019-04-20"))
        #expect(try state(loan) == "overdue")
        let fell = try #require(world.facts(LoanFellOverdue.self).first)
        #expect(fell.overdueFen == Fen(166_666))
        #expect(fell.outstandingFen == .yuan(20_000))
        #expect(fell.businessDate.description == "2019-04-20")
        try world.accept(try Samples.repay(Fen(166_665), of: loan, on: "2019-04-25"))
        #expect(try state(loan) == "overdue")
        try world.accept(try Samples.repay(Fen(1), of: loan, on: "2019-04-26"))
        #expect(try state(loan) == "active")
        #expect(world.facts(LoanCaughtUp.self).map(\.outstandingFen) == [Fen(1_833_334)])
        let sequences = world.bench.facts.filter { $0.header.subject == loan.description }
            .map(\.header.sequence)
        #expect(sequences == [1, 2, 3, 4, 5, 6, 7, 8])
        try world.expectSoundBooks()
    }

    @Test("A fact that a loan fell overdue or caught up names the posting that it follows from")
    func postings() throws {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        try world.accept(try age("2019-04-20"))
        let first = try world.transfer(.disbursement, of: fund)
        try world.accept(try Samples.reverse(first, on: "2019-04-21"))
        try world.accept(try Samples.disburse(loan, on: "2019-04-21"))
        try world.accept(try age("2019-05-22"))
        let repayment = try Samples.repay(.yuan(2_000), of: loan, on: "2019-05-23")
        try world.accept(repayment)
        let second = try world.transfer(.disbursement, of: fund)
        #expect(
            world.facts(LoanFellOverdue.self).map(\.posting)
                == [TransferID(first), TransferID(second)])
        #expect(
            world.facts(LoanCaughtUp.self).map(\.posting) == [TransferID(repayment.repayment.uuid)])
    }

    @Test("An overdue loan may be repaid at once, or be written off")
    func settled() throws {
        let (first, second) = (
            try world.activeLoan(of: .yuan(20_000), from: fund),
            try world.activeLoan(of: .yuan(10_000), from: fund)
        )
        try world.accept(try age("2019-08-01"))
        #expect(world.facts(LoansAged.self).map(\.fellOverdue) == [2])
        try world.accept(try Samples.repay(.yuan(20_000), of: first, on: "2019-08-02"))
        try world.accept(try Samples.writeOff(second))
        #expect(try state(first) == "repaid")
        #expect(try state(second) == "written_off")
        #expect(try world.balance(.losses, of: fund) == 1_000_000)
        try world.expectSoundBooks()
    }

    @Test("A repayment dated back is taken in, though the loan fell overdue since")
    func datedBack() throws {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        try world.accept(try age("2019-04-20"))
        try world.accept(try Samples.repay(.yuan(2_000), of: loan, on: "2019-04-18"))
        #expect(try state(loan) == "active")
        try world.accept(try age("2019-04-20"))
        #expect(try state(loan) == "active")
    }

    @Test("A borrower with an overdue loan gets no other one of the fund")
    func stillOpen() throws {
        let borrower = try world.mother()
        _ = try world.activeLoan(of: .yuan(20_000), from: fund, by: borrower)
        try world.accept(try age("2019-08-01"))
        let again = try Samples.apply(by: borrower, to: fund, on: "2019-08-02")
        #expect(try world.refusal(again) == "open_loan /data/borrower")
    }

    // MARK: Expiry

    @Test("An approval that nobody used for more than 90 days expires and frees its reserve")
    func expiry() throws {
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        // Approved on 12 March 2019.
        try world.accept(try Samples.approve(loan))
        try world.accept(try age("2019-06-10"))
        #expect(try state(loan) == "approved")
        try world.accept(try age("2019-06-11"))
        #expect(try state(loan) == "expired")
        #expect(try world.balance(.reserved, of: fund) == 0)
        #expect(try world.balance(.cash, of: fund) == 10_000_000)
        #expect(world.facts(LoanExpired.self).map(\.loan) == [loan])
        #expect(world.facts(LoansAged.self).map(\.expired) == [0, 1])
        #expect(
            try world.refusal(try Samples.disburse(loan, on: "2019-07-01"))
                == "approval_lapsed /data/businessDate")
        try world.expectSoundBooks()
    }

    @Test("An approval expires once, however many workers age at once")
    func atOnce() throws {
        let url = world.bench.url
        let fund = fund
        for round in 1...3 {
            let loans = try (0..<2).map { _ in
                try world.endorsedLoan(of: .yuan(10_000), from: fund)
            }
            for loan in loans { try world.accept(try Samples.approve(loan)) }
            let expired = try Threads.run(4) { _, ready in
                let bench = try ServiceBench(Funding.definition, url: url)
                let command = AgeLoans(
                    ageing: AgeingID(UUID()), fund: fund, asOf: try Samples.date("2019-09-01"))
                ready()
                try bench.decide(command)
                return bench.facts.compactMap { $0.payload as? LoanExpired }.count
            }
            #expect(expired.reduce(0, +) == 2, "round \(round)")
            #expect(try world.balance(.reserved, of: fund) == 0, "round \(round)")
        }
        try world.expectSoundBooks()
    }

    // MARK: The command

    @Test("Ageing is decided once, and changes nothing the second time")
    func once() throws {
        _ = try world.activeLoan(of: .yuan(20_000), from: fund)
        let command = try age("2019-08-01")
        try world.expectOnce(command)
        #expect(try world.refusal(command) == "ageing_exists /data/ageing")
        try world.accept(try age("2019-08-01"))
        #expect(world.facts(LoanFellOverdue.self).count == 1)
        #expect(world.facts(LoansAged.self).map(\.isComplete) == [true, true])
    }

    @Test("Ageing waits for its fund, and is for revolving funds")
    func refused() throws {
        let fund = try Samples.fund()
        let early = AgeLoans(
            ageing: AgeingID(UUID()), fund: fund.id, asOf: try Samples.date("2019-08-01"))
        try world.expectWait(early) { try world.accept(Samples.open(fund)) }
        let grant = try world.openFund(.grant)
        let wrong = AgeLoans(
            ageing: AgeingID(UUID()), fund: grant, asOf: try Samples.date("2019-08-01"))
        #expect(try world.refusal(wrong) == "wrong_fund_kind /data/fund")
    }

    @Test("Early, partial and last repayments leave the capital whole on every day")
    func identity() throws {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        try world.accept(try Samples.repay(.yuan(15_000), of: loan, on: "2019-04-01"))
        try world.accept(try Samples.repay(.yuan(2_000), of: loan, on: "2019-05-01"))
        try world.accept(try Samples.writeOff(loan, on: "2019-06-01"))
        for (day, receivable, losses) in [
            ("2019-03-18", 0, 0), ("2019-03-19", 20_000, 0), ("2019-04-01", 5_000, 0),
            ("2019-05-01", 3_000, 0), ("2019-06-01", 0, 3_000),
        ] {
            let rows = try world.bench.connection.run(
                """
                SELECT receivable_fen, losses_fen, net_capital_fen, difference_fen
                FROM fund_identity(\(fund.uuid), \(try Samples.date(day)))
                """)
            let row = try #require(rows.first)
            let found = try (0..<4).map { try row.decode(Int64.self, at: $0) / 100 }
            #expect(found == [Int64(receivable), Int64(losses), 100_000, 0], "\(day)")
        }
    }
}
