import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// Facts of registry that cannot be read: each becomes a dead letter, and the queue goes on.
@Suite struct FundingMalformedFactTests {
    typealias Samples = FundingSamples
    let world: FundingWorld
    let family = HouseholdID(UUID())
    let person = PersonID(UUID())

    init() throws { world = try FundingWorld() }

    /// A change that breaks a fact, and what the dead letter says of it.
    struct Break: Sendable, CustomTestStringConvertible {
        let fact: String
        let field: String
        let value: String?
        let code: String

        var testDescription: String { "\(fact) \(field)" }
    }

    private static let breaks = [
        Break(
            fact: "household.registered", field: "members/0/birthDate", value: "1960-02-30",
            code: "invalid_value"),
        Break(
            fact: "household.registered", field: "members/0/sex", value: "unknown",
            code: "invalid_value"),
        Break(
            fact: "household.registered", field: "territory", value: "35020", code: "invalid_value"),
        Break(fact: "household.moved", field: "members/0", value: "nobody", code: "invalid_value"),
        Break(fact: "household.moved", field: "movedOn", value: nil, code: "missing_field"),
        Break(fact: "person.registered", field: "birthDate", value: nil, code: "missing_field"),
        Break(fact: "person.moved", field: "movedOn", value: "yesterday", code: "invalid_value"),
        Break(fact: "person.moved", field: "household", value: "x", code: "invalid_value"),
        Break(fact: "person.died", field: "diedOn", value: "2019-13-01", code: "invalid_value"),
        Break(fact: "person.died", field: "person", value: nil, code: "missing_field"),
        Break(fact: "person.erased", field: "merged", value: nil, code: "missing_field"),
        Break(fact: "person.erased", field: "person", value: "", code: "invalid_value"),
        Break(fact: "persons.merged", field: "survivor", value: nil, code: "missing_field"),
        Break(fact: "persons.merged", field: "role", value: "aunt", code: "invalid_value"),
        Break(fact: "persons.unmerged", field: "merged", value: nil, code: "missing_field"),
        Break(
            fact: "person.move_voided", field: "voidedOn", value: "soon", code: "invalid_value"),
        Break(fact: "person.death_corrected", field: "wrong", value: nil, code: "missing_field"),
        Break(fact: "person.death_voided", field: "person", value: "x", code: "invalid_value"),
        Break(fact: "person.corrected", field: "birthDate", value: nil, code: "missing_field"),
        Break(
            fact: "household.dissolved", field: "household", value: nil, code: "missing_field"),
        Break(
            fact: "household.restored", field: "members/0", value: "nobody", code: "invalid_value"),
        Break(fact: "category.corrected", field: "validFrom", value: nil, code: "missing_field"),
        Break(fact: "member.corrected", field: "enrolledOn", value: nil, code: "missing_field"),
        Break(fact: "member.voided", field: "member", value: "x", code: "invalid_value"),
        Break(fact: "site.opened", field: "site", value: nil, code: "missing_field"),
        Break(fact: "consent.voided", field: "purpose", value: nil, code: "missing_field"),
        Break(fact: "consent.recorded", field: "purpose", value: "x", code: "invalid_value"),
        Break(fact: "consent.recorded", field: "standing", value: nil, code: "missing_field"),
        Break(fact: "member.enrolled", field: "role", value: "boss", code: "invalid_value"),
        Break(fact: "member.left", field: "leftOn", value: nil, code: "missing_field"),
        Break(fact: "category.asserted", field: "category", value: "rich", code: "invalid_value"),
        Break(fact: "category.verified", field: "validFrom", value: nil, code: "missing_field"),
        Break(fact: "category.ended", field: "endedOn", value: "2019", code: "invalid_value"),
        Break(fact: "category.revoked", field: "assertion", value: nil, code: "missing_field"),
        Break(fact: "territory.loaded", field: "edition", value: nil, code: "missing_field"),
        Break(
            fact: "territory.loaded", field: "units/0/code", value: "35020", code: "invalid_value"),
    ]

    private var facts: [any Fact] {
        get throws {
            let community = try Samples.territory(Samples.community)
            let (assertion, day) = (AssertionID(UUID()), try Samples.date("2018-01-01"))
            let actor = try Samples.actor(Samples.community)
            return [
                try Samples.household(
                    HouseholdID(UUID()), .bereaved, born: "1960-01-01", in: Samples.community),
                try Samples.moved(family, [person], to: "350203008901"),
                PersonRegistered(
                    person: PersonID(UUID()), territory: community, registeredOn: day,
                    birthDate: try Samples.date("1960-01-01"), sex: .female),
                try Samples.moved(person, to: "350203008901", family),
                try Samples.died(person, on: "2019-05-01"),
                try Samples.erased(person, [PersonID(UUID())]),
                try Samples.merged(PersonID(UUID()), into: person, in: family),
                PersonsUnmerged(
                    survivor: person, merged: PersonID(UUID()), territory: community,
                    mergedTerritory: community, mergedOn: day, unmergedOn: day, actor: actor),
                MoveVoided(person: person, movedOn: day, voidedOn: day, actor: actor),
                DeathCorrected(
                    person: person, territory: community, diedOn: day, wrong: day,
                    correctedOn: day, actor: actor),
                DeathVoided(
                    person: person, territory: community, wrong: day, voidedOn: day, actor: actor),
                PersonCorrected(
                    person: person, territory: community, fields: [.birthDate], birthDate: day,
                    sex: .female, standing: .provisional, correctedOn: day, actor: actor),
                ConsentRecorded(
                    person: person, territory: community, purpose: .insurer, decision: .given,
                    decidedOn: day, standing: .given, standingSince: day),
                HouseholdDissolved(household: family, territory: community, dissolvedOn: day),
                HouseholdRestored(
                    household: family, territory: community, wrong: day, members: [person],
                    restoredOn: day, actor: actor),
                CategoryCorrected(
                    CategorySubject(
                        assertion: assertion, household: family, subject: person.uuid,
                        territory: community, category: .lowIncome, validFrom: day),
                    actor: actor),
                MemberCorrected(try office(), enrolledOn: day, actor: actor),
                SiteOpened(
                    OpenSite(
                        site: SiteID(UUID()), kind: .warmHome, territory: community, nameZh: "示例",
                        nameEn: "Sample", openedOn: day, tiers: [community], ruleSets: ["one"],
                        themes: ["two"])),
                MemberVoided(try office(), actor: actor),
                ConsentVoided(
                    person: person, territory: community, purpose: .insurer, decision: .given,
                    decidedOn: day, actor: actor),
                MemberEnrolled(try office(), enrolledOn: day),
                MemberLeft(try office(), ending: .left, enrolledOn: day, leftOn: day),
                CategoryAsserted(
                    CategorySubject(
                        assertion: assertion, household: family, subject: family.uuid,
                        territory: community, category: .bereaved, validFrom: day)),
                CategoryVerified(
                    CategorySubject(
                        assertion: assertion, household: family, subject: family.uuid,
                        territory: community, category: .bereaved, validFrom: day), verifiedOn: day),
                CategoryEnded(
                    CategorySubject(
                        assertion: assertion, household: family, subject: family.uuid,
                        territory: community, category: .bereaved, validFrom: day), endedOn: day),
                try Samples.revoked(assertion, of: family),
                TerritoryLoaded(
                    edition: day, source: "test",
                    units: [
                        TerritoryUnit(
                            code: community, nameZh: "示例", nameEn: "Sample", validFrom: day)
                    ]),
            ]
        }
    }

    private func office() throws -> MemberSubject {
        MemberSubject(
            member: MemberID(UUID()), person: person, role: .staff,
            territory: try Samples.territory(Samples.community), level: .community)
    }

    /// As registry would publish it.
    private func body(_ fact: any Fact, sequence: Int64 = 1) throws -> [UInt8] {
        let header = Header(
            id: UUID(), source: "/registry", type: type(of: fact).type, time: .now(),
            subject: family.description, sequence: sequence)
        return try MessageEncoder().encode(header, fact)
    }

    private func broken(_ change: Break) throws -> (type: String, body: [UInt8]) {
        let type = "registry.\(change.fact).v1"
        let fact = try #require(try facts.first { Swift.type(of: $0).type == type })
        let document = try JSONSerialization.jsonObject(with: Data(body(fact)))
        let path = ["data"] + change.field.split(separator: "/").map(String.init)
        let changed = Self.replace(path[...], in: document, change.value)
        return (type, Array(try JSONSerialization.data(withJSONObject: changed)))
    }

    private static func replace(_ path: ArraySlice<String>, in node: Any, _ value: Any?) -> Any {
        guard let step = path.first else { return value ?? NSNull() }
        let rest = path.dropFirst()
        if var object = node as? [String: Any] {
            object[step] = rest.isEmpty ? value : replace(rest, in: object[step] ?? NSNull(), value)
            return object
        }
        if var array = node as? [Any], let index = Int(step) {
            array[index] = replace(rest, in: array[index], value)
            return array
        }
        return node
    }

    /// A household of the tests, registered in one batch with something else on either side.
    private func household() throws -> (type: String, body: [UInt8]) {
        let fact = try Samples.household(
            HouseholdID(UUID()), nil, born: "1970-01-01", in: Samples.community)
        return (HouseholdRegistered.type, try body(fact))
    }

    private func letters() throws -> [String] {
        try world.bench.connection.run(
            "SELECT code || ' ' || pointer || ' ' || times FROM dead_letter WHERE state = 'open'"
        ).map { try $0.decode(String.self, at: 0) }
    }

    @Test("Every fact that funding takes in of registry is broken here in some way")
    func complete() throws {
        let taken = Subscriptions.facts(of: "funding").map { $0.type }
            .filter { $0.hasPrefix("registry.") && !$0.hasPrefix("registry.publisher.") }
        #expect(Set(taken) == Set(Self.breaks.map { "registry.\($0.fact).v1" }))
        #expect(Set(taken) == Set(try facts.map { Swift.type(of: $0).type }))
    }

    @Test(
        "A fact that cannot be read is a dead letter, and those around it count", arguments: breaks)
    func unreadable(_ change: Break) throws {
        let bad = try broken(change)
        try world.bench.take(raw: [try household(), bad, try household()])
        let letter = "\(change.code) /data/\(change.field)"
        #expect(try letters() == [letter + " 1"])
        #expect(try world.count("SELECT count(*) FROM household") == 2)
        #expect(try world.count("SELECT count(*) FROM person") == 2)
        #expect(try world.count("SELECT count(*) FROM parked") == 0)
        // The same again is the same letter, and the queue goes on after it too.
        try world.bench.take(raw: [bad, try household()])
        #expect(try letters() == [letter + " 2"])
        #expect(try world.count("SELECT count(*) FROM household") == 3)
    }

    @Test("A fact that is not registry's own is a dead letter and changes nothing")
    func foreign() throws {
        let mother = try world.mother()
        let fact = try Samples.died(mother, on: "2018-12-31")
        try world.bench.take(fact, subject: mother.uuid, sequence: 2, as: "events")
        #expect(try letters() == ["wrong_envelope /type 1"])
        try world.accept(try Samples.apply(by: mother, to: try world.openFund()))
    }
}
