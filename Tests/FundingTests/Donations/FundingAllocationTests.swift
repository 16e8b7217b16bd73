import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// How donations are divided, receipted, handed on and given back.
@Suite struct FundingAllocationTests {
    typealias Samples = FundingSamples

    // MARK: The division

    private static func line(share: Int) -> AllocationLine {
        AllocationLine(fund: FundID(UUID()), basisPoints: share)
    }

    private static func fen(_ shares: [Int], of fen: Int64) -> [Int64] {
        AllocationSplit.amounts(shares.map(line(share:)), of: Fen(fen)).map(\.rawValue)
    }

    @Test("What is left of whole fen goes to the largest fractions, of equal ones to the earlier")
    func largestRemainder() {
        #expect(Self.fen([3_333, 3_333, 3_334], of: 100) == [33, 33, 34])
        #expect(Self.fen([5_000, 5_000], of: 101) == [51, 50])
        #expect(Self.fen([2_500, 2_500, 2_500, 2_500], of: 3) == [1, 1, 1, 0])
        #expect(Self.fen([1_500, 3_500, 5_000], of: 9) == [1, 3, 5])
        #expect(Self.fen([5_000], of: 101) == [50])
        #expect(
            Self.fen([3_333, 3_333, 3_334], of: Fen.range.upperBound).reduce(0, +)
                == Fen.range.upperBound)
    }

    @Test("Nothing is lost to rounding, and no share is a fen or more off")
    func nothingLost() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed)
        for step in 0..<2_000 {
            let donation = Int64(1 + random.below(step.isMultiple(of: 2) ? 1_000 : 1 << 45))
            var (shares, left) = ([Int](), 10_000)
            while left > 0, shares.count < 20 {
                let share = 1 + random.below(left)
                shares.append(share)
                left -= share
            }
            let isWhole = random.once(in: 2)
            if isWhole, left > 0 { shares.append(left) }
            let amounts = Self.fen(shares, of: donation)
            let sum = shares.reduce(0, +)
            let together = donation.multipliedFullWidth(by: Int64(sum))
            let expected = Int64(10_000).dividingFullWidth(together).quotient
            #expect(amounts.reduce(0, +) == expected, "step \(step), seed \(seed)")
            if sum == 10_000 {
                #expect(amounts.reduce(0, +) == donation, "step \(step), seed \(seed)")
            }
            for (share, amount) in zip(shares, amounts) {
                let exact = Double(donation) * Double(share) / 10_000
                #expect(abs(Double(amount) - exact) < 1.01, "step \(step), seed \(seed)")
            }
        }
    }
}
