import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// A household that has ended by mistake stands again, on a real database.
@Suite struct RegistryHouseholdRestoreTests {
    private typealias Samples = RegistrySamples

    private let bench: ServiceBench
    private let home = HouseholdID(UUID())
    private let other = HouseholdID(UUID())
    private let head: NewMember
    private let child: NewMember
    private let neighbour: NewMember
    private let category: NewCategory

    init() throws {
        bench = try ServiceBench(Samples.definition())
        head = try Samples.member(1)
        child = try Samples.member(2, .child)
        neighbour = try Samples.member(3)
        category = try Samples.category(.lowIncome, of: home.uuid, from: "2019-06-01")
        try bench.decide(Samples.loadTerritory())
        try bench.decide(
            try Samples.appointment() + [
                try Samples.household(home, members: [head, child], categories: [category]),
                try Samples.household(other, in: Samples.communities[1], members: [neighbour]),
            ])
    }

    private func day(_ text: String) throws -> BusinessDate { try Samples.date(text) }

    @discardableResult
    private func accept(_ command: any Command) throws -> ServiceBench.Answered {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
        return answer
    }

    private func restore(
        _ household: HouseholdID? = nil, on date: String = "2020-12-01", by actor: Actor? = nil
    ) throws -> RestoreHousehold {
        RestoreHousehold(
            household: household ?? home, restoredOn: try day(date), reason: "a slip",
            actor: try actor ?? Samples.officer)
    }

    private func dissolve(on date: String = "2020-03-01") throws {
        try accept(DissolveHousehold(household: home, dissolvedOn: try day(date)))
    }

    private func merge(on date: String = "2020-03-01") throws {
        try accept(
            MergeHouseholds(
                survivor: other, merged: home,
                members: [
                    MemberRoleInHousehold(person: head.person, role: .parent),
                    MemberRoleInHousehold(person: child.person, role: .child),
                ], mergedOn: try day(date)))
    }

    private func move(
        _ person: PersonID, to place: Int, _ household: HouseholdID? = nil, on date: String
    ) throws {
        try accept(
            MovePerson(
                person: person, destination: Samples.territory(Samples.communities[place]),
                household: household, role: household == nil ? nil : .parent, movedOn: day(date)))
    }

    private func answer<A: Decodable>(_ type: A.Type, _ query: any Query) throws -> A {
        let answered = try bench.decide(query)
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(AnswerDocument<A>.self, from: Data(answered.body))
            .data.answer
    }

    /// Each stay as a line: day, household and role, and how it has begun.
    private func stays(_ person: PersonID) throws -> [String] {
        let answer = try answer(PersonAnswer.self, GetPerson(person: person))
        return try #require(answer.stays).map { stay in
            let household = stay.household.map { $0 == home ? " home" : " other" } ?? ""
            let role = stay.role.map { " \($0.rawValue)" } ?? ""
            return "\(stay.from)\(household)\(role) \(stay.beginning.rawValue)"
        }
    }

    private func household(_ id: HouseholdID) throws -> HouseholdAnswer {
        try answer(HouseholdAnswer.self, GetHousehold(household: id))
    }

    private func fact() throws -> HouseholdRestored {
        try #require(bench.facts.compactMap { $0.payload as? HouseholdRestored }.last)
    }

    // MARK: An end

    @Test func `a dissolved household stands again, with its members, roles and categories`()
        throws
    {
        try dissolve()
        #expect(try household(home).members.isEmpty)
        try accept(restore())
        #expect(try stays(head.person) == ["2019-06-01 home head registered"])
        #expect(try stays(child.person) == ["2019-06-01 home child registered"])
        let told = try household(home)
        #expect(told.dissolvedOn == nil)
        #expect(told.members.count == 2)
        #expect(told.categories.map(\.endedOn) == [nil])
        let fact = try fact()
        #expect(Set(fact.members) == [head.person, child.person])
        #expect(fact.wrong == (try day("2020-03-01")))
        #expect(fact.survivor == nil)
        let records = try #require(fact.records)
        #expect(records.households?.map(\.dissolvedOn) == [nil])
        #expect(records.persons?.count == 2)
        let plain = (fact.stock ?? []).filter { $0.category == nil }
        #expect(plain.map(\.households).reduce(0, +) == 1)
        #expect(plain.map(\.persons).reduce(0, +) == 0)
        let lowIncome = (fact.stock ?? []).filter { $0.category == .lowIncome }
        #expect(lowIncome.map(\.households).reduce(0, +) == 1)
    }

    @Test func `who has moved on since stays there`() throws {
        try dissolve()
        try move(child.person, to: 1, other, on: "2020-05-01")
        try accept(restore())
        #expect(
            try stays(child.person) == [
                "2019-06-01 home child registered", "2020-05-01 other parent moved",
            ])
        #expect(try household(home).members.map(\.person) == [head.person])
    }

    @Test func `a move of that time that comes late counts from its day`() throws {
        try dissolve()
        try accept(restore())
        try move(child.person, to: 1, other, on: "2020-02-01")
        #expect(try stays(child.person).last == "2020-02-01 other parent moved")
        #expect(try household(home).members.map(\.person) == [head.person])
    }

    @Test func `who was put back meanwhile by a void move is in the household again`() throws {
        try move(child.person, to: 1, other, on: "2020-02-01")
        try dissolve()
        try accept(
            VoidMove(
                person: child.person, movedOn: try day("2020-02-01"),
                voidedOn: try day("2020-06-01"), reason: "a slip", actor: Samples.officer))
        #expect(try stays(child.person).last == "2020-03-01 household")
        try accept(restore())
        #expect(try stays(child.person) == ["2019-06-01 home child registered"])
    }

    @Test func `sent twice it is done once, and it can end again`() throws {
        try dissolve()
        let (id, time, command) = (UUID(), Timestamp.now(), try restore())
        #expect(try bench.decide(command, id: id, time: time).status == "accepted")
        let facts = bench.facts.count
        #expect(try bench.decide(command, id: id, time: time).status == "duplicate")
        #expect(bench.facts.count == facts)
        let second = try bench.decide(restore())
        #expect((second.code, second.pointer) == ("not_dissolved", "/data/household"))
        try dissolve(on: "2020-04-01")
        #expect(try household(home).dissolvedOn == (try day("2020-04-01")))
    }

    @Test func `before the end has come, or the household, there is nothing to take back`() throws {
        let early = try bench.decide(restore())
        #expect((early.code, early.pointer) == ("not_dissolved", "/data/household"))
        #expect(try bench.decide(restore(HouseholdID(UUID()))).status == "parked")
        try dissolve()
        let first = try bench.decide(restore(on: "2020-02-29"))
        #expect((first.code, first.pointer) == ("restored_too_early", "/data/restoredOn"))
        try accept(restore(on: "2020-03-01"))
    }

    // MARK: A merge

    @Test func `a merge of households is taken back, with the roles before it`() throws {
        try merge()
        #expect(try household(home).mergedInto == other)
        #expect(try stays(head.person).last == "2020-03-01 other parent moved")
        try accept(restore())
        #expect(try stays(head.person) == ["2019-06-01 home head registered"])
        #expect(try household(other).members.map(\.person) == [neighbour.person])
        #expect(try household(home).mergedInto == nil)
        let fact = try fact()
        #expect(fact.survivor == other)
        let plain = (fact.stock ?? []).filter { $0.category == nil }
        #expect(plain.map(\.households).reduce(0, +) == 1)
        #expect(plain.map(\.persons).reduce(0, +) == 0)
    }

    @Test func `who came by a move of that day stays, and so does who has moved on since`()
        throws
    {
        try move(child.person, to: 1, other, on: "2020-03-01")
        try accept(
            MergeHouseholds(
                survivor: other, merged: home,
                members: [MemberRoleInHousehold(person: head.person, role: .parent)],
                mergedOn: try day("2020-03-01")))
        try move(head.person, to: 0, on: "2020-06-01")
        try accept(restore())
        #expect(try stays(child.person).last == "2020-03-01 other parent moved")
        #expect(
            try stays(head.person) == [
                "2019-06-01 home head registered", "2020-06-01 moved",
            ])
        #expect(try fact().members == [head.person])
    }

    @Test func `a double that lives where the merge has put it comes back too`() throws {
        let single = PersonID(UUID())
        try accept(Samples.person(5, single))
        try merge()
        try accept(
            MergePersons(
                survivor: single, merged: child.person, mergedOn: try day("2020-04-01")))
        #expect(try stays(single).last == "2020-04-01 other child merged")
        try accept(restore())
        #expect(try stays(single).last == "2020-04-01 home child merged")
        #expect(Set(try household(home).members.map(\.person)) == [head.person, single])
        try accept(
            UnmergePersons(
                survivor: single, merged: child.person, unmergedOn: try day("2020-12-02"),
                reason: "namesakes", actor: Samples.officer))
        #expect(try stays(single) == ["2019-06-01 registered"])
        #expect(try stays(child.person) == ["2019-06-01 home child registered"])
    }

    // MARK: Who

    private func office(of person: PersonID, in community: Int) throws -> Actor {
        let office = MemberID(UUID())
        try accept(
            EnrolMember(
                MemberSubject(
                    member: office, person: person, role: .officer,
                    territory: Samples.territory(Samples.communities[community]),
                    level: .community), enrolledOn: day("2019-07-01")))
        return try office.acting(in: community)
    }

    @Test func `nobody who has lived there decides, nor an officer of another branch`() throws {
        let own = try office(of: child.person, in: 0)
        let far = try office(of: neighbour.person, in: 1)
        try dissolve()
        let oneself = try bench.decide(restore(by: own))
        #expect((oneself.code, oneself.pointer) == ("acts_for_self", "/data/actor/staff"))
        let stranger = try bench.decide(restore(by: far))
        #expect((stranger.code, stranger.pointer) == ("outside_territory", "/data/actor/territory"))
        let unknown = Actor(staff: StaffID(UUID()), territory: own.territory)
        #expect(try bench.decide(restore(by: unknown)).status == "parked")
    }

    @Test func `a publisher of one of the two territories does not part the families`() throws {
        try bench.decide(
            GrantPublisher(
                publisher: "kaiyuan", territories: [Samples.territory("350203007")],
                types: ["registry.*"]))
        let actor = try office(of: neighbour.person, in: 0)
        try merge()
        let refused = try bench.decide(restore(by: actor), publisher: "kaiyuan")
        #expect((refused.code, refused.pointer) == ("out_of_scope", "/data/household"))
        try accept(restore(by: actor))
    }

    @Test func `the reason goes with the erasure of a member`() throws {
        try dissolve()
        try accept(restore())
        let texts = { try bench.connection.run("SELECT FROM free_text").count }
        #expect(try texts() == 1)
        try accept(ErasePerson(person: child.person, erasedOn: try day("2020-12-05")))
        #expect(try texts() == 0)
    }
}
