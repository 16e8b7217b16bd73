import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// What deaths and moves demand of an office, on a real database.
@Suite struct RegistryTaskTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let other = HouseholdID(UUID())
    private let head: NewMember
    private let spouse: NewMember
    private let child: NewMember
    private let category: NewCategory

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        head = try RegistrySamples.member(1)
        spouse = try RegistrySamples.member(2, .spouse)
        child = try RegistrySamples.member(3, .child)
        category = try RegistrySamples.category(.onlyChild, of: household.uuid)
        try bench.decide([
            try RegistrySamples.loadTerritory(),
            try RegistrySamples.household(
                household, members: [head, spouse, child], categories: [category]),
            try RegistrySamples.household(
                other, in: RegistrySamples.communities[1], members: [RegistrySamples.member(4)]),
            GrantPublisher(
                publisher: "kaiyuan", territories: [RegistrySamples.territory("350203007")],
                types: [ListRegistryTasks.type, "registry.*"]),
        ])
    }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    private func die(_ member: NewMember, on date: String = "2020-02-01") throws {
        try accept(RecordDeath(person: member.person, diedOn: try day(date)))
    }

    private func leave(_ member: NewMember, on date: String = "2020-02-01") throws {
        try accept(MovePerson(person: member.person, destination: nil, movedOn: try day(date)))
    }

    private func lead(_ member: NewMember, on date: String = "2020-03-01") throws {
        try accept(
            MovePerson(
                person: member.person,
                destination: try RegistrySamples.territory(RegistrySamples.communities[0]),
                household: household, role: .head, movedOn: try day(date)))
    }

    private func tasks(
        _ state: TaskState = .open, within: String? = nil, kind: String? = nil,
        after: UUID? = nil, limit: Int? = nil, publisher: String = "operator"
    ) throws -> TasksAnswer {
        let selection = TaskSelection(
            state, within: try within.map(RegistrySamples.territory), kind: kind, after: after,
            limit: limit)
        let answered = try bench.decide(ListRegistryTasks(selection), publisher: publisher)
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(
            AnswerDocument<TasksAnswer>.self, from: Data(answered.body)
        ).data.answer
    }

    // MARK: A successor

    @Test func `a household whose head has died needs a successor`() throws {
        try die(head)
        let task = try #require(tasks().tasks.first)
        #expect(task.kind == "name_successor")
        #expect(task.subject == household.uuid)
        #expect(task.territory.rawValue == RegistrySamples.communities[0])
        #expect(task.raisedOn == (try day("2020-02-01")))
        #expect(task.task == Tasks.id(.nameSuccessor, household.uuid))
    }

    @Test func `so does one whose head has moved out`() throws {
        try leave(head)
        #expect(try tasks().tasks.map(\.kind) == ["name_successor"])
    }

    @Test func `it is settled when another member becomes head`() throws {
        try die(head)
        try lead(spouse)
        #expect(try tasks().tasks.isEmpty)
        let settled = try #require(tasks(.settled).tasks.first)
        #expect(settled.settledOn == (try day("2020-03-01")))
        #expect(!settled.dismissed)
    }

    @Test func `it is settled when nobody lives there any more`() throws {
        try leave(head)
        try leave(spouse)
        #expect(try tasks().tasks.count == 1)
        try leave(child)
        #expect(try tasks().tasks.isEmpty)
    }

    @Test func `who was not head leaves nobody to name`() throws {
        try die(spouse)
        #expect(try tasks().tasks.isEmpty)
    }

    @Test func `a task is opened again when the new head dies too`() throws {
        try die(head)
        try lead(spouse)
        try die(spouse, on: "2020-05-01")
        let task = try #require(tasks().tasks.first)
        #expect(task.raisedOn == (try day("2020-05-01")))
        #expect(task.settledOn == nil)
        #expect(try tasks(.settled).tasks.isEmpty)
    }

    // MARK: An only child

    @Test func `a family whose only child has died is to be looked at, until the category ends`()
        throws
    {
        try die(child)
        #expect(try tasks().tasks.map(\.kind) == ["review_categories"])
        try accept(EndCategory(assertion: category.assertion, endedOn: try day("2020-02-02")))
        #expect(try tasks().tasks.isEmpty)
    }

    @Test func `a revoked category settles it too`() throws {
        try die(child)
        try accept(RevokeCategory(assertion: category.assertion, revokedOn: try day("2020-02-02")))
        #expect(try tasks().tasks.isEmpty)
    }

    @Test func `as long as another child lives, nothing is to be looked at`() throws {
        try accept(RegistrySamples.person(7, household: household, role: .child))
        try die(child)
        #expect(try tasks().tasks.isEmpty)
    }

    // MARK: The list

    @Test func `it is listed by territory and kind, page by page, and logged`() throws {
        try die(head)
        try die(child)
        let first = try tasks(within: "350203007", limit: 1)
        let second = try tasks(within: "350203007", after: first.next, limit: 1)
        #expect(Set((first.tasks + second.tasks).map(\.kind)).count == 2)
        #expect(second.next == nil)
        #expect(try tasks(within: "350203009").tasks.isEmpty)
        #expect(try tasks(kind: "name_successor").tasks.count == 1)
        let reads = try bench.connection.run(
            "SELECT count(*) FROM read_access WHERE subject = \(household)")
        #expect(try reads.first?.decode(Int64.self, at: 0) == 3)
        let unknown = try bench.decide(ListRegistryTasks(TaskSelection(kind: "luck")))
        #expect((unknown.code, unknown.pointer) == ("unknown_task_kind", "/data/kind"))
    }

    @Test func `a publisher sees those of its territories alone`() throws {
        try die(head)
        let person = try #require(
            bench.facts.compactMap { $0.payload as? HouseholdRegistered }.last?.members.first)
        try accept(RegistrySamples.person(8, household: other, role: .parent, in: "350203009901"))
        try accept(RecordDeath(person: person.person, diedOn: try day("2020-02-01")))
        #expect(try tasks().tasks.count == 2)
        #expect(try tasks(publisher: "kaiyuan").tasks.map(\.subject) == [household.uuid])
    }

    // MARK: Dismissing

    private func office(in community: Int = 0) throws -> Actor {
        let (id, person) = (MemberID(UUID()), PersonID(UUID()))
        let code = RegistrySamples.communities[community]
        try accept(RegistrySamples.person(90 + community, person, in: code))
        try accept(
            EnrolMember(
                MemberSubject(
                    member: id, person: person, role: .staff,
                    territory: RegistrySamples.territory(code), level: .community),
                enrolledOn: day("2019-07-01")))
        return Actor(staff: StaffID(id.uuid), territory: try RegistrySamples.territory(code))
    }

    private func dismiss(_ actor: Actor, on date: String = "2020-02-03") throws
        -> ServiceBench.Answered
    {
        try bench.decide(
            SettleRegistryTask(
                TaskDismissal(
                    task: Tasks.id(.nameSuccessor, household.uuid), settledOn: day(date),
                    reason: "the family asks for time", actor: actor)))
    }

    @Test func `an officer dismisses a task, once, with a reason that is kept apart`() throws {
        try die(head)
        let actor = try office()
        #expect(try dismiss(actor, on: "2020-01-01").code == "settled_too_early")
        #expect(try dismiss(actor).status == "accepted")
        #expect(try dismiss(actor).code == "task_settled")
        let fact = try #require(bench.facts.compactMap { $0.payload as? RegistryTaskSettled }.first)
        #expect(fact.actor == actor)
        #expect(fact.kind == "name_successor")
        #expect(try tasks(.settled).tasks.map(\.dismissed) == [true])
        let texts = try bench.connection.run("SELECT count(*) FROM free_text")
        #expect(try texts.first?.decode(Int64.self, at: 0) == 1)
    }

    @Test func `the reason goes with the erasure of a member`() throws {
        try die(head)
        #expect(try dismiss(office()).status == "accepted")
        try accept(ErasePerson(person: spouse.person, erasedOn: try day("2020-06-01")))
        let texts = try bench.connection.run("SELECT count(*) FROM free_text")
        #expect(try texts.first?.decode(Int64.self, at: 0) == 0)
    }

    @Test func `an officer of another branch does not, nor anybody before a task is raised`() throws
    {
        let actor = try office()
        #expect(try dismiss(actor).code == "unknown_task")
        try die(head)
        let stranger = try dismiss(office(in: 1))
        #expect((stranger.code, stranger.pointer) == ("outside_territory", "/data/actor/territory"))
        let unknown = try dismiss(Actor(staff: StaffID(UUID()), territory: actor.territory))
        #expect(unknown.status == "parked")
    }
}
