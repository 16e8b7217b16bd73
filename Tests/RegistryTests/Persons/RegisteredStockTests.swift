import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import Reporting

/// Registry's rows and reporting's counts, on two databases: reporting takes in registry's facts.
@Suite("Registry and published stocks agree")
struct RegisteredStockTests {
    private typealias Samples = RegistrySamples
    private let registry: ServiceBench
    private let reporting: ServiceBench
    private let here = RegistrySamples.communities[0]
    private let there = RegistrySamples.communities[1]
    private let household = HouseholdID(UUID())
    private let other = HouseholdID(UUID())
    private let persons = (0..<5).map { _ in PersonID(UUID()) }

    /// Two in a household here, two in another there, and one without.
    init() throws {
        registry = try ServiceBench(Samples.definition())
        reporting = try ServiceBench(Reporting.definition)
        try accept(Samples.loadTerritory())
        for (id, place, first) in [(household, here, 0), (other, there, 2)] {
            try accept(
                Samples.household(
                    id, in: place,
                    members: [
                        Samples.member(first + 1, .head, person: persons[first]),
                        Samples.member(first + 2, .spouse, person: persons[first + 1]),
                    ]))
        }
        try accept(Samples.person(9, persons[4], in: here))
    }

    @Test("A household that moves takes its members along, and leaves nobody behind")
    func householdMoves() throws {
        try accept(
            MoveHousehold(
                household: household, territory: Samples.territory(there),
                movedOn: Samples.date("2020-03-01")))
        try expectAgreement()
        #expect(try stock("households_registered", there, "2019") == 1)
        #expect(try stock("households_registered", here, "2020-03") == 0)
        #expect(try stock("persons_registered", here, "2020-03") == 1)
        #expect(try stock("persons_registered", there, "2020-03") == 4)
        #expect(try stock("persons_registered", "350203", "2020-03") == 5)
    }

    @Test("A household counts as long as one of its members lives here")
    func emptyHousehold() throws {
        try accept(move(persons[0], to: nil, on: "2020-02-10"))
        try expectAgreement()
        #expect(try stock("households_registered", here, "2020") == 1)
        try accept(die(persons[1], on: "2020-03-10"))
        try expectAgreement()
        #expect(try stock("households_registered", here, "2020-02") == 1)
        #expect(try stock("households_registered", here, "2020-03") == 0)
        try accept(Samples.person(20, household: household, role: .child, in: here))
        try expectAgreement()
        #expect(try stock("households_registered", here, "2020-03") == 1)
    }

    @Test("A person who moves out, comes back, dies and is erased is counted while living here")
    func oneLife() throws {
        let person = persons[4]
        let commands: [any Command] = [
            try move(person, to: nil, on: "2020-01-10"),
            try move(person, to: there, on: "2020-02-10"), try die(person, on: "2020-03-10"),
            ErasePerson(person: person, erasedOn: try Samples.date("2020-04-10")),
        ]
        for command in commands {
            try accept(command)
            try expectAgreement()
        }
        #expect(try stock("persons_registered", here, "2019") == 3)
        #expect(try stock("persons_registered", here, "2020-01") == 2)
        #expect(try stock("persons_registered", there, "2020-02") == 3)
        #expect(try stock("persons_registered", there, "2020-03") == 2)
        #expect(try stock("persons_registered", "350203") == 4)
    }

    @Test("A merge after a move takes one person from where the merged one was")
    func mergeAfterMove() throws {
        try accept(move(persons[4], to: there, on: "2020-06-01"))
        // It is known since March that the two are one.
        try accept(
            MergePersons(
                survivor: persons[0], merged: persons[4], mergedOn: Samples.date("2020-03-01")))
        try expectAgreement()
        #expect(try stock("persons_registered", there, "2019") == 2)
        #expect(try stock("persons_registered", there, "2020") == 2)
        #expect(try stock("persons_registered", here, "2020") == 2)
        #expect(try least() >= 0)
    }

    @Test("A household that ended by mistake counts again, with its members where they were")
    func restored() throws {
        for command in try Samples.appointment() { try accept(command) }
        let members = [
            MemberRoleInHousehold(person: persons[2], role: .parent),
            MemberRoleInHousehold(person: persons[3], role: .parent),
        ]
        try accept(
            MergeHouseholds(
                survivor: household, merged: other, members: members,
                mergedOn: Samples.date("2020-03-01")))
        try expectAgreement()
        #expect(try stock("households_registered", there, "2020-03") == 0)
        try accept(
            RestoreHousehold(
                household: other, restoredOn: Samples.date("2020-06-01"), reason: "a slip",
                actor: Samples.officer))
        try expectAgreement()
        #expect(try stock("households_registered", there, "2020-03") == 1)
        #expect(try stock("persons_registered", there, "2020-03") == 2)
        #expect(try least() >= 0)
    }

    @Test("Two who are one leave an empty household, which no longer counts")
    func mergedHeads() throws {
        try accept(die(persons[3], on: "2020-01-10"))
        try accept(
            MergePersons(
                survivor: persons[0], merged: persons[2], mergedOn: Samples.date("2020-03-01")))
        try expectAgreement()
        #expect(try stock("households_registered", there, "2020-03") == 0)
        #expect(try stock("persons_registered", there, "2020-03") == 0)
    }

    @Test("Moves that are told late leave no place with fewer than nobody")
    func lateMove() throws {
        try accept(move(persons[4], to: nil, on: "2020-06-01"))
        try accept(move(persons[4], to: there, on: "2020-03-01"))
        try accept(
            MoveHousehold(
                household: household, territory: Samples.territory(there),
                movedOn: Samples.date("2020-06-01")))
        try accept(move(persons[0], to: there, on: "2020-02-01"))
        try accept(
            MoveHousehold(
                household: other, territory: Samples.territory(here),
                movedOn: Samples.date("2020-06-01")))
        try expectAgreement()
        #expect(try least() >= 0)
    }

    @Test("Who was registered alone and comes to a household counts where it lives")
    func joins() throws {
        let member = try Samples.member(9, .head, person: persons[4])
        try accept(Samples.household(in: there, members: [member]))
        try expectAgreement()
        #expect(try stock("persons_registered", here) == 2)
        #expect(try stock("persons_registered", there) == 3)
        #expect(try stock("households_registered", there) == 2)
    }

    // MARK: Help

    private func move(
        _ person: PersonID, to place: String?, on day: String
    ) throws -> MovePerson {
        MovePerson(
            person: person, destination: try place.map(Samples.territory),
            movedOn: try Samples.date(day))
    }

    private func die(_ person: PersonID, on day: String) throws -> RecordDeath {
        RecordDeath(person: person, diedOn: try Samples.date(day))
    }

    private func accept(_ command: any Command) throws {
        let answer = try registry.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    /// Reporting takes in all that registry has published, the last first and some of it twice, and then counts what
    /// registry holds.
    private func expectAgreement(_ location: SourceLocation = #_sourceLocation) throws {
        let taken = Set(Subscriptions.facts(of: "reporting").map { $0.type })
        let published = registry.facts.filter { taken.contains($0.header.type) }
        for message in published.reversed() + published.prefix(2) {
            guard let fact = message.payload as? any Fact else { continue }
            try reporting.take(published: [try MessageEncoder().encode(message.header, fact)])
        }
        for place in [here, there] {
            let held = try registry.connection.run(
                """
                SELECT (SELECT count(*) FROM household h
                        WHERE h.territory = \(place) AND EXISTS (
                            SELECT FROM person m WHERE m.household = h.id AND m.died_on IS NULL
                              AND m.inherited_died_on IS NULL AND m.erased_on IS NULL)),
                       (SELECT count(*) FROM person
                        WHERE territory = \(place) AND died_on IS NULL AND merged_into IS NULL
                          AND inherited_died_on IS NULL AND erased_on IS NULL
                          AND split_part(split_part(stays, ' ', -1), '/', 2) <> '')
                """)
            let row = try #require(held.first)
            #expect(
                try stock("households_registered", place) ?? 0 == row.decode(Int64.self, at: 0),
                "households in \(place)", sourceLocation: location)
            #expect(
                try stock("persons_registered", place) ?? 0 == row.decode(Int64.self, at: 1),
                "persons in \(place)", sourceLocation: location)
        }
        #expect(
            try reporting.connection.run("SELECT FROM cell_mismatches()").isEmpty,
            sourceLocation: location)
    }

    private func stock(
        _ measure: String, _ territory: String, _ period: String = "all"
    ) throws -> Int64? {
        try reporting.connection.run(
            """
            SELECT value FROM cell_value
            WHERE measure = \(measure) AND period = \(period) AND territory = \(territory)
              AND dimension = ''
            """
        ).first?.decode(Int64.self, at: 0)
    }

    /// The smallest of all stocks of households and persons.
    private func least() throws -> Int64 {
        try reporting.connection.run(
            """
            SELECT min(value) FROM cell_value
            WHERE measure IN ('households_registered', 'persons_registered')
            """
        ).first?.decode(Int64.self, at: 0) ?? 0
    }
}
