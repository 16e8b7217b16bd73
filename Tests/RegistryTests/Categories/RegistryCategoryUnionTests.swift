import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Categories of persons who move, marry again and turn out to be one.
@Suite struct RegistryCategoryUnionTests {
    private let life: RegistryLife

    init() throws { life = try RegistryLife() }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    @Test func `what was asserted of a bereaved wife goes with her, and not her husband's`() throws
    {
        let hers = try life.assert(.bereaved, of: life.wife.person.uuid)
        let his = try life.assert(.bereaved, of: life.husband.person.uuid)
        try life.move(life.wife.person, to: 1, life.other, on: "2020-03-01")
        #expect(try life.person(life.wife.person).assertions == [hers])
        #expect(try life.person(life.husband.person).assertions == [his])
        #expect(try life.household(life.home).assertions.isEmpty)
        let fact = try life.bench.handle(
            EndCategory(assertion: hers, endedOn: day("2020-05-01")),
            territories: [life.places[1]]
        ).fact(CategoryEnded.self)
        #expect(fact?.territory == life.places[1])
        let there = (fact?.stock ?? []).filter { $0.territory == life.places[1] }
        #expect(there.map(\.persons) == [-1])
        #expect(there.map(\.households) == [-1])
        #expect(there.map(\.category) == [.bereaved])
    }

    @Test func `a category of one member counts the household once`() throws {
        let first = try life.assert(.lowIncome, of: life.wife.person.uuid)
        let second = AssertionID(UUID())
        try life.bench.handle(
            AssertCategory(
                assertion: second, household: life.home, subject: life.home.uuid,
                category: .lowIncome, validFrom: day("2019-07-01")))
        let verified = try life.bench.handle(
            VerifyCategory(assertion: second, verifiedOn: day("2019-08-01")))
        #expect(verified.fact(CategoryVerified.self)?.stock == [])
        let revoked = try life.bench.handle(
            RevokeCategory(assertion: first, revokedOn: day("2019-09-01")))
        #expect(revoked.fact(CategoryRevoked.self)?.stock?.map(\.persons) == [-1])
        #expect(revoked.fact(CategoryRevoked.self)?.stock?.map(\.households) == [0])
        #expect(
            revoked.fact(CategoryRevoked.self)?.records?.categories?.map(\.version) == [3])
    }

    @Test func `of two open ones of one person one ends, and ending the other one is the end`()
        throws
    {
        let first = try life.assert(.bereaved, of: life.wife.person.uuid)
        let second = try life.assert(
            .bereaved, of: life.neighbour.person.uuid, in: life.other, from: "2019-09-01")
        let outcome = try life.merge(life.wife.person, life.neighbour.person)
        let ended = try #require(outcome.fact(CategoryEnded.self))
        #expect(ended.assertion == second)
        #expect(ended.endedOn == (try day("2019-09-01")))
        #expect(
            ended.records?.categories
                == outcome.fact(PersonsMerged.self)?.records?.categories)
        try life.bench.handle(EndCategory(assertion: first, endedOn: day("2020-06-01")))
        let again = AssertCategory(
            assertion: AssertionID(UUID()), household: life.home,
            subject: life.neighbour.person.uuid, category: .bereaved,
            validFrom: try day("2020-06-01"))
        #expect(try life.bench.handle(again).isAccepted)
    }

    /// Validity of the survivor's and the merged one's, and when each ends by the merge; nil for as before.
    @Test(
        arguments: [
            (("2019-07-01", nil), ("2019-09-01", nil), nil, "2019-09-01"),
            (("2019-09-01", nil), ("2019-07-01", nil), "2019-09-01", nil),
            (("2019-07-01", "2019-12-31"), ("2019-09-01", nil), "2019-09-01", nil),
            (("2019-09-01", nil), ("2019-07-01", "2019-12-31"), nil, "2019-09-01"),
            (("2019-07-01", "2019-08-31"), ("2019-09-01", nil), nil, nil),
            (("2019-07-01", nil), ("2019-07-01", nil), nil, "2019-07-01"),
        ] as [((String, String?), (String, String?), String?, String?)])
    func `no day is lost and none is twice`(
        own: (String, String?), other: (String, String?), ownEnd: String?, otherEnd: String?
    ) throws {
        let first = try life.assert(
            .lowIncome, of: life.wife.person.uuid, from: own.0, to: own.1)
        let second = try life.assert(
            .lowIncome, of: life.neighbour.person.uuid, in: life.other, from: other.0,
            to: other.1)
        try life.merge(life.wife.person, life.neighbour.person)
        #expect(try life.assertion(first).endedOn == (try ownEnd.map(day)))
        #expect(try life.assertion(second).endedOn == (try otherEnd.map(day)))
        let fact = try life.unmerge(life.wife.person, life.neighbour.person)
            .fact(PersonsUnmerged.self)
        #expect(try life.assertion(first).endedOn == nil)
        #expect(try life.assertion(second).endedOn == nil)
        let count = [ownEnd, otherEnd].compactMap(\.self).count
        #expect((fact?.records?.categories ?? []).count == count)
    }

    @Test func `a proposed one yields to a verified one`() throws {
        let proposed = try life.assert(
            .lowIncome, of: life.wife.person.uuid, from: "2019-07-01", verified: false)
        let verified = try life.assert(
            .lowIncome, of: life.neighbour.person.uuid, in: life.other, from: "2019-09-01")
        try life.merge(life.wife.person, life.neighbour.person)
        #expect(try life.assertion(proposed).endedOn == (try day("2019-09-01")))
        #expect(try life.assertion(verified).endedOn == nil)
    }

    @Test func `what was decided since the merge is not undone with it`() throws {
        _ = try life.assert(.bereaved, of: life.wife.person.uuid)
        let second = try life.assert(
            .bereaved, of: life.neighbour.person.uuid, in: life.other, from: "2019-09-01")
        try life.merge(life.wife.person, life.neighbour.person)
        try life.bench.handle(RevokeCategory(assertion: second, revokedOn: day("2020-05-01")))
        try life.unmerge(life.wife.person, life.neighbour.person)
        #expect(try life.assertion(second).revokedOn == (try day("2020-05-01")))
    }
}
