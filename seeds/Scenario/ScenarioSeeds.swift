import CommandLineKit
import Foundation
import Messages

/// The contents of the files in `seeds/`. `ScenarioGenerator` makes messages of them.
struct ScenarioSeeds {
    /// The district of the scenario.
    let district: DistrictSeeds
    let rules: Rules
    let reference: Reference

    init(directory: URL) throws {
        district = try DistrictSeeds(directory: directory)
        rules = try DistrictSeeds.read("rules.json", in: directory)
        reference = try DistrictSeeds.read("reference.json", in: directory)
        guard !communities.isEmpty else {
            throw FileProblem("territory.json names no community")
        }
    }

    var territory: DistrictSeeds.Territory { district.territory }

    var communities: [TerritoryCode] {
        territory.units.map(\.code).filter { $0.level == .community }
    }

    /// The given directory, or else `seeds` here, or else the one of the checkout that the tool was built in.
    static func directory(_ given: String?) throws -> URL {
        if let given { return URL(filePath: given, directoryHint: .isDirectory) }
        do {
            return try Checkout.find("seeds/reference.json").deletingLastPathComponent()
        } catch {
            throw FileProblem("there is no directory seeds here; name it with --seeds")
        }
    }
}

extension ScenarioSeeds {
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
        /// Address codes that were never given out, for residents who do not exist: the last one first.
        struct AddressCodes: Decodable {
            let first: Int
            let last: Int
        }
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
        let residentAddressCodes: AddressCodes
        let district: TerritoryCode
        let registeredOn: [BusinessDate]
        let patterns: [PatternCount]
        let persons: Persons
        let officersSince: BusinessDate
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
