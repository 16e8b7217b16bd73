import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Handovers between the offices of two streets, on a real database.
@Suite struct RegistryHandoverTests {
    private let life: TaskBench
    private let household = HouseholdID(UUID())
    private let head: NewMember
    private let child: NewMember
    private let handover = HandoverID(UUID())

    init() throws {
        life = try TaskBench()
        head = try RegistrySamples.member(1)
        child = try RegistrySamples.member(2, .child)
        try life.accept(RegistrySamples.household(household, members: [head, child]))
    }

    @discardableResult
    private func request(
        _ person: PersonID? = nil, as id: HandoverID? = nil, publisher: String? = nil
    ) throws -> ServiceBench.Answered {
        try life.accept(
            RequestHandover(
                handover: id ?? handover, person: person ?? child.person,
                territory: life.communities[1], movedOn: life.day("2020-03-01")),
            publisher: publisher ?? life.there)
    }

    private func list(
        _ publisher: String, in territory: String, after: HandoverID? = nil, limit: Int? = nil
    ) throws -> HandoversAnswer {
        try life.answer(
            HandoversAnswer.self,
            ListHandovers(
                territory: RegistrySamples.territory(territory), after: after, limit: limit),
            publisher: publisher)
    }

    private func open(_ publisher: String? = nil) throws -> [TaskAnswer] {
        try life.tasks(.decideHandover, publisher: publisher ?? life.here)
    }

    // MARK: The task

    @Test func `the office of the person is asked to decide, and no other one`() throws {
        try request()
        let task = try #require(open().first)
        #expect(task.subject == handover.uuid)
        #expect(task.territory == life.communities[0])
        #expect(task.raisedOn == (try life.day("2020-03-01")))
        #expect(try open(life.there).isEmpty)
    }

    @Test func `it has decided when it accepts`() throws {
        try request()
        try life.accept(AcceptHandover(handover: handover), publisher: life.here)
        try life.round()
        #expect(try life.tasks(.decideHandover).isEmpty)
        #expect(try life.tasks(.decideHandover, .settled).map(\.subject) == [handover.uuid])
    }

    @Test func `and when it declines`() throws {
        try request()
        try life.accept(
            DeclineHandover(handover: handover, reason: "lives here"), publisher: life.here)
        try life.round()
        #expect(try life.tasks(.decideHandover).isEmpty)
    }

    @Test func `the task follows the person, and ends where the person was asked for`() throws {
        try life.accept(
            RegistrySamples.loadTerritory(["350203007902"], edition: "2024-01-01"))
        try request()
        let next = try RegistrySamples.territory("350203007902")
        try life.accept(
            MovePerson(
                person: child.person, destination: next, movedOn: life.day("2020-01-01")))
        try life.round()
        #expect(try open().map(\.territory) == [next])
        try life.accept(
            MovePerson(
                person: child.person, destination: life.communities[1],
                movedOn: life.day("2020-02-01")))
        try life.round()
        #expect(try life.tasks(.decideHandover).isEmpty)
    }

    @Test func `there is nothing to decide about somebody who died before, or was erased`() throws {
        try request()
        try request(head.person, as: HandoverID(UUID()))
        #expect(try open().count == 2)
        try life.accept(RecordDeath(person: child.person, diedOn: life.day("2020-02-01")))
        try life.round()
        #expect(try open().count == 1)
        try life.accept(ErasePerson(person: head.person, erasedOn: life.day("2020-04-01")))
        try life.round()
        #expect(try open().isEmpty)
    }

    @Test func `a merged registration is decided on by the survivor's office`() throws {
        let double = try RegistrySamples.person(7)
        try life.accept(double)
        try request(double.person)
        try life.accept(
            MergePersons(
                survivor: child.person, merged: double.person, mergedOn: life.day("2020-01-01")))
        try life.accept(
            MovePerson(
                person: child.person, destination: life.communities[1],
                movedOn: life.day("2020-02-01")))
        try life.round()
        #expect(try life.tasks(.decideHandover).isEmpty)
    }

    @Test func `somebody who is registered after the request has a task then`() throws {
        let late = try RegistrySamples.person(7)
        try request(late.person)
        #expect(try open().isEmpty)
        try life.accept(late)
        try life.round()
        #expect(try open().map(\.subject) == [handover.uuid])
    }

    @Test func `a reason for dismissing it goes with the erasure of the person`() throws {
        try request()
        try life.dismiss(Tasks.id(.decideHandover, handover.uuid), on: "2020-03-03")
        #expect(try life.count("SELECT count(*) FROM free_text") == 1)
        try life.accept(ErasePerson(person: child.person, erasedOn: life.day("2020-06-01")))
        #expect(try life.count("SELECT count(*) FROM free_text") == 0)
    }

    @Test func `it comes again when the end of the person's household is taken back`() throws {
        let other = HouseholdID(UUID())
        try life.accept(
            RegistrySamples.household(
                other, in: RegistrySamples.communities[1], members: [RegistrySamples.member(8)]))
        try request()
        try life.accept(
            MergeHouseholds(
                survivor: other, merged: household,
                members: [
                    MemberRoleInHousehold(person: head.person, role: .parent),
                    MemberRoleInHousehold(person: child.person, role: .child),
                ], mergedOn: life.day("2020-02-01")))
        try life.round()
        #expect(try life.tasks(.decideHandover).isEmpty)
        try life.accept(
            RestoreHousehold(
                household: household, restoredOn: life.day("2020-02-02"), reason: "a slip",
                actor: RegistrySamples.officer))
        try life.round()
        #expect(try open().map(\.subject) == [handover.uuid])
    }

    // MARK: A later move

    private func moveLater() throws {
        try life.accept(
            MovePerson(
                person: child.person, destination: life.communities[0],
                movedOn: life.day("2020-04-01")))
    }

    @Test func `one from a day before the person's last move is not agreed to`() throws {
        try request()
        try moveLater()
        let answer = try life.bench.decide(
            AcceptHandover(handover: handover), publisher: life.here)
        #expect((answer.code, answer.pointer) == ("moved_later", "/data/handover"))
        #expect(answer.expected?.contains("2020-04-01") == true)
        #expect(try open().map(\.subject) == [handover.uuid])
        try life.accept(
            VoidMove(
                person: child.person, movedOn: life.day("2020-04-01"),
                voidedOn: life.day("2020-04-02"), reason: "a slip", actor: RegistrySamples.officer))
        try life.accept(AcceptHandover(handover: handover), publisher: life.here)
    }

    @Test func `it is not asked for by whoever may know the person, and others are told nothing`()
        throws
    {
        try moveLater()
        let own = try life.bench.decide(
            RequestHandover(
                handover: HandoverID(UUID()), person: child.person,
                territory: life.communities[1], movedOn: life.day("2020-03-31")),
            publisher: life.district)
        #expect((own.code, own.pointer) == ("moved_later", "/data/movedOn"))
        #expect(own.expected?.contains("2020-04-01") == true)
        let stranger = try request()
        #expect((stranger.status, stranger.code) == ("accepted", nil))
    }

    @Test func `one from the day of the last move is agreed to`() throws {
        try life.accept(
            MovePerson(
                person: child.person, destination: life.communities[0],
                movedOn: life.day("2020-03-01")))
        try request()
        try life.accept(AcceptHandover(handover: handover), publisher: life.here)
    }

    // MARK: The receipt

    @Test func `the asker's receipt does not say whether there is such a person`() throws {
        let known = try request()
        let unknown = try request(PersonID(UUID()), as: HandoverID(UUID()))
        #expect(known.code == nil)
        #expect(unknown.code == nil)
        #expect(known.facts.count == unknown.facts.count)
    }

    @Test func `who asks itself is told so, and the operator that nobody is registered`() throws {
        let own = try request(publisher: life.district)
        #expect((own.code, own.pointer) == ("own_person", "/data/person"))
        let unknown = try request(PersonID(UUID()), as: HandoverID(UUID()), publisher: "operator")
        #expect((unknown.code, unknown.pointer) == ("unknown_person", "/data/person"))
        let foreign = try request(as: HandoverID(UUID()), publisher: "operator")
        #expect(foreign.code == nil)
    }

    // MARK: The list

    @Test func `each side finds it with what it may know`() throws {
        let nobody = HandoverID(UUID())
        try request()
        try request(PersonID(UUID()), as: nobody)
        let asked = try list(life.there, in: "350203009").handovers
        #expect(Set(asked.map(\.handover)) == [handover, nobody])
        #expect(asked.allSatisfy { !$0.decides && $0.livesIn == nil && $0.leaves == nil })
        #expect(asked.allSatisfy { $0.state == .waiting })
        let waiting = try list(life.here, in: "350203007").handovers
        #expect(waiting.map(\.handover) == [handover])
        #expect(waiting.map(\.decides) == [true])
        #expect(waiting.map(\.person) == [child.person])
        #expect(waiting.map(\.livesIn) == [life.communities[0]])
        #expect(waiting.map(\.leaves) == [household])
    }

    @Test func `only the reading of one's own persons is noted`() throws {
        try request()
        _ = try list(life.there, in: "350203009")
        _ = try list(life.here, in: "350203007")
        let readers = try life.bench.connection.run(
            "SELECT publisher FROM read_access WHERE subject = \(child.person)")
        #expect(try readers.map { try $0.decode(String.self, at: 0) } == [life.here])
    }

    @Test func `what was decided is told to both sides, and waits for nobody`() throws {
        try request()
        try life.accept(
            DeclineHandover(handover: handover, reason: "lives here"), publisher: life.here)
        #expect(try list(life.there, in: "350203009").handovers.map(\.state) == [.declined])
        let decided = try list(life.here, in: "350203007").handovers
        #expect(decided.map(\.state) == [.declined])
        #expect(decided.allSatisfy { !$0.decides && $0.livesIn == nil && $0.leaves == nil })
    }

    @Test func `the office that gave a person up still sees what it accepted, and decides once`()
        throws
    {
        try request()
        try life.accept(AcceptHandover(handover: handover), publisher: life.here)
        #expect(try list(life.there, in: "350203009").handovers.map(\.state) == [.accepted])
        let decided = try list(life.here, in: "350203007").handovers
        #expect(decided.map(\.handover) == [handover])
        #expect(decided.map(\.state) == [.accepted])
        #expect(decided.allSatisfy { !$0.decides && $0.livesIn == nil && $0.leaves == nil })
        for command in [
            AcceptHandover(handover: handover) as any Command,
            DeclineHandover(handover: handover, reason: "too late"),
        ] {
            let again = try life.bench.decide(command, publisher: life.here)
            #expect((again.code, again.pointer) == ("handover_decided", "/data/handover"))
        }
    }

    @Test func `handovers come page by page`() throws {
        for _ in 0..<3 { try request(as: HandoverID(UUID())) }
        var seen: Set<HandoverID> = []
        var after: HandoverID?
        repeat {
            let page = try list(life.district, in: "350203", after: after, limit: 1)
            #expect(page.handovers.count == 1)
            seen.formUnion(page.handovers.map(\.handover))
            after = page.next
        } while after != nil
        #expect(seen.count == 3)
    }
}
