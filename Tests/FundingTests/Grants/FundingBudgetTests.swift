import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// The budgets that grants are paid from, on a database.
@Suite struct FundingBudgetTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    @Test("Each allotment adds to the budget of a fund, programme and year")
    func allot() throws {
        let (fund, budget) = try world.budget(of: .yuan(1_000))
        try world.accept(try Samples.allot(.yuan(500), to: budget, of: fund))
        #expect(try world.amounts(of: budget) == [1_500, 0, 0])
        let facts = world.facts(BudgetAllotted.self)
        #expect(facts.map(\.totalFen) == [.yuan(1_000), .yuan(1_500)])
        #expect(facts.last?.territory.rawValue == Samples.district)
        try world.expectOnce(try Samples.allot(.yuan(1), to: budget, of: fund))
        try world.expectSoundBooks()
    }

    @Test("There is one budget for a fund, programme and year, and it stays that")
    func allotRefused() throws {
        let (fund, budget) = try world.budget(of: .yuan(1_000))
        let cases: [(any Command, String)] = [
            (
                try Samples.allot(.yuan(1), to: BudgetID(UUID()), of: fund),
                "budget_exists /data/budget"
            ),
            (
                try Samples.allot(.yuan(1), to: budget, of: fund, year: 2021),
                "budget_changed /data/budget"
            ),
            (
                try Samples.allot(.yuan(1), to: budget, of: fund, by: Samples.subdistrict),
                "wrong_level /data/actor/territory"
            ),
            (
                try Samples.allot(.yuan(1), to: budget, of: fund, by: "350205"),
                "outside_territory /data/actor/territory"
            ),
            (
                try Samples.allot(.yuan(1), to: budget, of: try world.openFund()),
                "wrong_fund_kind /data/fund"
            ),
        ]
        for (command, refusal) in cases { #expect(try world.refusal(command) == refusal) }
        let twice = try Samples.allot(.yuan(1), to: budget, of: fund)
        try world.accept(twice)
        #expect(try world.refusal(twice) == "allotment_exists /data/allotment")
    }

    @Test("No allotment brings a budget beyond what an amount may be, and what follows can be read")
    func allotTooMuch() throws {
        let most = Fen(Fen.range.upperBound)
        let (fund, budget) = try world.budget(of: most)
        for amount in [Fen(1), most] {
            #expect(
                try world.refusal(try Samples.allot(amount, to: budget, of: fund))
                    == "budget_too_large /data/amountFen")
        }
        #expect(world.facts(BudgetAllotted.self).map(\.totalFen) == [most])
    }

    @Test("An allotment waits for its fund")
    func allotWaits() throws {
        let fund = try Samples.fund(.budget, programme: "warm-home")
        let command = try Samples.allot(.yuan(1), to: BudgetID(UUID()), of: fund.id)
        try world.expectWait(command) { try world.accept(Samples.open(fund)) }
    }
}
