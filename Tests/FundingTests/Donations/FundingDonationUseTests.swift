import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Donations are allocated, refunded and receipted, on a database.
@Suite struct FundingDonationUseTests {
    typealias Samples = FundingSamples
    let world: FundingWorld
    let fund: FundID

    init() throws {
        world = try FundingWorld()
        fund = try world.openFund(.donation, programme: "one-yuan-donation")
    }

    private func line(_ fund: FundID, fen: Int64) -> AllocationLine {
        AllocationLine(fund: fund, amountFen: Fen(fen))
    }

    private func line(_ fund: FundID, share: Int) -> AllocationLine {
        AllocationLine(fund: fund, basisPoints: share)
    }

    // MARK: Allocation

    @Test("A donation goes to funds by amount and by share, out of the one and into the others")
    func allocate() throws {
        let (care, loans) = (
            try world.openFund(.grant, programme: "warm-care"), try world.openFund()
        )
        let donation = try world.donation(of: Fen(100_001), to: fund)
        try world.accept(
            try Samples.allocate(
                donation, [line(care, fen: 30_000), line(loans, share: 3_333)]))
        let fact = try #require(world.facts(DonationAllocated.self).first)
        #expect(fact.amountFen == Fen(63_330))
        #expect(fact.lines.map(\.amountFen) == [Fen(30_000), Fen(33_330)])
        #expect(fact.lines.map(\.programme.rawValue) == ["warm-care", "happiness-project"])
        #expect(fact.leftFen == Fen(36_671))
        #expect(fact.campaign == "one-yuan-donation")
        #expect(try world.balance(.cash, of: fund) == 36_671)
        #expect(try world.balance(.allocated, of: fund) == 63_330)
        #expect(try world.balance(.cash, of: care) == 30_000)
        #expect(try world.balance(.capital, of: loans) == -33_330)
        let sequences = world.bench.facts.filter { $0.header.subject == donation.description }
            .map(\.header.sequence)
        #expect(sequences == [1, 2])
        try world.expectSoundBooks()
    }

    @Test("A donation may stay in its fund for a programme")
    func earmark() throws {
        let donation = try world.donation(of: .yuan(100), to: fund)
        let programme = try Samples.programme("warm-home")
        let line = AllocationLine(fund: fund, programme: programme, basisPoints: 10_000)
        try world.accept(try Samples.allocate(donation, [line]))
        #expect(world.facts(DonationAllocated.self).first?.lines.first?.programme == programme)
        #expect(try world.balance(.cash, of: fund) == 10_000)
        try world.expectSoundBooks()
    }

    @Test("No more is allocated than was given, and not less than a fen to anybody")
    func allocateRefused() throws {
        let (care, loans) = (
            try world.openFund(.grant, programme: "warm-care"), try world.openFund()
        )
        let donation = try world.donation(of: .yuan(100), to: fund)
        try world.accept(try Samples.allocate(donation, [line(care, share: 6_000)]))
        let tiny = try world.donation(of: Fen(1), to: fund)
        let other = try Samples.programme("warm-home")
        let wrong = AllocationLine(fund: loans, programme: other, amountFen: Fen(1))
        let cases: [(any Command, String)] = [
            (
                try Samples.allocate(donation, [line(care, fen: 4_001)]),
                "more_than_left /data/lines"
            ),
            (
                try Samples.allocate(donation, [line(care, share: 4_001)]),
                "more_than_left /data/lines"
            ),
            (
                try Samples.allocate(tiny, [line(loans, share: 5_000), line(care, share: 5_000)]),
                "nothing_to_allocate /data/lines/1"
            ),
            (try Samples.allocate(donation, [wrong]), "programme_mismatch /data/lines/0/programme"),
            (
                try Samples.allocate(donation, [line(care, fen: 1)], by: Samples.subdistrict),
                "wrong_level /data/actor/territory"
            ),
            (
                try Samples.allocate(donation, [line(care, fen: 1)], on: "2020-02-11"),
                "date_too_early /data/businessDate"
            ),
        ]
        for (command, refusal) in cases { #expect(try world.refusal(command) == refusal) }
        let last = try Samples.allocate(donation, [line(care, fen: 4_000)])
        try world.expectOnce(last)
        #expect(try world.refusal(last) == "allocation_exists /data/allocation")
        try world.expectSoundBooks()
    }

    @Test("A restricted campaign gives to its programme and in its territory only")
    func restricted() throws {
        let (care, home) = (
            try world.openFund(.grant, programme: "warm-care"),
            try world.openFund(.grant, programme: "warm-home")
        )
        let elsewhere = try Samples.fund(.grant, programme: "warm-care", territory: "350205")
        try world.accept(Samples.open(elsewhere))
        let restrict = RestrictCampaign(
            campaign: "one-yuan-donation", territory: try Samples.territory(Samples.district),
            programme: try Samples.programme("warm-care"),
            businessDate: try Samples.date("2020-01-01"))
        try world.expectOnce(restrict)
        #expect(try world.refusal(restrict) == "campaign_exists /data/campaign")
        let donation = try world.donation(of: .yuan(100), to: fund)
        #expect(
            try world.refusal(try Samples.allocate(donation, [line(home, fen: 1)]))
                == "campaign_restricted /data/lines/0/programme")
        #expect(
            try world.refusal(try Samples.allocate(donation, [line(elsewhere.id, fen: 1)]))
                == "campaign_restricted /data/lines/0/fund")
        try world.accept(try Samples.allocate(donation, [line(care, fen: 1)]))
        let free = try world.donation(of: .yuan(100), to: fund, campaign: "other")
        try world.accept(try Samples.allocate(free, [line(home, fen: 1)]))
    }

    @Test("An allocation waits for its donation, then for the funds it goes to")
    func waits() throws {
        let care = try Samples.fund(.grant, programme: "warm-care")
        let donation = DonationID(UUID())
        let command = try Samples.allocate(donation, [line(care.id, fen: 1)])
        #expect(try world.bench.decide(command).code == "unknown_donation")
        try world.accept(try Samples.donate(to: fund, id: donation))
        let other = try Samples.allocate(donation, [line(care.id, fen: 1)])
        #expect(try world.bench.decide(other).code == "unknown_fund")
        try world.accept(Samples.open(care))
        try world.bench.hurryParked()
        #expect(try world.bench.handleParked().map(\.status) == ["accepted", "accepted"])
        try world.expectSoundBooks()
    }

    @Test("Of several workers that allocate at once, as many succeed as the donation bears")
    func atOnce() throws {
        let care = try world.openFund(.grant, programme: "warm-care")
        let url = world.bench.url
        for round in 1...4 {
            let donation = try world.donation(of: .yuan(100), to: fund)
            let codes = try Threads.run(3) { _, ready in
                let bench = try ServiceBench(Funding.definition, url: url)
                let line = AllocationLine(fund: care, amountFen: .yuan(60))
                let command = try Samples.allocate(donation, [line])
                ready()
                return try bench.decide(command).code ?? "accepted"
            }
            #expect(
                codes.sorted() == ["accepted", "more_than_left", "more_than_left"],
                "round \(round)")
        }
        try world.expectSoundBooks()
    }

    // MARK: Refund

    @Test("What is not allocated may be given back, once")
    func refund() throws {
        let care = try world.openFund(.grant, programme: "warm-care")
        let donation = try world.donation(of: .yuan(100), to: fund)
        try world.accept(try Samples.allocate(donation, [line(care, share: 2_500)]))
        #expect(
            try world.refusal(try Samples.refund(Fen(7_501), of: donation))
                == "more_than_left /data/amountFen")
        #expect(
            try world.refusal(try Samples.refund(.yuan(1), of: donation, by: Samples.subdistrict))
                == "wrong_level /data/actor/territory")
        let command = try Samples.refund(.yuan(75), of: donation)
        try world.expectOnce(command)
        #expect(try world.refusal(command) == "refund_exists /data/refund")
        #expect(world.facts(DonationRefunded.self).map(\.leftFen) == [.zero])
        #expect(try world.balance(.cash, of: fund) == 0)
        #expect(try world.balance(.donationIncome, of: fund) == -2_500)
        try world.expectSoundBooks()
    }

    @Test("A refund waits for its donation, and needs the cash on every later day")
    func refundWaits() throws {
        let donation = DonationID(UUID())
        let early = try Samples.refund(.yuan(1), of: donation)
        try world.expectWait(early) {
            try world.accept(
                try Samples.donate(.yuan(100), to: fund, id: donation, on: "2020-01-15"))
        }
        let budget = BudgetID(UUID())
        try world.accept(try Samples.allot(.yuan(99), to: budget, of: fund))
        _ = try world.paidGrant(of: .yuan(99), from: budget)
        #expect(
            try world.refusal(try Samples.refund(.yuan(1), of: donation))
                == "fund_exhausted /data/businessDate")
        try world.expectSoundBooks()
    }

    // MARK: Receipts

    @Test("Receipts of a fund and year are numbered from 1, and a donation has one")
    func receipts() throws {
        let donations = try (0..<3).map { _ in try world.donation(of: .yuan(1), to: fund) }
        let answers = try world.bench.decide(
            [
                try Samples.receipt(donations[0]), try Samples.receipt(donations[1]),
                try Samples.receipt(donations[0]),
                try Samples.receipt(donations[2], on: "2021-01-01"),
            ] as [any Command])
        #expect(answers.map(\.code) == [nil, nil, "receipt_exists", nil])
        let facts = world.facts(DonationReceipted.self)
        #expect(facts.map(\.number) == [1, 2, 1])
        #expect(facts.map(\.year) == [2020, 2020, 2021])
        try world.expectSoundBooks()
    }

    @Test("A receipt is given once and waits for its donation; a refunded donation gets none")
    func receiptOnce() throws {
        let donation = DonationID(UUID())
        try world.expectWait(try Samples.receipt(donation)) {
            try world.accept(try Samples.donate(to: fund, id: donation))
        }
        let other = try world.donation(of: .yuan(1), to: fund)
        try world.expectOnce(try Samples.receipt(other))
        let gone = try world.donation(of: .yuan(1), to: fund)
        try world.accept(try Samples.refund(.yuan(1), of: gone))
        #expect(try world.refusal(try Samples.receipt(gone)) == "nothing_left /data/donation")
        #expect(
            try world.refusal(try Samples.receipt(gone, on: "2020-02-11"))
                == "date_too_early /data/businessDate")
        #expect(world.facts(DonationReceipted.self).map(\.number) == [1, 2])
    }

    @Test("Numbers have no gap, whatever workers do at once and whatever is rolled back")
    func noGaps() throws {
        let url = world.bench.url
        let fund = fund
        let donations = try (0..<40).map { _ in try world.donation(of: .yuan(1), to: fund) }
        let numbers = try Threads.run(4) { index, ready in
            let bench = try ServiceBench(Funding.definition, url: url)
            let mine = donations[(index * 10)..<(index * 10 + 10)]
            ready()
            for donation in mine {
                // In a batch with one that is refused by the database: all of it runs again.
                try bench.decide([
                    try Samples.receipt(donation),
                    try Samples.donate(to: FundID(UUID())),
                    try Samples.receipt(donation),
                ])
                if index == 0 {
                    _ = try bench.connection.run("BEGIN")
                    _ = try bench.connection.run(
                        "UPDATE receipt_book SET last_number = last_number + 1")
                    _ = try bench.connection.run("ROLLBACK")
                }
            }
            return bench.facts.compactMap { ($0.payload as? DonationReceipted)?.number }
        }
        #expect(numbers.flatMap { $0 }.sorted() == Array(1...40))
        try world.expectSoundBooks()
    }

    @Test("The check of the books finds a receipt that is missing")
    func gapFound() throws {
        let donation = try world.donation(of: .yuan(1), to: fund)
        try world.accept(try Samples.receipt(donation))
        _ = try world.bench.connection.run("UPDATE receipt_book SET last_number = 2")
        let problems = try world.bench.connection.run("SELECT problem FROM ledger_check").map {
            try $0.decode(String.self, at: 0)
        }
        #expect(problems == ["the receipts of a year have a gap"])
    }
}
