import Foundation
import Messages
import People
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// Where people are on a day, and who is present.
@Suite struct FundingLifeTests {
    typealias Samples = FundingSamples
    /// With nothing but people: what hangs on them is looked up in a database.
    let bench: HandlerBench = {
        var router = Router()
        PeopleProjection(forgetsErased: false).register(in: &router)
        return HandlerBench(
            ServiceDefinition(
                name: "funding", version: "", migrations: [], constraints: [:], jobs: [],
                router: router))
    }()
    let household = HouseholdID(UUID())
    let person = PersonID(UUID())

    private func member() throws -> Person {
        try #require(try bench.unit.find(Person.self, person.uuid))
    }

    private func isPresent(on day: String) throws -> Bool {
        try member().isPresent(on: try Samples.date(day))
    }

    @Test("Whoever has moved out is absent from that day on, and may come back")
    func movedOut() throws {
        try bench.handle(try Samples.registered(household, person), sequence: 1)
        try bench.handle(try Samples.moved(person, to: nil, nil), sequence: 2)
        try bench.handle(
            try Samples.moved(person, to: Samples.community, nil, on: "2019-06-01"), sequence: 3)
        #expect(try isPresent(on: "2019-03-31"))
        #expect(try !isPresent(on: "2019-04-01"))
        #expect(try !isPresent(on: "2019-05-31"))
        #expect(try isPresent(on: "2019-06-01"))
    }

    @Test("A household takes its members along")
    func householdMoved() throws {
        try bench.handle(try Samples.registered(household, person), sequence: 1)
        try bench.handle(
            try Samples.moved(household, [person], to: "350203008901"), sequence: 3)
        let row = try #require(try bench.unit.find(Household.self, household.uuid))
        #expect(row.territory.rawValue == "350203008901")
        #expect(try member().lastTerritory?.rawValue == "350203008901")
    }

    @Test("A late move that happened earlier changes where the person was, not where the person is")
    func lateMove() throws {
        let second = HouseholdID(UUID())
        try bench.handle(try Samples.registered(household, person), sequence: 1)
        try bench.handle(
            try Samples.moved(person, to: "350203008901", nil, on: "2019-06-01"), sequence: 2)
        try bench.handle(
            try Samples.moved(person, to: "350203009901", second, on: "2019-03-01"), sequence: 3)
        let stays = try ["2019-02-28", "2019-03-01", "2019-06-01"].map {
            try member().stay(on: try Samples.date($0))
        }
        #expect(stays.map { $0?.household } == [household, second, nil])
        #expect(stays.last??.territory?.rawValue == "350203008901")
    }

    @Test("An erased person keeps household and age, under all ids")
    func erased() throws {
        var fact = try Samples.registered(household, person)
        let other = PersonID(UUID())
        fact.members.append(
            MemberFact(
                person: other, role: .spouse, birthDate: try Samples.date("1961-01-01"),
                sex: .female))
        let bench = try ServiceBench(Funding.definition)
        try bench.take(fact, subject: household.uuid, sequence: 1)
        let erased = try Samples.erased(person, [other])
        for _ in 1...2 { try bench.take(erased, subject: person.uuid, sequence: 4) }
        let kept = try bench.connection.run(
            """
            SELECT FROM person WHERE household = \(household.uuid)
                AND (erased_on IS NOT NULL OR merged_into IS NOT NULL)
                AND birth_date IN ('1960-02-29', '1961-01-01')
            """)
        #expect(kept.count == 2)
    }

    @Test("Who has died is present for the last time on that day, and who is erased is not")
    func gone() throws {
        var record = PersonRecord(
            person: person, version: 1, birthDate: try Samples.date("1960-02-29"), sex: .female,
            stays: [
                Stay(
                    from: try Samples.date("2018-03-01"),
                    territory: try Samples.territory(Samples.community))
            ])
        record.diedOn = try Samples.date("2019-05-01")
        #expect(Person(record).isPresent(on: try Samples.date("2019-05-01")))
        #expect(!Person(record).isPresent(on: try Samples.date("2019-05-02")))
        record.erasedOn = try Samples.date("2019-06-01")
        #expect(!Person(record).isPresent(on: try Samples.date("2019-05-01")))
    }
}

/// Facts of registry about what becomes of persons and households.
extension FundingSamples {
    static func moved(
        _ person: PersonID, to territory: String?, _ household: HouseholdID?,
        as role: Role = .head, on day: String = "2019-04-01"
    ) throws -> PersonMoved {
        PersonMoved(
            person: person, from: try Self.territory(community),
            territory: try territory.map(Self.territory), household: household,
            role: household == nil ? nil : role, movedOn: try date(day),
            birthDate: try date("1960-02-29"), sex: .female)
    }

    static func moved(
        _ household: HouseholdID, _ members: [PersonID], to territory: String,
        on day: String = "2019-05-01"
    ) throws -> HouseholdMoved {
        HouseholdMoved(
            household: household, from: try Self.territory(community),
            territory: try Self.territory(territory), members: members, movedOn: try date(day))
    }

    /// The survivor stays in that household, if any.
    static func merged(
        _ merged: PersonID, into survivor: PersonID, in household: HouseholdID? = nil,
        as role: Role = .head
    ) throws -> PersonsMerged {
        PersonsMerged(
            survivor: survivor, merged: merged, territory: try territory(community),
            household: household, role: household == nil ? nil : role,
            mergedOn: try date("2019-04-01"))
    }

    static func died(_ person: PersonID, on day: String) throws -> PersonDied {
        PersonDied(person: person, territory: try territory(community), diedOn: try date(day))
    }

    static func erased(_ person: PersonID, _ merged: [PersonID] = []) throws -> PersonErased {
        PersonErased(
            person: person, merged: merged, territory: try territory(community),
            erasedOn: try date("2019-05-01"))
    }

    static func revoked(
        _ assertion: AssertionID, of household: HouseholdID, subject: UUID? = nil,
        _ category: Messages.Category = .bereaved
    ) throws -> CategoryRevoked {
        CategoryRevoked(
            CategorySubject(
                assertion: assertion, household: household, subject: subject ?? household.uuid,
                territory: try territory(community), category: category,
                validFrom: try date("2017-01-01")), revokedOn: try date("2019-06-01"))
    }
}
