import CommandLineKit
import Foundation
import Messages
import Postgres
import Support

@testable import Events
@testable import Funding
@testable import Registry
@testable import Scenario
@testable import ServiceKit

/// The facts of a small reference scenario as registry, funding and events publish them, of some subdistricts and of the
/// district itself, so that many editions can be made of them in little time.
struct PlayedFacts {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let batch = 200

    /// As they would come over the broker.
    private(set) var bodies: [[UInt8]] = []
    /// The units of these subdistricts.
    let units: [TerritoryUnit]

    /// Has the services decide all commands, without a broker.
    init(seed: UInt64, households: Int, in subdistricts: [String]) throws {
        let seeds = try ScenarioSeeds(directory: ScenarioSeeds.directory(nil))
        var scenario: [(phase: ScenarioPhase, command: any Command)] = []
        var generator = ScenarioGenerator(seeds: seeds, seed: seed, households: households) {
            scenario.append(($0, $1))
        }
        try generator.generate()
        units = seeds.territory.units.filter { unit in
            Self.isWithin(unit.code.rawValue, subdistricts)
        }.map {
            TerritoryUnit(
                code: $0.code, nameZh: $0.nameZh, nameEn: $0.nameEn,
                validFrom: seeds.territory.validFrom)
        }
        let keyring = try Keyring(
            RegistryKey(hexadecimal: String(repeating: "0123456789abcdef", count: 4)))
        let services = try [
            PlayedService(Registry.definition(keyring)), PlayedService(Funding.definition),
            PlayedService(Events.definition),
        ]
        for phase in ScenarioPhase.allCases {
            let commands = scenario.filter { $0.phase == phase }.map(\.command)
            for service in services {
                try service.decide(commands)
                let news = service.news()
                for other in services { try other.take(news) }
                bodies += news
            }
        }
        let refused = services.flatMap(\.refused)
        guard refused.isEmpty else {
            throw Failure(description: "refused of the scenario: \(refused.prefix(5))")
        }
        bodies = try bodies.filter { body in
            let fact = try Place(body)
            return fact.type != TerritoryLoaded.type
                && Self.isWithin(fact.territory ?? "350203", subdistricts)
        }
    }

    private static func isWithin(_ territory: String, _ subdistricts: [String]) -> Bool {
        territory == "350203" || subdistricts.contains { territory.hasPrefix($0) }
    }

    /// The part of a fact that tells where it counts.
    private struct Place: Decodable {
        struct Content: Decodable { let territory: String? }

        let type: String
        let data: Content

        init(_ body: [UInt8]) throws {
            self = try JSONDecoder().decode(Self.self, from: Data(body))
        }

        var territory: String? { data.territory }
    }

    /// A service that decides what is its own, and takes in what it listens to.
    private final class PlayedService {
        private let definition: ServiceDefinition
        private let bench: ServiceBench
        private var told = 0
        private(set) var refused: [String] = []

        init(_ definition: ServiceDefinition) throws {
            self.definition = definition
            bench = try ServiceBench(definition, retrySeconds: [0, 0, 5, 5, 5, 5])
        }

        func decide(_ commands: [any Command]) throws {
            let ours = commands.filter { type(of: $0).type.hasPrefix(definition.name + ".") }
            for start in stride(from: 0, to: ours.count, by: batch) {
                note(try bench.decide(Array(ours[start..<min(start + batch, ours.count)])))
            }
            for _ in 0..<20 {
                let rows = try bench.connection.run("SELECT count(*) FROM parked")
                if try rows.first?.decode(Int64.self, at: 0) == 0 { return }
                try bench.hurryParked()
                note(try bench.handleParked())
            }
            refused.append("parked by \(definition.name) for ever")
        }

        private func note(_ answers: [ServiceBench.Answered]) {
            refused += answers.filter { $0.status == "rejected" }.map {
                "\(definition.name): \($0.code ?? "") at \($0.pointer ?? "")"
            }
        }

        /// Facts published since the last call.
        func news() -> [[UInt8]] {
            defer { told = bench.bodies.count }
            return Array(bench.bodies[told...])
        }

        func take(_ bodies: [[UInt8]]) throws {
            let ours = try bodies.filter { definition.router.facts.contains(try Place($0).type) }
            for start in stride(from: 0, to: ours.count, by: batch) {
                try bench.take(published: Array(ours[start..<min(start + batch, ours.count)]))
            }
        }
    }
}
