import Foundation

/// SplitMix64 (Steele, Lea and Flood, 2014). The scenario is the same bytes for the same seed for ever, so it
/// uses no generator and no sampling of the standard library's, which may change.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from 0 to below `bound`, by multiplication; its bias is below 2⁻³² for the bounds used here.
    mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "there is no number below the bound")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// True once in `count` times.
    mutating func once(in count: Int) -> Bool { below(count) == 0 }

    mutating func shuffle<Item>(_ items: inout [Item]) {
        for index in stride(from: items.count - 1, to: 0, by: -1) {
            items.swapAt(index, below(index + 1))
        }
    }
}

/// UUIDs of version 7 that follow from the seed: their time part counts on from a day of the scenario instead
/// of the clock, so that they ascend and still come out the same.
struct ScenarioIDs {
    private var random: SplitMix64
    private var count: UInt64 = 0

    /// 2020-05-26T00:00:00Z in milliseconds since 1970.
    private static let epoch: UInt64 = 1_590_451_200_000
    private static let perMillisecond: UInt64 = 16

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func next() -> UUID {
        let high = (Self.epoch + count / Self.perMillisecond) << 16 | 0x7000 | random.next() >> 52
        let low = random.next() >> 2 | 1 << 63
        count += 1
        return withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
            UUID(uuid: $0.loadUnaligned(as: uuid_t.self))
        }
    }
}
