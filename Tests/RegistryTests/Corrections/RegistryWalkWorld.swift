import Foundation
import Messages
import ServiceKit
import Support

@testable import Registry
@testable import ServiceSupport

/// A household of one in the first community, and others who turn out to be the same person.
struct RegistryWalkWorld: WalkWorld {
    typealias Samples = RegistrySamples

    let person = PersonID(UUID())
    let double = PersonID(UUID())
    /// A further registration, for records that name two.
    let other = PersonID(UUID())
    let home = HouseholdID(UUID())
    /// The id of the record, whatever it is.
    let record = UUID()
    /// In the order in which the database sorts them.
    let assertions = (0..<3).map { _ in AssertionID(UUID()) }
        .sorted { $0.description < $1.description }
    var named: PersonID
    var actor: Actor
    let stranger: Actor

    static let tables = [
        "person", "household", "category_assertion", "membership", "consent", "consent_record",
        "site", "site_term", "council_seat", "commendation", "paper", "data_key",
        "publisher_grant", "free_text", "task",
    ]

    init() throws {
        named = person
        actor = MemberID(UUID()).acting(in: try Samples.territory("350203"))
        stranger = MemberID(UUID()).acting(in: try Samples.territory("350203009"))
    }

    func bench() throws -> ServiceBench {
        let bench = try ServiceBench(Samples.definition())
        let community = Samples.communities[1]
        let clerks = try [Samples.person(990), Samples.person(991, in: community)]
        try bench.make([
            Samples.loadTerritory(
                ["350203", "350203007", "350203009", "350203007902"] + Samples.communities),
            clerks[0], clerks[1],
            office(actor, of: clerks[0].person, .district),
            office(stranger, of: clerks[1].person, .subdistrict),
            Samples.person(3, double),
            GrantPublisher(
                publisher: "elsewhere", territories: [stranger.territory], types: ["registry.*"]),
        ])
        return bench
    }

    private func office(
        _ actor: Actor, of clerk: PersonID, _ level: AuthorityLevel
    ) throws -> EnrolMember {
        EnrolMember(
            MemberSubject(
                member: MemberID(actor.staff.uuid), person: clerk, role: .officer,
                territory: actor.territory, level: level), enrolledOn: try day("2019-06-02"))
    }

    func merge(_ bench: ServiceBench) throws {
        try bench.make([
            MergePersons(survivor: double, merged: person, mergedOn: day("2020-01-05"))
        ])
    }

    func erase(_ bench: ServiceBench) throws {
        try bench.make([ErasePerson(person: person, erasedOn: day("2020-01-05"))])
    }

    // MARK: Commands

    var community: TerritoryCode {
        get throws { try Samples.territory(Samples.communities[0]) }
    }

    func day(_ text: String) throws -> BusinessDate { try Samples.date(text) }

    func household() throws -> RegisterHousehold {
        try Samples.household(home, members: [Samples.member(1, person: person)])
    }

    /// Of two: the other one is registered there too.
    func couple() throws -> RegisterHousehold {
        try Samples.household(
            home,
            members: [
                Samples.member(1, person: person), Samples.member(5, .spouse, person: other),
            ])
    }

    func assert(
        _ assertion: AssertionID, of subject: UUID, from date: String
    ) throws -> [any Command] {
        [
            AssertCategory(
                assertion: assertion, household: home, subject: subject,
                category: .hardshipGirl, validFrom: try day(date)),
            VerifyCategory(assertion: assertion, verifiedOn: try day(date)),
        ]
    }

    func enrol(_ member: UUID, on date: String = "2019-07-01") throws -> EnrolMember {
        EnrolMember(try subject(member), enrolledOn: try day(date))
    }

    func subject(_ member: UUID) throws -> MemberSubject {
        MemberSubject(
            member: MemberID(member), person: person, role: .volunteer, territory: try community)
    }

    func correctMember(from: String, to end: String? = nil) throws -> CorrectMember {
        CorrectMember(
            member: MemberID(record), enrolledOn: try day(from), leftOn: try end.map(day),
            reason: "of 示例人", actor: actor)
    }

    /// A site with the person in its council.
    func site() throws -> [any Command] {
        [
            OpenSite(
                site: SiteID(record), kind: .warmHome, territory: try community, nameZh: "示例",
                nameEn: "Sample", openedOn: try day("2019-06-10"),
                tiers: Array(try community.ancestors.prefix(3)), ruleSets: ["one"],
                themes: ["two"]),
            AppointCouncil(
                site: SiteID(record), council: [person], appointedOn: try day("2019-07-01")),
        ]
    }

    func correctSite(
        _ name: String = "Other", openedOn date: String = "2019-06-10", themes: [String] = ["two"]
    ) throws -> CorrectSite {
        CorrectSite(
            site: SiteID(record), kind: .warmHome, nameZh: "示例", nameEn: name,
            openedOn: try day(date), ruleSets: ["one"], themes: themes, reason: "a slip",
            actor: actor)
    }

    func award() throws -> AwardCommendation {
        AwardCommendation(
            CommendationSubject(
                commendation: CommendationID(record), recipient: person,
                territory: try community, occasion: "member day",
                awardedOn: try day("2019-07-01")))
    }

    func mergeOther(_ wrongPapers: WrongPapers? = nil) throws -> MergePersons {
        MergePersons(
            survivor: person, merged: other, mergedOn: try day("2019-09-01"),
            wrongPapers: wrongPapers)
    }

    func unmergeOther() throws -> UnmergePersons {
        UnmergePersons(
            survivor: named, merged: other, unmergedOn: try day("2020-02-01"),
            reason: "示例人 is another one", actor: actor)
    }
}
