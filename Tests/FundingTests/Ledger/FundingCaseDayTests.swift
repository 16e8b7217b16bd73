import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// The days of one loan, grant, donation or policy, which the accounts of its fund might hide, on a database.
@Suite struct FundingCaseDayTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    /// A fund that others owe enough, so that its accounts say nothing of one loan.
    private func lending() throws -> FundID {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(200_000), to: fund))
        for _ in 0..<2 { _ = try world.activeLoan(of: .yuan(30_000), from: fund) }
        return fund
    }

    private func answer(_ command: any Command) throws -> String {
        let answer = try world.bench.decide(command)
        return "\(answer.code ?? "accepted") \(answer.pointer ?? "") \(answer.expected ?? "")"
    }

    // MARK: Loans

    @Test("A disbursement is not taken back as of a day before the latest posting of its loan")
    func disbursement() throws {
        let fund = try lending()
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        let paidOut = try posting(.disbursement, of: loan)
        let repayment = try Samples.repay(.yuan(5_000), of: loan, on: "2019-04-01")
        try world.accept(repayment)
        try world.accept(try Samples.reverse(repayment.repayment.uuid, on: "2019-05-01"))
        #expect(
            try answer(try Samples.reverse(paidOut, on: "2019-04-15"))
                == "date_too_early /data/businessDate a date from 2019-05-01 on")
        let report = try LedgerAgedReceivables.report(
            world.bench.connection, fund: fund.uuid, asOf: try Samples.date("2019-04-20"))
        #expect(report.problems.isEmpty)
        try world.accept(try Samples.reverse(paidOut, on: "2019-05-01"))
        try world.expectSoundBooks()
    }

    @Test("A repayment that is dated before another one was taken back is bounded by what was owed")
    func repayment() throws {
        let fund = try lending()
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        let wrong = try Samples.repay(.yuan(15_000), of: loan, on: "2019-04-01")
        try world.accept(wrong)
        try world.accept(try Samples.reverse(wrong.repayment.uuid, on: "2019-06-01"))
        #expect(
            try answer(try Samples.repay(.yuan(5_001), of: loan, on: "2019-04-01"))
                == "more_than_owed /data/amountFen "
                + "at most 500000 fen, which were owed on each day from 2019-04-01 on")
        try world.accept(try Samples.repay(.yuan(5_000), of: loan, on: "2019-04-01"))
        #expect(
            try world.refusal(try Samples.repay(.yuan(1), of: loan, on: "2019-05-31"))
                == "more_than_owed /data/amountFen")
        try world.accept(try Samples.repay(.yuan(15_000), of: loan, on: "2019-06-01"))
        try world.expectSoundBooks()
    }

    @Test("Two such repayments of one batch are bounded together, by the database")
    func batch() throws {
        let fund = try lending()
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        let wrong = try Samples.repay(.yuan(15_000), of: loan, on: "2019-04-01")
        try world.accept(wrong)
        try world.accept(try Samples.reverse(wrong.repayment.uuid, on: "2019-06-01"))
        let answers = try world.bench.decide(
            try (0..<2).map { _ in try Samples.repay(.yuan(3_000), of: loan, on: "2019-05-01") })
        #expect(answers.map(\.code) == [nil, "more_than_owed"])
        #expect(answers.last?.pointer == "/data/amountFen")
        let found = world.violation(
            """
            INSERT INTO repayment (id, loan, amount_fen, business_date)
            VALUES (\(UUID()), \(loan.uuid), 200001::bigint, '2019-05-02')
            """)
        #expect(found?.constraint == "loan_never_overpaid")
        try world.expectSoundBooks()
    }

    /// The latest posting of a kind among those of a loan.
    private func posting(_ kind: TransferKind, of loan: LoanID) throws -> UUID {
        let rows = try world.bench.connection.run(
            """
            SELECT t.id FROM loan_record AS r JOIN transfer AS t ON t.id = r.cause
            WHERE r.loan = \(loan.uuid) AND t.kind = \(kind.rawValue) ORDER BY r.number DESC LIMIT 1
            """)
        return try #require(try rows.first?.decode(UUID.self, at: 0))
    }

    // MARK: Grants

    @Test("A grant that was paid has cost nothing less than nothing on any day")
    func grant() throws {
        let (fund, budget) = try world.budget(of: .yuan(5_000), cash: .yuan(5_000))
        let grant = try world.paidGrant(of: .yuan(1_000), from: budget)
        let payment = try world.transfer(.grant, of: fund)
        _ = try world.paidGrant(of: .yuan(3_000), from: budget)
        let back = try Samples.giveBack(.yuan(800), of: grant, on: "2020-03-01")
        try world.accept(back)
        try world.accept(try Samples.reverse(back.grantReturn.uuid, on: "2020-05-01"))
        #expect(
            try answer(try Samples.giveBack(.yuan(201), of: grant, on: "2020-04-01"))
                == "more_than_kept /data/amountFen "
                + "at most 20000 fen, which were left of it on each day from 2020-04-01 on")
        let found = world.violation(
            """
            INSERT INTO grant_return (id, grant_award, amount_fen, business_date)
            VALUES (\(UUID()), \(grant.uuid), 20001::bigint, '2020-04-01')
            """)
        #expect(found?.constraint == "grant_never_below_zero")
        #expect(
            try answer(try Samples.reverse(payment, on: "2020-04-15"))
                == "date_too_early /data/businessDate a date from 2020-05-01 on")
        try world.accept(try Samples.reverse(payment, on: "2020-05-01"))
        try world.expectSoundBooks()
    }

    // MARK: Donations

    @Test("A donation is used up to its amount on each day, though a use of it was taken back")
    func donation() throws {
        let fund = try world.openFund(.donation, programme: "one-yuan-donation")
        let care = try world.openFund(.grant, programme: "warm-care")
        _ = try world.donation(of: .yuan(500), to: fund)
        let donation = try world.donation(of: .yuan(100), to: fund)
        let refund = try Samples.refund(.yuan(70), of: donation, on: "2020-04-02")
        try world.accept(refund)
        try world.accept(try Samples.reverse(refund.refund.uuid, on: "2020-06-01"))
        let line = AllocationLine(fund: care, amountFen: .yuan(40))
        #expect(
            try answer(try Samples.allocate(donation, [line], on: "2020-05-01"))
                == "more_than_left /data/lines "
                + "at most 3000 fen, which were left of it on each day from 2020-05-01 on")
        #expect(
            try world.refusal(try Samples.refund(.yuan(31), of: donation, on: "2020-04-01"))
                == "more_than_left /data/amountFen")
        let found = world.violation(
            """
            INSERT INTO refund (id, donation, amount_fen, business_date, staff)
            VALUES (\(UUID()), \(donation.uuid), 3001::bigint, '2020-04-01', \(UUID()))
            """)
        #expect(found?.constraint == "donation_never_overspent")
        #expect(
            try answer(try Samples.reverse(donation.uuid, on: "2020-05-01"))
                == "date_too_early /data/businessDate a date from 2020-06-01 on")
        try world.accept(try Samples.allocate(donation, [line], on: "2020-06-01"))
        try world.expectSoundBooks()
    }

    // MARK: Premiums

    @Test("A premium is given back and taken back in the order of its days")
    func premium() throws {
        let cover = try FundingCover()
        let world = cover.world
        let (run, insured) = try cover.insuredFamily()
        let early = try cover.terminate(run, insured, from: "2020-10-01", paid: "2019-12-19")
        #expect(try world.refusal(early) == "date_too_early /data/businessDate")
        try world.accept(try cover.terminate(run, insured, from: "2020-10-01"))
        let premium = try cover.premium()
        try world.accept(
            try Samples.reverse(
                try world.transfer(.premiumReturn, of: cover.fund), on: "2020-12-01"))
        let again = try cover.terminate(run, insured, from: "2020-10-01", paid: "2020-11-30")
        #expect(try world.refusal(again) == "date_too_early /data/businessDate")
        #expect(
            try world.refusal(try Samples.reverse(premium, on: "2020-11-30"))
                == "date_too_early /data/businessDate")
        try world.accept(try Samples.reverse(premium, on: "2020-12-01"))
        try world.expectSoundBooks()
    }
}
