import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Editions that list everything inside a territory, on a real database.
@Suite struct RegistryTerritoryClosingTests {
    private let bench: ServiceBench

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        try bench.decide(RegistrySamples.loadTerritory())
    }

    private func load(
        _ codes: [String], within: String, edition: String = "2024-06-30"
    ) throws -> LoadTerritory {
        var command = try RegistrySamples.loadTerritory(codes, edition: edition)
        command.completeWithin = try RegistrySamples.territory(within)
        return command
    }

    private func inForce() throws -> [String] {
        try bench.connection.run(
            "SELECT code FROM territory WHERE valid_to IS NULL ORDER BY code"
        ).map { try $0.decode(String.self, at: 0) }
    }

    private func lastFact() throws -> TerritoryLoaded {
        try #require(bench.facts.compactMap { $0.payload as? TerritoryLoaded }.last)
    }

    @Test func `what a complete edition no longer lists has ended the day before it`() throws {
        let answer = try bench.decide(load(["350203007"], within: "350203007"))
        #expect(answer.status == "accepted")
        #expect(try inForce() == ["350203", "350203007", "350203009", "350203009901"])
        #expect(
            try lastFact().closed == [
                TerritoryClosure(
                    code: try RegistrySamples.territory("350203007901"),
                    validTo: try RegistrySamples.date("2024-06-29"))
            ])
        // Nothing ends twice.
        try bench.decide(load(["350203007"], within: "350203007", edition: "2025-06-30"))
        #expect(try lastFact().closed == nil)
    }

    @Test func `predecessors end with their successors, not with the edition`() throws {
        var command = try load(["350203007", "350203007911"], within: "350203007")
        command.units[1].validFrom = try RegistrySamples.date("2024-01-01")
        command.units[1].predecessors = [try RegistrySamples.territory("350203007901")]
        try bench.decide(command)
        #expect(
            try lastFact().closed?.map(\.validTo) == [RegistrySamples.date("2023-12-31")])
        #expect(
            try inForce() == [
                "350203", "350203007", "350203007911", "350203009", "350203009901",
            ])
    }

    @Test func `an edition ends nothing outside of what it completes, or of the scope`() throws {
        try bench.decide(
            GrantPublisher(
                publisher: "kaiyuan", territories: [RegistrySamples.territory("350203007")],
                types: ["registry.*"]))
        let wide = try bench.decide(
            load(["350203007"], within: "350203"), publisher: "kaiyuan")
        #expect(wide.code == "out_of_scope")
        #expect(wide.pointer == "/data/completeWithin")
        #expect(try inForce().count == 5)
        let own = try bench.decide(
            load(["350203007"], within: "350203007"), publisher: "kaiyuan")
        #expect(own.status == "accepted")
        #expect(try inForce().count == 4)
    }

    @Test func `an older edition that arrives later ends nothing and opens nothing`() throws {
        try bench.decide(load(["350203007"], within: "350203007"))
        try bench.decide(
            load(["350203009", "350203007901"], within: "350203", edition: "2020-12-31"))
        #expect(try inForce() == ["350203", "350203007", "350203009", "350203009901"])
    }
}
