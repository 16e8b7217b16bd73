import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Editions that rename, merge and split units in which something is recorded.
@Suite struct RegistryTerritoryEditionTests {
    private let bench: HandlerBench

    init() throws { bench = try registryBench() }

    private func unit(
        _ code: String, after predecessors: [String] = [], from: String = "2024-07-01"
    ) throws -> TerritoryUnit {
        TerritoryUnit(
            code: try RegistrySamples.territory(code), nameZh: "示例", nameEn: "Sample",
            validFrom: try RegistrySamples.date(from),
            predecessors: try predecessors.map(RegistrySamples.territory))
    }

    private func load(
        _ units: [TerritoryUnit], edition: String = "2024-06-30"
    ) throws -> LoadTerritory {
        LoadTerritory(
            edition: try RegistrySamples.date(edition), source: "test", units: units)
    }

    private func territory(_ code: String) throws -> Territory {
        try #require(
            try bench.unit.find(Territory.self, RegistrySamples.territory(code)))
    }

    private func resolved(_ code: String) throws -> String {
        let standing = try bench.unit.standing(RegistrySamples.territory(code))
        return try (standing.count == 1 ? standing[0] : RegistrySamples.territory(code)).rawValue
    }

    @Test func `codes of 6, 9, 12 and 15 digits are accepted`() throws {
        let codes = ["350204", "350204001", "350204001002", "350204001002003"]
        #expect(try bench.handle(load(codes.map { try unit($0) })).isAccepted)
        let code = try RegistrySamples.territory(codes[3])
        #expect(code.ancestors.map(\.rawValue) == codes)
    }

    @Test func `a unit with a new code ends the day before its successor begins`() throws {
        let outcome = try bench.handle(load([unit("350203007911", after: ["350203007901"])]))
        let fact = try #require(outcome.fact(TerritoryLoaded.self))
        let from = try RegistrySamples.date("2024-07-01")
        #expect(
            fact.successions == [
                TerritorySuccession(
                    predecessor: try RegistrySamples.territory("350203007901"),
                    successor: try RegistrySamples.territory("350203007911"), from: from)
            ])
        #expect(fact.closed?.map(\.validTo) == [from.adding(days: -1)])
        #expect(try territory("350203007901").validTo == from.adding(days: -1))
        #expect(try resolved("350203007901") == "350203007911")
    }

    @Test func `units that were merged count as their one successor`() throws {
        let outcome = try bench.handle(
            load([unit("350203007911", after: ["350203007901", "350203009901"])]))
        #expect(outcome.fact(TerritoryLoaded.self)?.closed?.count == 2)
        #expect(try resolved("350203007901") == "350203007911")
        #expect(try resolved("350203009901") == "350203007911")
    }

    @Test func `a unit that was split counts as none of its parts`() throws {
        let outcome = try bench.handle(
            load([
                unit("350203007911", after: ["350203007901"]),
                unit("350203007912", after: ["350203007901"]),
            ]))
        #expect(outcome.fact(TerritoryLoaded.self)?.successions?.count == 2)
        #expect(outcome.fact(TerritoryLoaded.self)?.closed?.count == 1)
        #expect(try resolved("350203007901") == "350203007901")
    }

    @Test func `a unit that gives a part away and is listed lives on`() throws {
        let outcome = try bench.handle(
            load([
                unit("350203007901", from: "2000-01-01"),
                unit("350203007911", after: ["350203007901"]),
            ]))
        #expect(outcome.fact(TerritoryLoaded.self)?.closed == nil)
        #expect(try territory("350203007901").validTo == nil)
        #expect(try resolved("350203007901") == "350203007901")
    }

    @Test func `successions are followed from edition to edition`() throws {
        try bench.handle(load([unit("350203007911", after: ["350203007901"])]))
        try bench.handle(
            load(
                [unit("350203007921", after: ["350203007911"], from: "2025-07-01")],
                edition: "2025-06-30"))
        #expect(try resolved("350203007901") == "350203007921")
    }

    @Test func `an older edition that arrives later opens nothing again`() throws {
        try bench.handle(load([unit("350203007911", after: ["350203007901"])]))
        try bench.handle(
            RegistrySamples.loadTerritory(["350203007901"], edition: "2023-12-31"))
        #expect(try resolved("350203007901") == "350203007911")
    }

    @Test func `an edition that is loaded again corrects which unit followed which`() throws {
        try bench.handle(
            load([
                unit("350203007911", after: ["350203007901"]),
                unit("350203007912", after: ["350203007901"]),
            ]))
        try bench.handle(load([unit("350203007912")]))
        #expect(try resolved("350203007901") == "350203007911")
    }

    @Test func `a predecessor must be another unit that is known, and older`() throws {
        expectRefusal(
            try bench.handle(load([unit("350203007911", after: ["350203007999"])])),
            "unknown_predecessor", at: "/units/0/predecessors/0")
        expectRefusal(
            try bench.handle(load([unit("350203007901", after: ["350203007901"])])),
            "unknown_predecessor", at: "/units/0/predecessors/0")
        expectRefusal(
            try bench.handle(
                load([unit("350203007911", after: ["350203007901"], from: "2000-01-01")])),
            "successor_too_early", at: "/units/0/validFrom")
        expectRefusal(
            try bench.handle(
                load([unit("350203007911", after: ["350203009901"])]),
                territories: [RegistrySamples.territory("350203007")]),
            "out_of_scope", at: "/units/0/predecessors/0")
    }

    @Test func `nothing new is registered in a closed unit, and the refusal names the next`() throws
    {
        try bench.handle(load([unit("350203007911", after: ["350203007901"])]))
        var command = try RegistrySamples.person(1)
        command.registeredOn = try RegistrySamples.date("2024-07-01")
        let outcome = try bench.handle(command)
        expectRefusal(outcome, "territory_not_in_force", at: "/territory")
        #expect(outcome.refusal?.expected.hasSuffix("such as its successor 350203007911") == true)
    }

    @Test func `what is recorded in a closed unit is in the scope of those who took it over`()
        throws
    {
        let (id, split) = (PersonID(UUID()), PersonID(UUID()))
        try bench.handle(RegistrySamples.person(1, id))
        try bench.handle(RegistrySamples.person(2, split, in: RegistrySamples.communities[1]))
        try bench.handle(
            load([
                unit("350203010911", after: ["350203007901"]),
                unit("350203010912", after: ["350203009901"]),
                unit("350203009913", after: ["350203009901"]),
            ]))
        let scope = [try RegistrySamples.territory("350203010")]
        let former = [try RegistrySamples.territory("350203007")]
        let both = scope + [try RegistrySamples.territory("350203009")]
        let day = try RegistrySamples.date("2024-08-01")
        expectRefusal(
            try bench.handle(VerifyPerson(person: id, verifiedOn: day), territories: former),
            "out_of_scope", at: "/person")
        #expect(
            try bench.handle(VerifyPerson(person: id, verifiedOn: day), territories: scope)
                .isAccepted)
        expectRefusal(
            try bench.handle(VerifyPerson(person: split, verifiedOn: day), territories: scope),
            "out_of_scope", at: "/person")
        let move = MovePerson(
            person: split, destination: try RegistrySamples.territory("350203010912"),
            movedOn: day)
        #expect(try bench.handle(move, territories: both).isAccepted)
        #expect(
            try bench.handle(VerifyPerson(person: split, verifiedOn: day), territories: scope)
                .isAccepted)
    }
}
