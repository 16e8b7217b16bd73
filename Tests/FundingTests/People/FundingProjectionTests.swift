import Foundation
import Messages
import Support
import Testing

@testable import Funding
@testable import ServiceKit

/// Funding's projection of registry's facts, over rows in memory.
@Suite struct FundingProjectionTests {
    typealias Samples = FundingSamples
    let bench = HandlerBench(Funding.definition)
    let household = HouseholdID(UUID())
    let person = PersonID(UUID())
    let assertion = AssertionID(UUID())

    private func registered(category isVerified: Bool? = nil) throws -> HouseholdRegistered {
        try Samples.registered(
            household, person,
            categories: try isVerified.map {
                [
                    CategoryFact(
                        assertion: assertion, subject: household.uuid, category: .onlyChild,
                        verified: $0, validFrom: try Samples.date("2017-01-01"),
                        validTo: try Samples.date("2021-12-31"))
                ]
            } ?? [])
    }

    private func alone() throws -> PersonRegistered {
        PersonRegistered(
            person: person, territory: try Samples.territory("350203008901"),
            registeredOn: try Samples.date("2017-03-01"),
            birthDate: try Samples.date("1960-02-29"), sex: .female)
    }

    private func verified() throws -> CategoryVerified {
        CategoryVerified(
            CategorySubject(
                assertion: assertion, household: household, subject: household.uuid,
                territory: try Samples.territory(Samples.community), category: .onlyChild,
                validFrom: try Samples.date("2017-01-01")), validTo: try Samples.date("2021-12-31"),
            verifiedOn: try Samples.date("2018-04-01"))
    }

    private func ended() throws -> CategoryEnded {
        CategoryEnded(
            CategorySubject(
                assertion: assertion, household: household, subject: household.uuid,
                territory: try Samples.territory(Samples.community), category: .onlyChild,
                validFrom: try Samples.date("2017-01-01")), endedOn: try Samples.date("2019-04-01"))
    }

    /// Rows that are held of the household and the person.
    private func held() throws -> [String] {
        [
            String(describing: try bench.unit.find(Household.self, household.uuid)),
            String(describing: try bench.unit.find(Person.self, person.uuid)),
        ]
    }

    @Test("A household brings its members, and the same fact again changes nothing")
    func members() throws {
        try bench.handle(try registered(), sequence: 1)
        let member = try #require(try bench.unit.find(Person.self, person.uuid))
        #expect(member.household == household)
        #expect(member.role == .head)
        #expect(member.territory?.rawValue == Samples.community)
        let before = try held()
        try bench.handle(try registered(), sequence: 1)
        #expect(try held() == before)
        #expect(bench.source.loads == 0)
    }

    @Test("A person who joins a household is its member, whichever fact comes first")
    func joining() throws {
        let facts: [(any Payload, Int64)] = [(try alone(), 1), (try registered(), 1)]
        for order in [facts, facts.reversed()] {
            let bench = HandlerBench(Funding.definition)
            for (fact, sequence) in order { try bench.handle(fact, sequence: sequence) }
            let member = try #require(try bench.unit.find(Person.self, person.uuid))
            #expect(member.household == household)
            #expect(member.role == .head)
            #expect(member.territory?.rawValue == Samples.community)
            #expect(member.sequence == 1)
        }
    }

    @Test("An older fact of a person is ignored")
    func older() throws {
        try bench.handle(try alone(), sequence: 2)
        let before = try held()
        try bench.handle(try alone(), sequence: 1)
        #expect(try held() == before)
    }

    @Test("Facts of a category give the same in any order")
    func categories() throws {
        let facts: [(any Payload, Int64)] = [
            (try registered(category: false), 1), (try verified(), 1), (try ended(), 2),
        ]
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        for order in orders {
            let bench = HandlerBench(Funding.definition)
            for index in order + order {
                try bench.handle(facts[index].0, sequence: facts[index].1)
            }
            let row = try #require(
                try bench.unit.find(HouseholdCategory.self, assertion.uuid))
            #expect(row.isVerified, "\(order)")
            #expect(row.validTo == (try Samples.date("2021-12-31")), "\(order)")
            #expect(row.endedOn == (try Samples.date("2019-04-01")), "\(order)")
        }
    }

    @Test("A proposed category is not verified")
    func proposed() throws {
        let fact = CategoryAsserted(
            CategorySubject(
                assertion: assertion, household: household, subject: person.uuid,
                territory: try Samples.territory(Samples.community), category: .hardshipGirl,
                validFrom: try Samples.date("2017-01-01")))
        try bench.handle(fact, sequence: 1)
        let row = try #require(try bench.unit.find(HouseholdCategory.self, assertion.uuid))
        try bench.handle(fact, sequence: 1)
        #expect(try bench.unit.find(HouseholdCategory.self, assertion.uuid) == row)
        #expect(!row.isVerified)
        #expect(row.subject == person.uuid)
    }
}
