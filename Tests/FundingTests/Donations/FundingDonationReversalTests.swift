import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// Donations, allocations and earmarks that are taken back, on a database.
@Suite struct FundingDonationReversalTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    @Test("A donation is taken back when nothing of it was used; it gives no more then")
    func donation() throws {
        let fund = try world.openFund(.donation, programme: "one-yuan-donation")
        let care = try world.openFund(.grant, programme: "warm-care")
        let donation = try world.donation(of: .yuan(100), to: fund)
        let line = AllocationLine(fund: care, amountFen: .yuan(40))
        try world.accept(try Samples.allocate(donation, [line]))
        try world.accept(try Samples.refund(.yuan(10), of: donation))
        #expect(try world.refusal(.donation, of: fund) == "later_first /data/transfer")
        try world.reverse(.allocation, of: fund)
        #expect(try world.balance(.cash, of: care) == 0)
        try world.reverse(.refund, of: fund)
        #expect(try world.balance(.cash, of: fund) == 10_000)
        try world.reverse(.donation, of: fund)
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
        #expect(try world.refusal(.endowment, of: loans) == "fund_exhausted /data/businessDate")
        try world.accept(WithdrawLoan(loan: loan, withdrawnOn: try Samples.date("2020-04-03")))
        try world.reverse(.endowment, of: loans)
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
        try world.reverse(.allocation, of: fund)
        #expect(try world.balance(.capital, of: fund) == 0)
    }
}
