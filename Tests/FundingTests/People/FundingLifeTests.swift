import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// Moves, deaths, erasures and revoked categories in funding's projection, over rows in memory.
@Suite struct FundingLifeTests {
    typealias Samples = FundingSamples
    let bench = HandlerBench(Funding.definition)
    let household = HouseholdID(UUID())
    let person = PersonID(UUID())
    let assertion = AssertionID(UUID())

    private func registered() throws -> HouseholdRegistered {
        try Samples.registered(household, person)
    }

    /// The household of the tests, or another one that has the person from the beginning.
    private func moved(
        _ household: HouseholdID? = nil, to territory: String, on day: String = "2019-05-01"
    ) throws -> HouseholdMoved {
        try Samples.moved(household ?? self.household, [person], to: territory, on: day)
    }

    private func member(_ bench: HandlerBench? = nil) throws -> Person {
        try #require(try (bench ?? self.bench).unit.find(Person.self, person.uuid))
    }

    /// Whether a fact changes what is held of the household or the person.
    private func isNews(_ fact: any Payload, _ sequence: Int64) throws -> Bool {
        func held() throws -> [String] {
            [
                String(describing: try bench.unit.find(Household.self, household.uuid)),
                String(describing: try member()),
            ]
        }
        let before = try held()
        try bench.handle(fact, sequence: sequence)
        return try held() != before
    }

    // MARK: Moves

    @Test("A person lives where the newest move says, in whatever order and how often facts come")
    func personMoved() throws {
        let (first, second) = (HouseholdID(UUID()), HouseholdID(UUID()))
        let moves: [(any Payload, Int64)] = [
            (try Samples.moved(person, to: "350203007902", first, on: "2019-04-01"), 2),
            (try Samples.moved(person, to: "350203008901", second, on: "2019-04-01"), 3),
        ]
        for order in [moves, moves.reversed()] {
            let bench = HandlerBench(Funding.definition)
            try bench.handle(try registered(), sequence: 1)
            for (fact, sequence) in order + order { try bench.handle(fact, sequence: sequence) }
            let member = try member(bench)
            #expect(member.household == second)
            #expect(member.role == .head)
            #expect(member.territory?.rawValue == "350203008901")
            #expect(member.sequence == 3)
        }
    }

    @Test("An older move and the same one again are ignored")
    func olderMove() throws {
        try bench.handle(try registered(), sequence: 1)
        let fact = try Samples.moved(person, to: "350203007902", HouseholdID(UUID()))
        #expect(try isNews(fact, 3))
        #expect(try !isNews(fact, 3))
        #expect(try !isNews(fact, 2))
        #expect(bench.source.loads == 0)
    }

    @Test("Whoever has moved out is in no territory and no household, and may come back")
    func movedOut() throws {
        try bench.handle(try registered(), sequence: 1)
        try bench.handle(try Samples.moved(person, to: nil, nil), sequence: 2)
        #expect(try member().territory == nil)
        #expect(try member().household == nil)
        #expect(try !member().isPresent(on: try Samples.date("2020-01-01")))
        try bench.handle(
            try Samples.moved(person, to: Samples.community, nil, on: "2019-06-01"), sequence: 3)
        #expect(try member().isPresent(on: try Samples.date("2020-01-01")))
    }

    @Test("A household's registration that comes late does not bring back who has moved since")
    func lateRegistration() throws {
        let alone = PersonRegistered(
            person: person, territory: try Samples.territory(Samples.community),
            registeredOn: try Samples.date("2018-02-01"),
            birthDate: try Samples.date("1960-02-29"), sex: .female)
        try bench.handle(alone, sequence: 1)
        try bench.handle(try Samples.moved(person, to: "350203008901", nil), sequence: 2)
        try bench.handle(try registered(), sequence: 1)
        #expect(try member().household == nil)
        #expect(try member().territory?.rawValue == "350203008901")
    }

    @Test("A household takes its members along; an older move and the same one again are ignored")
    func householdMoved() throws {
        try bench.handle(try registered(), sequence: 1)
        #expect(try isNews(try moved(to: "350203008901"), 3))
        #expect(try !isNews(try moved(to: "350203008901"), 3))
        #expect(try !isNews(try moved(to: "350203007902", on: "2019-04-01"), 2))
        let row = try #require(try bench.unit.find(Household.self, household.uuid))
        #expect(row.territory.rawValue == "350203008901")
        #expect(try member().territory?.rawValue == "350203008901")
        #expect(bench.source.loads == 0)
    }

    @Test(
        "A person's move and the household's give the same in any order: the later day counts",
        arguments: [
            // The day of the person's move into the household; where the person lives then.
            ("2019-04-01", "350203009901"), ("2019-05-01", "350203009901"),
            ("2019-06-01", "350203007902"),
        ])
    func twoMoves(_ day: String, _ territory: String) throws {
        let second = HouseholdID(UUID())
        var other = try registered()
        (other.household, other.members) = (second, [])
        let facts: [(any Payload, Int64)] = [
            (try Samples.moved(person, to: "350203007902", second, on: day), 2),
            (try moved(second, to: "350203009901"), 2),
        ]
        for order in [facts, facts.reversed()] {
            let bench = HandlerBench(Funding.definition)
            try bench.handle(try registered(), sequence: 1)
            try bench.handle(other, sequence: 1)
            for (fact, sequence) in order { try bench.handle(fact, sequence: sequence) }
            #expect(try member(bench).territory?.rawValue == territory)
        }
    }

    @Test("A household does not take along who has left it")
    func left() throws {
        try bench.handle(try registered(), sequence: 1)
        try bench.handle(try Samples.moved(person, to: "350203007902", nil), sequence: 2)
        try bench.handle(try moved(to: "350203008901", on: "2019-01-01"), sequence: 2)
        #expect(try member().territory?.rawValue == "350203007902")
    }

    // MARK: Death and erasure

    @Test("A person has died on the first day that is said, and is there on it for the last time")
    func died() throws {
        try bench.handle(try registered(), sequence: 1)
        #expect(try isNews(try Samples.died(person, on: "2019-05-02"), 3))
        #expect(try !isNews(try Samples.died(person, on: "2019-05-02"), 3))
        #expect(try isNews(try Samples.died(person, on: "2019-05-01"), 2))
        #expect(try member().household == household)
        #expect(try member().isPresent(on: try Samples.date("2019-05-01")))
        #expect(try !member().isPresent(on: try Samples.date("2019-05-02")))
    }

    @Test("A move that comes after the death that followed it still says where the person lived")
    func moveAfterDeath() throws {
        try bench.handle(try registered(), sequence: 1)
        try bench.handle(try Samples.died(person, on: "2019-05-02"), sequence: 3)
        #expect(try isNews(try Samples.moved(person, to: "350203008901", household), 2))
        #expect(try member().territory?.rawValue == "350203008901")
        #expect(try member().diedOn?.description == "2019-05-02")
    }

    @Test("An erased person keeps household and age, under all ids")
    func erased() throws {
        var fact = try registered()
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
            SELECT FROM person WHERE household = \(household.uuid) AND is_erased
                AND birth_date IN ('1960-02-29', '1961-01-01')
            """)
        #expect(kept.count == 2)
    }

    @Test("Who is erased is not in the association any more")
    func erasedIsAbsent() throws {
        var alone = Person(
            id: person, household: nil, role: nil, birthDate: try Samples.date("1960-02-29"),
            sex: .female, territory: try Samples.territory(Samples.community), sequence: 1)
        #expect(alone.isPresent(on: try Samples.date("2019-05-01")))
        alone.isErased = true
        #expect(!alone.isPresent(on: try Samples.date("2019-05-01")))
    }

    @Test("What is said of somebody waits until registry has said who it is")
    func waits() throws {
        let facts: [any Payload] = [
            try Samples.moved(person, to: Samples.community, nil), try Samples.erased(person),
            try Samples.died(person, on: "2019-05-01"),
            try Samples.merged(person, into: PersonID(UUID())),
            try Samples.merged(PersonID(UUID()), into: person),
        ]
        for fact in facts.dropLast(2) {
            #expect(try bench.handle(fact, sequence: 2).wait?.id == person.uuid)
        }
        for fact in facts.suffix(2) {
            #expect(try bench.handle(fact, sequence: 2).wait?.otherwise.code == "unknown_person")
        }
        let home = try bench.handle(try moved(to: Samples.community), sequence: 2)
        #expect(home.wait?.id == household.uuid)
        #expect(home.wait?.otherwise.code == "unknown_household")
    }

    // MARK: Categories

    @Test("A revoked category has never held, in whatever order and how often its facts come")
    func revoked() throws {
        let facts: [(any Payload, Int64)] = [
            (
                CategoryVerified(
                    CategorySubject(
                        assertion: assertion, household: household, subject: person.uuid,
                        territory: try Samples.territory(Samples.community), category: .bereaved,
                        validFrom: try Samples.date("2017-01-01")),
                    verifiedOn: try Samples.date("2018-04-01")), 1
            ),
            (
                CategoryEnded(
                    CategorySubject(
                        assertion: assertion, household: household, subject: person.uuid,
                        territory: try Samples.territory(Samples.community), category: .bereaved,
                        validFrom: try Samples.date("2017-01-01")),
                    endedOn: try Samples.date("2019-01-01")), 2
            ),
            (try Samples.revoked(assertion, of: household, subject: person.uuid), 3),
        ]
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let bench = HandlerBench(Funding.definition)
            for index in order + order {
                try bench.handle(facts[index].0, sequence: facts[index].1)
            }
            let row = try #require(try bench.unit.find(HouseholdCategory.self, assertion.uuid))
            #expect(row.isVerified, "\(order)")
            #expect(row.endedOn == row.validFrom, "\(order)")
            #expect(!row.holds(on: try Samples.date("2018-06-01")), "\(order)")
        }
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
