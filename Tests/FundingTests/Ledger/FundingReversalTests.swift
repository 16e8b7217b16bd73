import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Postings that are taken back, on a database.
@Suite struct FundingReversalTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

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
            let codes = try Threads.run(3) { _, ready in
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
        #expect(try world.refusal(.deposit, of: fund) == "fund_exhausted /data/businessDate")
        try world.accept(try Samples.repay(.yuan(20_000), of: loan, on: "2020-05-01"))
        // Lent again from a later day on, of which the reversal must leave enough.
        let next = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        try world.accept(try Samples.approve(next, on: "2020-07-01"))
        #expect(try world.refusal(.deposit, of: fund) == "fund_exhausted /data/businessDate")
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
                    INSERT INTO reversal (id, transfer, subject, business_date, staff)
                    VALUES (\(id), \(command.deposit.uuid), \(command.deposit.uuid), \(day),
                            \(id))
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
}

extension FundingWorld {
    /// Takes back the latest posting of a kind.
    /// - Returns: the state of the record that the receipt tells, if it does.
    @discardableResult
    func reverse(
        _ kind: TransferKind, of fund: FundID, on day: String = "2020-06-01"
    ) throws -> String? {
        let answer = try accept(
            try FundingSamples.reverse(try transfer(kind, of: fund), on: day))
        try expectSoundBooks()
        return Receipt(body: answer.body)?.outcome?.state
    }

    /// Code and place with which taking back the latest posting of a kind is refused; nil if it is not.
    func refusal(_ kind: TransferKind, of fund: FundID) throws -> String? {
        try refusal(try FundingSamples.reverse(try transfer(kind, of: fund)))
    }
}
