public import Foundation
public import Messages

/// The definitions of a district, as files in a directory such as `seeds`: territory, programmes, words, rules, plan and
/// bulletin. All of them are sent as messages.
public struct DistrictSeeds {
    public let territory: Territory
    public let programmes: Programmes
    public let words: WordList
    public let rules: Rules
    public let plan: DefinePlan
    public let bulletin: DefineBulletin

    public init(directory: URL) throws {
        territory = try Self.read("territory.json", in: directory)
        programmes = try Self.read("programmes.json", in: directory)
        words = try Self.read("words.json", in: directory)
        rules = try Self.read("rules.json", in: directory)
        plan = try Self.read("plan.json", in: directory)
        bulletin = try Self.read("bulletin.json", in: directory)
    }

    public static func read<Value: Decodable>(_ name: String, in directory: URL) throws -> Value {
        try NamedFile.decode(
            Value.self, from: directory.appending(path: name).path,
            as: "a directory with files such as seeds/\(name)")
    }

    /// The definitions that can be sent first, in any order. The bulletin comes later: it names territories, which reporting
    /// hears of from registry.
    public var definitions: [any Command] {
        let named: [any Command] = programmes.commands + words.commands
        let ruled: [any Command] = rules.loans + rules.families
        return named + ruled + [plan]
    }
}

extension DistrictSeeds {
    public struct Territory: Decodable {
        public struct Unit: Decodable {
            public let code: TerritoryCode
            public let nameZh: String
            public let nameEn: String
        }
        public let edition: BusinessDate
        public let source: String
        public let validFrom: BusinessDate
        public let units: [Unit]

        public var command: LoadTerritory {
            LoadTerritory(
                edition: edition, source: source,
                units: units.map {
                    TerritoryUnit(
                        code: $0.code, nameZh: $0.nameZh, nameEn: $0.nameEn, validFrom: validFrom)
                })
        }
    }

    public struct Programmes: Decodable {
        public struct Entry: Decodable {
            public let programme: Programme
            public let nameZh: String
            public let nameEn: String
            public let series: Programme?
            public let keyTask: Programme?
        }
        public let version: Int
        public let reason: String
        public let programmes: [Entry]

        public var commands: [DefineProgramme] {
            programmes.map {
                DefineProgramme(
                    programme: $0.programme, version: version, reason: reason, nameZh: $0.nameZh,
                    nameEn: $0.nameEn, series: $0.series, keyTask: $0.keyTask)
            }
        }
    }

    public struct WordList: Decodable {
        public struct Entry: Decodable {
            public let kind: WordKind
            public let code: String
            public let dimension: String?
            public let nameZh: String
            public let nameEn: String
        }
        public let version: Int
        public let reason: String
        public let words: [Entry]

        public var commands: [DefineWord] {
            words.map {
                DefineWord(
                    kind: $0.kind, code: $0.code, dimension: $0.dimension, version: version,
                    reason: reason, nameZh: $0.nameZh, nameEn: $0.nameEn)
            }
        }
    }

    /// The rules of loans (E3), and of the families that get home services and grants (E4, E5).
    public struct Rules: Decodable {
        public let loans: [DefineLoanRule]
        public let families: [DefineEligibility]
    }
}
