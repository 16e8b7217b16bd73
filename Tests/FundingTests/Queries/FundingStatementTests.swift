import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// The statement of a fund, on a real database.
@Suite struct FundingStatementTests {
    typealias Samples = FundingSamples
    private let world: FundingWorld
    private let fund: FundID

    init() throws {
        world = try FundingWorld.withPublishers()
        fund = try world.openFund()
    }

    private func statement(
        from: String? = nil, until: String? = nil, after: TransferID? = nil, limit: Int? = nil
    ) throws -> FundAnswer {
        try world.answer(
            FundAnswer.self,
            GetFund(
                fund: fund, from: try from.map { try Samples.date($0) },
                until: try until.map { try Samples.date($0) }, after: after, limit: limit),
            by: "district")
    }

    /// Opening and closing balance of each account that is not empty at both ends, in yuan.
    private func balances(_ answer: FundAnswer) -> [String: [Int]] {
        Dictionary(
            uniqueKeysWithValues: answer.accounts.map {
                ($0.account, [$0.openingFen / 100, $0.closingFen / 100])
            }
        ).filter { $0.value != [0, 0] }
    }

    @Test func `an empty fund has no balances and no postings`() throws {
        let told = try statement()
        #expect(told.fund.fund == fund)
        #expect(told.fund.state == "open")
        #expect(told.accounts.isEmpty && told.postings.isEmpty && told.next == nil)
    }

    @Test func `a period has the balances before and after it, and the postings in it`() throws {
        try world.accept(try Samples.deposit(.yuan(30_000), to: fund, on: "2019-01-01"))
        _ = try world.activeLoan(of: .yuan(20_000), from: fund)
        let march = try statement(from: "2019-03-13", until: "2019-03-31")
        #expect(
            balances(march) == [
                "cash": [10_000, 10_000], "reserved": [20_000, 0], "receivable": [0, 20_000],
                "capital": [-30_000, -30_000],
            ])
        #expect(march.postings.map(\.kind) == [.disbursement])
        #expect(march.postings.first?.debit == "receivable")
        #expect(march.postings.first?.credit == "reserved")
        let january = try statement(until: "2019-01-01")
        #expect(balances(january) == ["cash": [0, 30_000], "capital": [0, -30_000]])
        let later = try statement(from: "2019-04-01")
        #expect(later.postings.isEmpty)
        #expect(balances(later)["receivable"] == [20_000, 20_000])
        for told in [march, january, later, try statement()] {
            #expect(told.accounts.reduce(0) { $0 + $1.openingFen } == 0)
            #expect(told.accounts.reduce(0) { $0 + $1.closingFen } == 0)
        }
    }

    @Test func `the last day of a period and the first one belong to it`() throws {
        for day in ["2019-01-01", "2019-01-02", "2019-01-03"] {
            try world.accept(try Samples.deposit(.yuan(1), to: fund, on: day))
        }
        let told = try statement(from: "2019-01-02", until: "2019-01-02")
        #expect(told.postings.map(\.businessDate) == [try Samples.date("2019-01-02")])
        #expect(balances(told)["cash"] == [1, 2])
    }

    @Test func `postings are paged in the order of their days, and balances told once`() throws {
        for day in ["2019-02-01", "2019-01-01", "2019-01-01", "2019-03-01", "2019-01-01"] {
            try world.accept(try Samples.deposit(.yuan(1), to: fund, on: day))
        }
        var (seen, after): ([PostingAnswer], TransferID?) = ([], nil)
        repeat {
            let page = try statement(after: after, limit: 2)
            #expect(page.accounts.isEmpty == (after != nil))
            seen += page.postings
            after = page.next
        } while after != nil
        #expect(seen == (try statement()).postings)
        #expect(seen.map(\.businessDate) == seen.map(\.businessDate).sorted())
        #expect(Set(seen.map(\.transfer)).count == 5)
        let early = try #require(seen.first?.transfer)
        #expect(try statement(from: "2019-02-01", after: early).postings.count == 2)
    }

    @Test func `a posting that was taken back names the one that takes it back`() throws {
        let deposit = try Samples.deposit(.yuan(10), to: fund)
        try world.accept(deposit)
        try world.accept(try Samples.reverse(deposit.deposit.uuid))
        let told = try statement()
        #expect(told.postings.map(\.kind) == [.deposit, .deposit])
        #expect(told.postings[0].reversedBy == told.postings[1].transfer)
        #expect(told.postings[1].reverses == told.postings[0].transfer)
        #expect(told.postings[1].debit == "capital")
    }

    @Test func `a district's fund is told to the district alone`() throws {
        for publisher in ["street", "stranger"] {
            #expect(
                try world.refusal(GetFund(fund: fund), by: publisher)
                    == "out_of_scope /data/fund")
        }
        let unknown = GetFund(fund: FundID(UUID()))
        #expect(try world.refusal(unknown, by: "district") == "out_of_scope /data/fund")
        #expect(try world.refusal(unknown, by: "operator") == "unknown_fund /data/fund")
        let other = try world.openFund()
        let deposit = try Samples.deposit(.yuan(1), to: other)
        try world.accept(deposit)
        let foreign = GetFund(fund: fund, after: TransferID(deposit.deposit.uuid))
        #expect(try world.refusal(foreign, by: "operator") == "unknown_transfer /data/after")
    }
}
