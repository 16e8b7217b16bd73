import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// Payments and returns of grants that are taken back, on a database.
@Suite struct FundingGrantReversalTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    @Test("A payment that is taken back is reserved again; a return is paid again")
    func grant() throws {
        let (fund, budget) = try world.budget(of: .yuan(1_000), cash: .yuan(1_000))
        let grant = try world.paidGrant(of: .yuan(1_000), from: budget)
        let back = try world.accept(try Samples.giveBack(.yuan(1_000), of: grant))
        #expect(Receipt(body: back.body)?.outcome?.state == "returned")
        #expect(try world.refusal(.grant, of: fund) == "later_first /data/transfer")
        #expect(try world.reverse(.grantReturn, of: fund) == "paid")
        #expect(try world.amounts(of: budget) == [1_000, 0, 1_000])
        try world.reverse(.grant, of: fund)
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
        #expect(try world.refusal(.grantReturn, of: fund) == "budget_exhausted /data/transfer")
        try world.expectSoundBooks()
    }
}
