import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Funding

/// Funds, deposits, donations and products, over rows in memory.
@Suite struct FundingFundTests {
    typealias Samples = FundingSamples
    let bench = HandlerBench(Funding.definition)

    @Test("A fund is opened once")
    func open() throws {
        let fund = try Samples.fund()
        let first = try bench.handle(Samples.open(fund))
        #expect(first.fact(FundOpened.self)?.programme == fund.programme)
        #expect(first.emissions.map(\.sequence) == [1])
        #expect(try bench.handle(Samples.open(fund)).refusal?.code == "fund_exists")
    }

    @Test("A deposit says what programme and territory it is for")
    func deposit() throws {
        let fund = try Samples.fund()
        bench.source.put(fund)
        let command = try Samples.deposit(.yuan(5_000), to: fund.id)
        let fact = try bench.handle(command).fact(FundDeposited.self)
        #expect(fact?.amountFen == .yuan(5_000))
        #expect(fact?.programme == fund.programme)
        #expect(fact?.territory == fund.territory)
        let again = try bench.handle(command)
        #expect(again.refusal?.code == "deposit_exists")
        #expect(again.refusal?.pointer == "/data/deposit")
        #expect(bench.source.loads == 0)
    }

    @Test("No money of a fund is dated before the fund was opened")
    func beforeOpening() throws {
        let fund = try Samples.fund(.donation, programme: "one-yuan-donation")
        bench.source.put(fund)
        var allotment = try Samples.allot(.yuan(100), to: BudgetID(UUID()), of: fund.id)
        allotment.businessDate = fund.openedOn.adding(days: -1)
        let early: [any Command] = [
            try Samples.deposit(.yuan(100), to: fund.id, on: "2018-11-30"),
            try Samples.donate(to: fund.id, on: "2018-11-30"), allotment,
        ]
        for command in early {
            let refusal = try bench.handle(command).refusal
            #expect(refusal?.code == "before_opening")
            #expect(refusal?.expected == "a date from 2018-12-01 on")
        }
        let first = try Samples.deposit(.yuan(100), to: fund.id, on: "2018-12-01")
        #expect(try bench.handle(first).isAccepted)
    }

    @Test("A deposit waits for its fund")
    func depositWaits() throws {
        let command = try Samples.deposit(.yuan(5_000), to: FundID(UUID()))
        let wait = try #require(try bench.handle(command).wait)
        #expect(wait.id == command.fund.uuid)
        #expect(wait.otherwise.code == "unknown_fund")
        #expect(wait.otherwise.pointer == "/data/fund")
    }

    @Test("A deposit needs an open fund in the publisher's territory")
    func depositRefused() throws {
        let closed = try Samples.fund(state: .closed)
        bench.source.put(closed)
        let command = try Samples.deposit(.yuan(5_000), to: closed.id)
        #expect(try bench.handle(command).refusal?.code == "fund_closed")
        let territories = [try Samples.territory("350203007")]
        let outside = try bench.handle(command, territories: territories)
        #expect(outside.refusal?.code == "out_of_scope")
    }

    // MARK: Donations

    @Test("A donation is received once")
    func donation() throws {
        let fund = try Samples.fund(.donation, programme: "one-yuan-donation")
        bench.source.put(fund)
        let command = try Samples.donate(.yuan(1_000), to: fund.id)
        let outcome = try bench.handle(command)
        let fact = try #require(outcome.fact(DonationReceived.self))
        #expect(fact.amountFen == .yuan(1_000))
        #expect(fact.programme == fund.programme)
        #expect(fact.territory.rawValue == Samples.community)
        #expect(outcome.emissions.map(\.subject) == [command.donation.description])
        let again = try bench.handle(command)
        #expect(again.refusal?.code == "donation_exists")
        #expect(again.refusal?.pointer == "/data/donation")
        #expect(bench.source.loads == 0)
    }

    @Test("A donation waits for its fund")
    func donationWaits() throws {
        let command = try Samples.donate(to: FundID(UUID()))
        let wait = try #require(try bench.handle(command).wait)
        #expect(wait.id == command.fund.uuid)
        #expect(wait.otherwise.code == "unknown_fund")
    }

    @Test("A donation goes to a donation fund only", arguments: FundKind.allCases)
    func donationKind(_ kind: FundKind) throws {
        let fund = try Samples.fund(kind)
        bench.source.put(fund)
        let outcome = try bench.handle(try Samples.donate(to: fund.id))
        #expect(outcome.isAccepted == (kind == .donation))
        #expect(outcome.refusal?.code == (kind == .donation ? nil : "wrong_fund_kind"))
    }

    @Test("A donation needs an open fund")
    func donationClosed() throws {
        let fund = try Samples.fund(.donation, state: .closed)
        bench.source.put(fund)
        let outcome = try bench.handle(try Samples.donate(to: fund.id))
        #expect(outcome.refusal?.code == "fund_closed")
    }

    @Test("A donation comes from the territory that the fund is for")
    func donationOutside() throws {
        let fund = try Samples.fund(.donation)
        bench.source.put(fund)
        let outcome = try bench.handle(try Samples.donate(to: fund.id, in: "350205001901"))
        #expect(outcome.refusal?.code == "outside_fund")
        #expect(outcome.refusal?.pointer == "/data/territory")
    }

    // MARK: Products

    @Test("A product is defined in versions that only go up")
    func product() throws {
        let product = ProductID(UUID())
        let first = try bench.handle(try Self.define(product, version: 1))
        #expect(first.fact(ProductDefined.self)?.ruleVersion == 1)
        let same = try bench.handle(try Self.define(product, version: 1))
        #expect(same.refusal?.code == "version_exists")
        #expect(same.refusal?.expected == "a version above 1")
        let third = try bench.handle(try Self.define(product, version: 3))
        #expect(third.emissions.map(\.sequence) == [2])
        let second = try bench.handle(try Self.define(product, version: 2))
        #expect(second.refusal?.pointer == "/data/ruleVersion")
    }

    @Test("A product stays in its programme")
    func productProgramme() throws {
        let product = ProductID(UUID())
        try bench.handle(try Self.define(product, version: 1))
        let outcome = try bench.handle(
            try Self.define(product, version: 2, programme: "nursing-supplement"))
        #expect(outcome.refusal?.code == "product_changed")
        #expect(outcome.refusal?.pointer == "/data/programme")
    }

    static func define(
        _ product: ProductID, version: Int, programme: String = "accident-insurance",
        minimum: Int = 51, maximum: Int = 65, parents: ParentRule = .any,
        premiums: [Premium] = FundingFundTests.premiums
    ) throws -> DefineProduct {
        DefineProduct(
            product: product, kind: .accident, programme: try Samples.programme(programme),
            nameZh: "意外险", nameEn: "Accident", ruleVersion: version,
            rule: EligibilityRule(
                parentMinimumAge: minimum, parentMaximumAge: maximum, parentRule: parents),
            premiums: premiums)
    }

    static let premiums = Basis.allCases.filter { $0.insured == .household }.enumerated().map {
        Premium(basis: $1, premiumFen: Fen(10_000 + Int64($0)))
    }
}
