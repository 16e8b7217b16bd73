import Foundation
import Messages

/// What the files in `seeds/` say. Data only; what is made of it stands in `ScenarioGenerator`.
struct ScenarioSeeds {
    let territory: Territory
    let rules: Rules
    let reference: Reference
    let programmes: Programmes
    let plan: DefinePlan
    let bulletin: DefineBulletin

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(directory: URL) throws {
        func read<Value: Decodable>(_ name: String) throws -> Value {
            let file = directory.appending(path: name)
            do {
                return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
            } catch {
                throw Failure(description: "\(file.path): \(error)")
            }
        }
        territory = try read("territory.json")
        rules = try read("rules.json")
        reference = try read("reference.json")
        programmes = try read("programmes.json")
        plan = try read("plan.json")
        bulletin = try read("bulletin.json")
        guard !communities.isEmpty else {
            throw Failure(description: "territory.json names no community")
        }
    }

    var communities: [TerritoryCode] {
        territory.units.map(\.code).filter { $0.level == .community }
    }

    /// The given directory, or else `seeds` here, or else the one of the checkout that the tool was built in.
    static func directory(_ given: String?) throws -> URL {
        if let given { return URL(filePath: given, directoryHint: .isDirectory) }
        do {
            return try Checkout.find("seeds/reference.json").deletingLastPathComponent()
        } catch {
            throw Failure(description: "there is no directory seeds here; name it with --seeds")
        }
    }
}

extension ScenarioSeeds {
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
    }

    struct Programmes: Decodable {
        struct Entry: Decodable {
            let programme: Programme
            let nameZh: String
            let nameEn: String
        }
        let version: Int
        let reason: String
        let programmes: [Entry]

        var commands: [DefineProgramme] {
            programmes.map {
                DefineProgramme(
                    programme: $0.programme, version: version, reason: reason, nameZh: $0.nameZh,
                    nameEn: $0.nameEn)
            }
        }
    }

    struct Rules: Decodable {
        struct Insurance: Decodable {
            let kind: ProductKind
            let programme: Programme
            let nameZh: String
            let nameEn: String
            let ruleVersion: Int
            let rule: EligibilityRule
            let premiums: [Premium]
            let insured: InsuredKind?
        }
        let accidentInsurance: Insurance
        let nursingSupplement: Insurance
    }

    struct Reference: Decodable {
        struct PatternCount: Decodable {
            let pattern: HouseholdPattern
            let households: Int
        }
        struct Persons: Decodable {
            let count: Int
            let registeredOn: BusinessDate
        }
        struct Commendations: Decodable {
            let count: Int
            let awardedOn: BusinessDate
            let occasion: String
        }
        struct Site: Decodable {
            let territory: TerritoryCode
            let nameZh: String
            let nameEn: String
            let openedOn: BusinessDate
        }

        let seed: UInt64
        let households: Int
        let district: TerritoryCode
        let registeredOn: [BusinessDate]
        let patterns: [PatternCount]
        let persons: Persons
        let publisher: GrantPublisher
        let loans: LoanSeeds
        let insurance: InsuranceSeeds
        let donations: DonationSeeds
        let commendations: Commendations
        let sites: [Site]
        let siteRuleSets: [String]
        let siteThemes: [String]
        let warmHome: WarmHomeSeeds
        let supplement: InsuranceSeeds
        let grants: GrantSeeds
        let spending: SpendingSeeds
        let homeServices: HomeServiceSeeds
        let earlyChildhood: ChildhoodSeeds
        let online: [OnlineSeeds]
        let relief: ReliefSeeds
    }
}
