import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events

/// Events knows registry's list of territories, and records nothing where there is no territory.
@Suite("Events are recorded in territories that there are")
struct KnownTerritoryTests {
    private typealias Samples = EventsSamples
    private let bench: ServiceBench
    private let district = "350203"
    private let street = "350203007"

    init() throws { bench = try ServiceBench(Events.definition) }

    @Test
    func `a command about a territory that nobody has loaded waits, and is refused in the end`()
        throws
    {
        try load([district, street])
        let unknown = try reading(in: "350203999")
        #expect(try bench.decide(unknown).status == "parked")
        var answers: [ServiceBench.Answered] = []
        for _ in 0..<5 {
            try bench.hurryParked()
            answers += try bench.handleParked()
        }
        #expect(answers.compactMap(\.code).contains("unknown_territory"))
        #expect(bench.payloads(ReachRecorded.self).isEmpty)
    }

    @Test func `a territory that is loaded later lets what has waited for it go on`() throws {
        try load([district])
        #expect(try bench.decide(reading(in: street)).status == "parked")
        try load([street], sequence: 2)
        try bench.handleParked()
        #expect(bench.payloads(ReachRecorded.self).map(\.territory.rawValue) == [street])
    }

    @Test
    func `a territory that has ended is refused on a later day, with the one that follows it`()
        throws
    {
        try load([district, street])
        try bench.take(ending(), subject: UUID(), sequence: 1)
        let late = try bench.decide(reading(in: street, day: 10))
        #expect(late.code == "territory_not_in_force")
        #expect(late.pointer == "/data/territory")
        #expect(
            late.expected
                == "a territory in force on 2020-01-10, such as its successor 350203017")
        #expect(try bench.decide(reading(in: street, day: 9)).status == "accepted")
        #expect(try bench.decide(reading(in: "350203017", day: 10)).status == "accepted")
    }

    @Test func `an end that comes before its territory ends it when it comes`() throws {
        try bench.take(ending(), subject: UUID(), sequence: 1)
        try load([district])
        #expect(try bench.decide(reading(in: street)).status == "parked")
        try load([street], sequence: 2)
        try bench.handleParked()
        #expect(bench.payloads(ReachRecorded.self).count == 1, "it was in force until the 9th")
        let late = try bench.decide(reading(in: street, day: 10))
        #expect(late.code == "territory_not_in_force")
        #expect(late.expected?.hasSuffix("such as its successor 350203017") == true)
    }

    @Test func `an edition that is older than an end leaves it, and a newer one does not`() throws {
        try load([district])
        try bench.take(ending(), subject: UUID(), sequence: 1)
        try load([street], sequence: 2)
        try load([street], sequence: 3)
        #expect(
            try bench.decide(reading(in: street, day: 10)).code == "territory_not_in_force")
        let newer = TerritoryLoaded(
            edition: try Samples.date("2020-06-30"), source: "test", units: [try unit(street)])
        try bench.take(newer, subject: UUID(), sequence: 1)
        #expect(try bench.decide(reading(in: street, day: 10)).status == "accepted")
    }

    @Test func `of a district that was never loaded nothing is asked`() throws {
        #expect(try bench.decide(reading(in: street)).status == "accepted")
    }

    // MARK: Help

    private func unit(_ code: String, from: String = "2000-01-01") throws -> TerritoryUnit {
        TerritoryUnit(
            code: try Samples.territory(code), nameZh: "示例", nameEn: "Sample",
            validFrom: try Samples.date(from))
    }

    private func loaded(_ codes: [String]) throws -> TerritoryLoaded {
        TerritoryLoaded(
            edition: try Samples.date("2019-12-31"), source: "test",
            units: try codes.map { try unit($0) })
    }

    private func load(_ codes: [String], sequence: Int64 = 1) throws {
        try bench.take(loaded(codes), subject: UUID(), sequence: sequence)
    }

    /// An edition by which another unit takes over the street from 10 January 2020 on.
    private func ending() throws -> TerritoryLoaded {
        TerritoryLoaded(
            edition: try Samples.date("2020-01-10"), source: "test",
            units: [try unit("350203017", from: "2020-01-10")],
            successions: [
                TerritorySuccession(
                    predecessor: try Samples.territory(street),
                    successor: try Samples.territory("350203017"),
                    from: try Samples.date("2020-01-10"))
            ],
            closed: [
                TerritoryClosure(
                    code: try Samples.territory(street), validTo: try Samples.date("2020-01-09"))
            ])
    }

    private func reading(in code: String, day: Int = 5) throws -> RecordReach {
        var reading = try Samples.reach(count: 100, day: day)
        reading.territory = try Samples.territory(code)
        return reading
    }
}
