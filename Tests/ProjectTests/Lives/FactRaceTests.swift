import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit
@testable import ServiceSupport

/// Facts of one family come to several workers at once, and several of them make the same rows.
@Suite struct FactRaceTests {
    private static let families = 40
    private static let workers = 3

    /// What registry publishes of families with a category each, in the order in which it was decided.
    private static func facts() throws -> [[UInt8]] {
        let registry = try ServiceBench(MalformedCommandTests.Service.registry.definition())
        let (community, day) = (LifeValue.territory("350203007001"), LifeValue.day("2019-06-01"))
        let units = ["350203", "350203007", "350203007001"].map { code in
            TerritoryUnit(
                code: LifeValue.territory(code), nameZh: "示例", nameEn: "Sample",
                validFrom: LifeValue.day("2018-01-01"))
        }
        func accept(_ command: any Command) throws {
            let answer = try registry.decide(command)
            #expect(answer.status == "accepted", "\(answer.code ?? "")")
        }
        try accept(
            LoadTerritory(edition: LifeValue.day("2018-01-01"), source: "test", units: units))
        for _ in 0..<families {
            let (household, assertion) = (HouseholdID(UUID()), AssertionID(UUID()))
            let head = NewMember(
                person: PersonID(UUID()), role: .head, name: "示例人",
                birthDate: LifeValue.day("1970-01-01"), sex: .female)
            try accept(
                RegisterHousehold(
                    household: household, territory: community, registeredOn: day,
                    members: [head], categories: []))
            try accept(
                AssertCategory(
                    assertion: assertion, household: household, subject: household.uuid,
                    category: .lowIncome, validFrom: day))
            try accept(VerifyCategory(assertion: assertion, verifiedOn: day))
        }
        return registry.bodies
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `none is set aside, and the newest record of each stays`(seed: UInt64) async throws {
        let bodies = try await onThread { try Self.facts() }
        let known = try MalformedCommandTests.Service.events.definition().router.facts
        let catalogue = Catalogue(Catalogue.all)
        let facts = try bodies.filter { known.contains(try catalogue.decode($0).header.type) }
        let (count, verified) = try await onThread {
            let definition = try MalformedCommandTests.Service.events.definition()
            let first = try ServiceBench(definition)
            let url = first.url
            _ = try Threads.run(Self.workers) { index, ready in
                let bench = try ServiceBench(definition, url: url)
                var random = SeededRandom(seed &+ UInt64(index))
                ready()
                // Each fact comes to one worker, and those of one family to different ones.
                var own = facts.indices.filter { $0 % Self.workers == index }
                // Near each other in time, and not in order.
                for place in own.indices.dropFirst() where Bool.random(using: &random) {
                    own.swapAt(place, place - 1)
                }
                for place in own { try bench.take(published: [facts[place]]) }
            }
            func count(_ statement: Statement) throws -> Int {
                try #require(first.connection.run(statement).first).decode(Int.self, at: 0)
            }
            return (
                try count("SELECT count(*) FROM dead_letter"),
                try count("SELECT count(*) FROM category WHERE verified_on IS NOT NULL")
            )
        }
        #expect(count == 0)
        #expect(verified == Self.families)
    }
}
