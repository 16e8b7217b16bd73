import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// Categories are told wherever those live whom they are about.
@Suite struct RegistryCategoryQueryTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let wife: NewMember
    private let own: NewCategory
    private let common: NewCategory

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        wife = try RegistrySamples.member(2, .spouse)
        own = try RegistrySamples.category(.bereaved, of: wife.person.uuid)
        common = try RegistrySamples.category(.lowIncome, of: household.uuid)
        try bench.decide(RegistrySamples.loadTerritory())
        try bench.decide(
            RegistrySamples.household(
                household, members: [RegistrySamples.member(1), wife], categories: [own, common]))
    }

    private func answer<A: Decodable>(_ type: A.Type, _ query: any Query) throws -> A {
        let answered = try bench.decide(query)
        return try JSONDecoder().decode(AnswerDocument<A>.self, from: Data(answered.body))
            .data.answer
    }

    private func household(_ id: HouseholdID) throws -> [AssertionID] {
        try answer(HouseholdAnswer.self, GetHousehold(household: id)).categories.map(\.assertion)
    }

    private func person(_ id: PersonID) throws -> [AssertionID]? {
        try answer(PersonAnswer.self, GetPerson(person: id)).categories?.map(\.assertion)
    }

    private func leave() throws {
        try bench.decide(
            MovePerson(
                person: wife.person,
                destination: RegistrySamples.territory(RegistrySamples.communities[0]),
                movedOn: RegistrySamples.date("2020-03-01")))
    }

    @Test func `an answer says which fields of the query were ignored`() throws {
        var document = try JSONValue(bench.body(GetPerson(person: wife.person)))
        var data = try #require(document["data"])
        data["persons"] = "x"
        document["data"] = data
        let answer = try bench.deliver(
            raw: Array(document.compact.utf8), routingKey: GetPerson.type)
        let receipt = try #require(Receipt(body: answer.body))
        #expect(receipt.status == .accepted)
        #expect(receipt.ignored == [.init(pointer: "/data/persons", nearest: "person")])
        #expect(try JSONValue(answer.body)["data"]?["answer"]?["person"] != nil)
    }

    @Test func `a household tells those about itself and about its members`() throws {
        #expect(try household(household) == [common.assertion, own.assertion])
        try leave()
        #expect(try household(household) == [common.assertion])
    }

    @Test
    func `whoever lives in no household has them too, and in the next one they are told again`()
        throws
    {
        try leave()
        #expect(try person(wife.person) == [own.assertion])
        let next = HouseholdID(UUID())
        var register = try RegistrySamples.household(next, members: [wife])
        register.registeredOn = try RegistrySamples.date("2020-03-01")
        #expect(try bench.decide(register).status == "accepted")
        #expect(try household(next) == [own.assertion])
    }

    @Test func `after a merge the survivor has them, and after it is undone the other one again`()
        throws
    {
        let survivor = PersonID(UUID())
        try bench.decide(RegistrySamples.appointment())
        try bench.decide(RegistrySamples.person(9, survivor))
        try bench.decide(
            MergePersons(
                survivor: survivor, merged: wife.person,
                mergedOn: RegistrySamples.date("2020-04-01")))
        #expect(try household(household) == [common.assertion, own.assertion])
        #expect(try person(survivor) == [own.assertion])
        try bench.decide(
            UnmergePersons(
                survivor: survivor, merged: wife.person,
                unmergedOn: RegistrySamples.date("2020-05-01"), reason: "namesakes",
                actor: RegistrySamples.officer))
        #expect(try person(survivor) == [])
        #expect(try person(wife.person) == [own.assertion])
    }
}
