import Foundation
import Messages
import People
import Postgres
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Whatever the order in which registry's facts arrive, funding ends in one state.
@Suite struct FundingPeopleOrderTests {
    @Test func `lives told in any order, and twice, are known as the same`() async throws {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("lives of funding: seed \(seed)")
        for number in 0..<6 {
            try await onThread {
                let lives = try RandomLives(
                    seed &+ UInt64(number), from: FundingSamples.date("2018-01-01"))
                var random = SeededRandom(seed &+ UInt64(number))
                let first = try ServiceBench(Funding.definition)
                for fact in lives.facts { try first.take([fact]) }
                let expected = try first.people()
                for _ in 0..<2 {
                    let bench = try ServiceBench(Funding.definition)
                    for batch in lives.shuffled(&random) { try bench.take(batch) }
                    #expect(try bench.people() == expected, "seed \(seed), number \(number)")
                    let left = try bench.connection.run(
                        "SELECT FROM parked UNION ALL SELECT FROM dead_letter")
                    #expect(left.isEmpty, "seed \(seed), number \(number)")
                }
            }
        }
    }

    @Test(arguments: [
        ("2020-05-25", nil as String?, nil as String?, true), ("2020-05-26", nil, nil, true),
        ("2020-05-27", nil, nil, false), ("2017-01-01", "2020-05-26", nil, true),
        ("2017-01-01", "2020-05-25", nil, false), ("2017-01-01", nil, "2020-05-27", true),
        ("2017-01-01", nil, "2020-05-26", false),
    ])
    func `a category holds from its first day to its last, and until it ends`(
        from: String, to: String?, ended: String?, holds: Bool
    ) throws {
        let day = try FundingSamples.date("2020-05-26")
        var record = CategoryRecord(
            assertion: AssertionID(UUID()), version: 1, household: HouseholdID(UUID()),
            subject: UUID(), category: .bereaved, validFrom: try FundingSamples.date(from),
            validTo: try to.map(FundingSamples.date), verifiedOn: day,
            endedOn: try ended.map(FundingSamples.date))
        #expect(CategoryAssertion(record).holds(on: day) == holds)
        record.revokedOn = day
        #expect(!CategoryAssertion(record).holds(on: day))
        record.revokedOn = nil
        record.verifiedOn = nil
        #expect(!CategoryAssertion(record).holds(on: day))
    }
}
