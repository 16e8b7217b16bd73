import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryTerritoryTests {
    private let bench: HandlerBench
    private let code: TerritoryCode

    init() throws {
        bench = HandlerBench(try RegistrySamples.definition())
        code = try RegistrySamples.territory("350203007")
    }

    @Test func `a loaded territory is kept and published`() throws {
        let command = try RegistrySamples.loadTerritory(["350203007"])
        let outcome = try bench.handle(command)
        #expect(outcome.fact(TerritoryLoaded.self)?.units == command.units)
        #expect(outcome.emissions.first?.subject == "2023-12-31")
        #expect(try bench.unit.find(Territory.self, code)?.nameEn == "Sample")
        #expect(bench.source.loads == 0)
    }

    @Test func `the messages of an edition are counted without gaps`() throws {
        let sequences = try ["350203", "350203007", "350203009"].map {
            try bench.handle(RegistrySamples.loadTerritory([$0])).emissions.first?.sequence
        }
        #expect(sequences == [1, 2, 3])
    }

    @Test func `a newer edition replaces what an older one said`() throws {
        try bench.handle(RegistrySamples.loadTerritory(["350203007"], edition: "2020-12-31"))
        try bench.handle(RegistrySamples.loadTerritory(["350203007"], name: "New"))
        #expect(try bench.unit.find(Territory.self, code)?.nameEn == "New")
    }

    @Test func `an older edition that arrives later replaces nothing`() throws {
        try bench.handle(RegistrySamples.loadTerritory(["350203007"], name: "New"))
        let outcome = try bench.handle(
            RegistrySamples.loadTerritory(["350203007"], edition: "2020-12-31"))
        #expect(outcome.isAccepted)
        #expect(try bench.unit.find(Territory.self, code)?.nameEn == "New")
    }

    @Test func `an edition that is loaded again corrects itself`() throws {
        try bench.handle(RegistrySamples.loadTerritory(["350203007"]))
        try bench.handle(RegistrySamples.loadTerritory(["350203007"], name: "Corrected"))
        #expect(try bench.unit.find(Territory.self, code)?.nameEn == "Corrected")
    }

    @Test func `a territory that is listed twice is refused and nothing is kept`() throws {
        let outcome = try bench.handle(
            RegistrySamples.loadTerritory(["350203", "350203007", "350203007"]))
        expectRefusal(outcome, "territory_listed_twice", at: "/units/2/code")
        #expect(try bench.unit.find(Territory.self, code) == nil)
    }

    @Test func `a publisher loads only territories of its scope`() throws {
        let outcome = try bench.handle(
            RegistrySamples.loadTerritory(["350203007", "350203009"]), territories: [code])
        expectRefusal(outcome, "out_of_scope", at: "/units/1/code")
    }

    @Test func `nothing is registered before a territory is in force or after`() throws {
        try bench.handle(
            RegistrySamples.loadTerritory(
                ["350203007"], from: "2001-01-01", to: "2019-12-31"))
        for (day, isRefused) in [
            ("2000-12-31", true), ("2001-01-01", false), ("2019-12-31", false),
            ("2020-01-01", true),
        ] {
            let date = try RegistrySamples.date(day)
            guard isRefused else {
                try Territories.requireInForce(code, on: date, bench.unit)
                continue
            }
            let refusal = #expect(throws: Refusal.self, "\(day)") {
                try Territories.requireInForce(code, on: date, bench.unit)
            }
            #expect(refusal?.code == "territory_not_in_force", "\(day)")
        }
    }
}
