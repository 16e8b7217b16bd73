import CommandLineKit
import Foundation
import Messages

/// The commands of one phase may be sent in any order; those of a later one build on them.
enum ScenarioPhase: Int, CaseIterable {
    case foundations = 1
    case households, preparations, applications, endorsements, approvals, payments, repayments
    case completion

    var fileName: String {
        let number = rawValue < 10 ? "0\(rawValue)" : "\(rawValue)"
        return "\(number)-\(self).ndjson"
    }
}

/// Makes the reference scenario: the same commands with the same ids for the same seed, in no more memory for
/// more households.
///
/// Random numbers are drawn in the order in which commands are made, so a change of that order changes
/// everything after it.
struct ScenarioGenerator {
    typealias Emit = (ScenarioPhase, any Command) throws -> Void

    /// Bounds: enough households to choose from.
    static let households = 1_000...2_000_000

    let seeds: ScenarioSeeds
    let householdCount: Int
    var random: SplitMix64
    var ids: ScenarioIDs
    var residents: SyntheticResidents
    /// Where later phases find the people they need.
    var population = ScenarioPopulation()
    var offices = ScenarioOffices()
    /// The site of the sessions.
    var warmHome: SiteID?
    /// The figures that the scenario must come to.
    var expectation = ScenarioExpectation()
    let emit: Emit

    init(seeds: ScenarioSeeds, seed: UInt64, households: Int, emit: @escaping Emit) {
        precondition(Self.households.contains(households), "a number of households in range")
        self.seeds = seeds
        householdCount = households
        random = SplitMix64(seed: seed)
        ids = ScenarioIDs(seed: seed)
        residents = SyntheticResidents(seeds.reference.residentAddressCodes)
        self.emit = emit
    }

    mutating func generate() throws {
        try emit(.foundations, seeds.territory.command)
        try emit(.foundations, seeds.reference.publisher)
        try registerHouseholds()
        try registerPersons()
        try openSites()
        try lend()
        try receiveDonations()
        try insure()
        try meet()
        try commend()
        try supplement()
        try support()
        try spend()
        try clean()
        try raise()
        try goOnline()
        try relieve()
        try define()
    }

    mutating func id<Kind>() -> ID<Kind> { ID(ids.next()) }

    /// The association's definitions. The bulletin comes last: it names territories, which reporting hears of from registry.
    private func define() throws {
        for command in seeds.district.definitions { try emit(.foundations, command) }
        try emit(.completion, seeds.district.bulletin)
    }

    /// Warm Homes, each managed together by the district, its subdistrict and its community.
    private mutating func openSites() throws {
        for site in seeds.reference.sites {
            let id: SiteID = id()
            warmHome = warmHome ?? id
            try emit(
                .preparations,
                OpenSite(
                    site: id, kind: .warmHome, territory: site.territory, nameZh: site.nameZh,
                    nameEn: site.nameEn, openedOn: site.openedOn, tiers: site.territory.ancestors,
                    ruleSets: seeds.reference.siteRuleSets, themes: seeds.reference.siteThemes))
        }
    }

    /// Commends people of all subdistricts in turn.
    private mutating func commend() throws {
        let seed = seeds.reference.commendations
        var recipients = population.recipients()
        guard recipients.count >= seed.count else {
            throw FileProblem(
                "\(recipients.count) persons to commend, \(seed.count) are needed")
        }
        recipients.removeLast(recipients.count - seed.count)
        for recipient in recipients {
            expectation.add(
                "commendations", 1, dimension: seed.occasion, in: recipient.territory,
                on: seed.awardedOn)
            try emit(
                .applications,
                AwardCommendation(
                    CommendationSubject(
                        commendation: id(), recipient: recipient.person,
                        territory: recipient.territory, occasion: seed.occasion,
                        awardedOn: seed.awardedOn)))
        }
    }
}
