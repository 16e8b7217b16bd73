import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Amounts as large as messages may have, more of them than any district has: each is answered with a code.
@Suite struct FundingExtremeTests {
    typealias Samples = FundingSamples
    let world: FundingWorld
    private let most = Fen(Fen.range.upperBound)

    init() throws { world = try FundingWorld() }

    @Test(
        "Of 9,224 allotments of the largest amount one fits the budget, and the others are refused")
    func allotments() throws {
        let fund = try world.openFund(.budget, programme: "warm-care")
        let budget = BudgetID(UUID())
        let answers = try (0..<9_224).chunks(of: 500).flatMap { part in
            try world.bench.decide(part.map { _ in try Samples.allot(most, to: budget, of: fund) })
        }
        #expect(answers.count == 9_224)
        #expect(Self.tally(answers) == ["accepted": 1, "budget_too_large": 9_223])
    }

    @Test("Funds take the largest donations until an account is full, and the others are refused")
    func donations() throws {
        let funds = [
            try world.openFund(.donation, programme: "one-yuan-donation"),
            try world.openFund(.donation, programme: "one-yuan-donation"),
        ]
        let fits = 1_000
        for fund in funds {
            let first = try (0..<fits).chunks(of: 500).flatMap { part in
                try world.bench.decide(part.map { _ in try Samples.donate(most, to: fund) })
            }
            #expect(Self.tally(first) == ["accepted": fits])
            let more = try world.bench.decide(
                (0..<8).map { _ in try Samples.donate(most, to: fund) })
            #expect(Self.tally(more) == ["fund_too_large": 8])
            #expect(try world.balance(.cash, of: fund) == Int64(fits) * most.rawValue)
        }
        try world.expectSoundBooks()
    }

    @Test("A run whose premiums are more than an amount may be is refused when it is evaluated")
    func premiums() throws {
        let cover = try FundingCover(premium: most)
        _ = try cover.families(3)
        let opened = try cover.open()
        try cover.world.accept(opened)
        try cover.world.accept(
            FreezeEnrolment(run: opened.run, referenceDate: try Samples.date("2020-01-01")))
        #expect(
            try cover.world.refusal(EvaluateEnrolment(run: opened.run))
                == "premium_too_large /data/run")
    }

    @Test("Whatever amounts near the largest come in whatever order, each is answered by a rule")
    func anyAmounts() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = PropertyRandom(seed)
        let funds = [
            try world.openFund(.donation, programme: "one-yuan-donation"),
            try world.openFund(.grant, programme: "condolence"),
        ]
        let budgets = funds.map { _ in BudgetID(UUID()) }
        var donations: [DonationID] = []
        var commands: [any Command] = []
        for _ in 0..<3_000 {
            let amount = Fen(most.rawValue - Int64(random.number(in: 0...2)))
            let place = random.number(in: 0...1)
            switch random.number(in: 0...4) {
            case 0:
                donations.append(random.id())
                commands.append(
                    try Samples.donate(amount, to: funds[0], id: donations[donations.count - 1]))
            case 1: commands.append(try Samples.deposit(amount, to: funds[place]))
            case 2: commands.append(try Samples.allot(amount, to: budgets[place], of: funds[place]))
            case 3:
                guard !donations.isEmpty else { continue }
                commands.append(
                    try Samples.refund(amount, of: random.one(of: donations), id: random.id()))
            default:
                guard !donations.isEmpty else { continue }
                let line = AllocationLine(
                    fund: funds[1], basisPoints: random.number(in: 1...10_000))
                commands.append(
                    try Samples.allocate(random.one(of: donations), [line], id: random.id()))
            }
        }
        let answers = try commands.chunks(of: 500).flatMap { try world.bench.decide(Array($0)) }
        let codes = Set(Self.tally(answers).keys)
        #expect(answers.count == commands.count)
        #expect(!codes.contains("constraint_violated"), "seed \(seed)")
        #expect(!codes.contains("handler_failed"), "seed \(seed)")
        try world.expectSoundBooks()
    }

    // MARK: Help

    /// How often each code, or status without one, was the answer.
    private static func tally(_ answers: [ServiceBench.Answered]) -> [String: Int] {
        answers.reduce(into: [:]) { $0[$1.code ?? $1.status ?? "", default: 0] += 1 }
    }
}

extension RandomAccessCollection where Index == Int {
    fileprivate func chunks(of size: Int) -> [SubSequence] {
        stride(from: startIndex, to: endIndex, by: size).map {
            self[$0..<Swift.min($0 + size, endIndex)]
        }
    }
}
