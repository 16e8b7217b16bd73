import Foundation
import Messages

/// What makes a district, as files in a directory such as `seeds`: its territory, its programmes and what they are called, its
/// rules, and what it publishes. All of it is sent as messages.
struct DistrictSeeds {
    let territory: Territory
    let programmes: Programmes
    let words: WordList
    let rules: Rules
    let plan: DefinePlan
    let bulletin: DefineBulletin

    init(directory: URL) throws {
        territory = try Self.read("territory.json", in: directory)
        programmes = try Self.read("programmes.json", in: directory)
        words = try Self.read("words.json", in: directory)
        rules = try Self.read("rules.json", in: directory)
        plan = try Self.read("plan.json", in: directory)
        bulletin = try Self.read("bulletin.json", in: directory)
    }

    static func read<Value: Decodable>(_ name: String, in directory: URL) throws -> Value {
        let file = directory.appending(path: name)
        do {
            return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
        } catch {
            throw ScenarioSeeds.Failure(description: "\(file.path): \(error)")
        }
    }

    /// What can be sent before there is anything else, in any order. The bulletin comes after it: it names territories, which
    /// reporting hears of from registry.
    var definitions: [any Command] {
        let named: [any Command] = programmes.commands + words.commands
        let ruled: [any Command] = rules.loans + rules.families
        return named + ruled + [plan]
    }
}

extension DistrictSeeds {
    struct Territory: Decodable {
        struct Unit: Decodable {
            let code: TerritoryCode
            let nameZh: String
            let nameEn: String
        }
        let edition: BusinessDate
        let source: String
        let validFrom: BusinessDate
        let units: [Unit]

        var command: LoadTerritory {
            LoadTerritory(
                edition: edition, source: source,
                units: units.map {
                    TerritoryUnit(
                        code: $0.code, nameZh: $0.nameZh, nameEn: $0.nameEn, validFrom: validFrom)
                })
        }
    }

    struct Programmes: Decodable {
        struct Entry: Decodable {
            let programme: Programme
            let nameZh: String
            let nameEn: String
            let series: Programme?
            let keyTask: Programme?
        }
        let version: Int
        let reason: String
        let programmes: [Entry]

        var commands: [DefineProgramme] {
            programmes.map {
                DefineProgramme(
                    programme: $0.programme, version: version, reason: reason, nameZh: $0.nameZh,
                    nameEn: $0.nameEn, series: $0.series, keyTask: $0.keyTask)
            }
        }
    }

    struct WordList: Decodable {
        struct Entry: Decodable {
            let kind: WordKind
            let code: String
            let dimension: String?
            let nameZh: String
            let nameEn: String
        }
        let version: Int
        let reason: String
        let words: [Entry]

        var commands: [DefineWord] {
            words.map {
                DefineWord(
                    kind: $0.kind, code: $0.code, dimension: $0.dimension, version: version,
                    reason: reason, nameZh: $0.nameZh, nameEn: $0.nameEn)
            }
        }
    }

    /// What is lent to whom (E3), and which families homes are cleaned for and grants are given to (E4, E5).
    struct Rules: Decodable {
        let loans: [DefineLoanRule]
        let families: [DefineEligibility]
    }
}
