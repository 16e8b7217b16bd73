import CommandLineKit
import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Scenario

/// The names of programmes, other words and the bulletin of the reference deployment, as its scenario sends them.
enum ReferenceBulletin {
    static func bulletin() throws -> DefineBulletin { try seeds().district.bulletin }
    static func plan() throws -> DefinePlan { try seeds().district.plan }
    static func programmes() throws -> [DefineProgramme] {
        try seeds().district.programmes.commands
    }
    static func words() throws -> [DefineWord] { try seeds().district.words.commands }

    private static func seeds() throws -> ScenarioSeeds {
        try ScenarioSeeds(directory: ScenarioSeeds.directory(nil))
    }

    static func define(in bench: ServiceBench) throws {
        let commands: [any Command] = try programmes() + words()
        for answer in try bench.decide(commands) {
            #expect(answer.status == "accepted")
        }
        try define(bulletin(), in: bench)
    }

    /// The territories of its lines are known for that moment, so that a test has only those it names itself.
    static func define(_ bulletin: DefineBulletin, in bench: ServiceBench) throws {
        let codes = Array(Set([bulletin.territory] + bulletin.lines.map(\.territory)))
        let added = try bench.connection.run(
            """
            INSERT INTO place (code, name_zh, name_en, valid_from, edition, version)
            SELECT code, code, code, '2000-01-01', '2000-01-01', 0 FROM unnest(\(codes)) AS t (code)
            ON CONFLICT (code) DO NOTHING RETURNING code
            """
        ).map { try $0.decode(TerritoryCode.self, at: 0) }
        let answer = try bench.decide(bulletin)
        #expect(answer.status == "accepted", "\(answer.code ?? "") \(answer.pointer ?? "")")
        _ = try bench.connection.run("DELETE FROM place WHERE code = ANY(\(added))")
    }
}
