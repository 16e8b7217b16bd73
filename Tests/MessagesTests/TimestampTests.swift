import Foundation
import Messages
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T08:00:00+08:00", 0),
        ("1970-01-01T00:00:00.001Z", 1_000), ("1970-01-01T00:00:00.000001Z", 1),
        ("1970-01-01T00:00:00.1234567Z", 123_456), ("1969-12-31T23:59:59.999Z", -1_000),
        ("2020-05-26T08:00:00.000Z", 1_590_480_000_000_000),
        ("2020-05-26t03:30:00.5-04:30", 1_590_480_000_500_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
    ])
    func timesAreReadWithAnyOffset(_ text: String, _ microseconds: Int64) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2020-05-26", "2020-05-26T08:00:00", "2020-05-26 08:00:00Z", "2020-05-26T24:00:00Z",
        "2020-05-26T08:60:00Z", "2020-05-26T08:00:61Z", "2020-05-26T08:00:00.Z",
        "2020-05-26T08:00:00.5", "2020-05-26T08:00:00+0800", "2020-05-26T08:00:00+08",
        "2020-05-26T08:00:00ZZ", "2020-02-30T08:00:00Z", "2020-05-26T08:00:00+24:00",
    ])
    func whatIsNoTimeIsRefused(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func timesAreWrittenWithMillisecondsOrAllTheyHave() {
        #expect(Timestamp(microseconds: 0).description == "1970-01-01T00:00:00.000Z")
        #expect(Timestamp(microseconds: 1_500).description == "1970-01-01T00:00:00.001500Z")
        #expect(Timestamp(microseconds: -1_000).description == "1969-12-31T23:59:59.999Z")
    }

    @Test func everyTimeSurvivesItsText() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        for _ in 0..<10_000 {
            let time = Timestamp(
                microseconds: .random(
                    in: -2_200_000_000_000_000...7_200_000_000_000_000, using: &random))
            #expect(Timestamp(time.description) == time, "seed \(seed)")
        }
    }
}

/// A small generator with a seed, so that a failure can be played again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
