import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// Synthetic people and places for the tests of registry.
enum RegistrySamples {
    static let keyText = String(repeating: "0123456789abcdef", count: 4)

    static func key() throws -> RegistryKey { try RegistryKey(hexadecimal: keyText) }

    static func keyring() throws -> Keyring { Keyring(try key()) }

    static func definition() throws -> ServiceDefinition { Registry.definition(try keyring()) }

    static func date(_ text: String) throws -> BusinessDate { try #require(BusinessDate(text)) }

    static func territory(_ text: String) throws -> TerritoryCode {
        try #require(TerritoryCode(text))
    }

    /// 希望 in 开元, with its subdistrict and district, and a neighbour in another subdistrict.
    static let communities = ["350203007901", "350203009901"]

    static func loadTerritory(
        _ codes: [String] = ["350203", "350203007", "350203009"] + communities,
        edition: String = "2023-12-31", from: String = "2000-01-01", to: String? = nil,
        name: String = "Sample"
    ) throws -> LoadTerritory {
        LoadTerritory(
            edition: try date(edition), source: "test",
            units: try codes.map {
                TerritoryUnit(
                    code: try territory($0), nameZh: "示例", nameEn: name,
                    validFrom: try date(from), validTo: try to.map(date))
            })
    }

    /// A resident id that nobody has: the address code is of the reference deployment.
    static func resident(_ serial: Int, born: String = "1965-03-09") throws -> ResidentID {
        let number = String(serial + 1_000).suffix(3)
        let digits = "350203" + born.filter { $0 != "-" } + number
        let check = ResidentID.checkCharacter(Array(digits.utf8))
        return try #require(ResidentID(digits + String(UnicodeScalar(check))))
    }

    /// A Chinese passport that nobody else has.
    static func passport(_ serial: Int = 1, validTo: String? = nil) throws -> Paper {
        try paper(.passport, "E1234\(serial + 1_000)", .china, validTo: validTo)
    }

    static func paper(
        _ kind: PaperKind, _ number: String, _ country: CountryCode? = nil, validTo: String? = nil
    ) throws -> Paper {
        Paper(
            kind: kind, number: try #require(PaperNumber(number)), country: country,
            validTo: try validTo.map(date))
    }

    /// The office that `appointment` fills.
    static let office = MemberID(UUID())
    static var officer: Actor {
        get throws { office.acting(in: try territory("350203")) }
    }

    /// A person of the first community, and the person's office.
    static func appointment(
        in branch: String = "350203", _ level: AuthorityLevel = .district
    ) throws -> [any Command] {
        let holder = try person(990)
        let office = MemberSubject(
            member: office, person: holder.person, role: .officer,
            territory: try territory(branch), level: level)
        return [holder, EnrolMember(office, enrolledOn: try date("2019-06-02"))]
    }

    static func member(
        _ serial: Int, _ role: Role = .head, person: PersonID = PersonID(UUID())
    ) throws -> NewMember {
        NewMember(
            person: person, role: role, name: "示例人\(serial)", residentId: try resident(serial),
            phone: "1380000\(serial + 1_000)")
    }

    static func household(
        _ id: HouseholdID = HouseholdID(UUID()), in community: String = communities[0],
        members: [NewMember], categories: [NewCategory] = []
    ) throws -> RegisterHousehold {
        RegisterHousehold(
            household: id, territory: try territory(community),
            registeredOn: try date("2019-06-01"), members: members, categories: categories)
    }

    static func category(
        _ category: Messages.Category = .onlyChild, of subject: UUID, from: String = "2005-01-01",
        to: String? = nil, verified: Bool = true
    ) throws -> NewCategory {
        NewCategory(
            assertion: AssertionID(UUID()), subject: subject, category: category,
            evidence: "certificate of 示例人", validFrom: try date(from), validTo: try to.map(date),
            verified: verified)
    }

    static func person(
        _ serial: Int, _ id: PersonID = PersonID(UUID()), household: HouseholdID? = nil,
        role: Role? = nil, in community: String = communities[0]
    ) throws -> RegisterPerson {
        RegisterPerson(
            person: id, household: household, role: role, territory: try territory(community),
            registeredOn: try date("2019-06-01"), name: "示例人\(serial)",
            residentId: try resident(serial))
    }
}

extension MemberID {
    /// Whoever holds that office in that branch.
    func acting(in branch: TerritoryCode) -> Actor {
        Actor(staff: StaffID(uuid), territory: branch)
    }

    func acting(in community: Int = 0) throws -> Actor {
        acting(in: try RegistrySamples.territory(RegistrySamples.communities[community]))
    }
}

extension HandlerBench {
    /// Enrols an officer of a branch, who acts for it.
    func registryOfficer(
        in branch: String = "350203007", _ level: AuthorityLevel = .subdistrict
    ) throws -> Actor {
        let clerk = try RegistrySamples.person(branch == "350203007" ? 801 : 802)
        let office = MemberID(UUID())
        let territory = try RegistrySamples.territory(branch)
        try handle(clerk)
        try handle(
            EnrolMember(
                MemberSubject(
                    member: office, person: clerk.person, role: .officer, territory: territory,
                    level: level), enrolledOn: try RegistrySamples.date("2019-06-01")))
        return office.acting(in: territory)
    }

    /// Opens a site in the first community.
    func open(_ site: SiteID) throws {
        let community = try RegistrySamples.territory(RegistrySamples.communities[0])
        try handle(
            OpenSite(
                site: site, kind: .warmHome, territory: community, nameZh: "示例", nameEn: "Sample",
                openedOn: try RegistrySamples.date("2018-05-29"),
                tiers: Array(community.ancestors.prefix(3)), ruleSets: ["one"], themes: ["two"]))
    }
}

/// The handlers of registry with the territories loaded.
func registryBench() throws -> HandlerBench {
    let bench = HandlerBench(try RegistrySamples.definition())
    try bench.handle(try RegistrySamples.loadTerritory())
    return bench
}
