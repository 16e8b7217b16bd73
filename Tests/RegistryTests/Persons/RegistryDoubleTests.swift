import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Registrations that are probably of one person, on a real database.
@Suite struct RegistryDoubleTests {
    private let life: TaskBench
    private let first: RegisterPerson
    private let second: RegisterPerson

    init() throws {
        life = try TaskBench()
        first = try RegistrySamples.person(1)
        second = try Self.double()
        try life.accept(first)
        try life.round()
    }

    /// Somebody of another number, who has the name and the birth date of the first one.
    private static func double(in community: Int = 0, _ serial: Int = 2) throws -> RegisterPerson {
        var person = try RegistrySamples.person(
            serial, in: RegistrySamples.communities[community])
        person.name = "示例人1"
        return person
    }

    private var pair: UUID { Doubles.pair(first.person, second.person) }

    private func register(_ person: RegisterPerson) throws {
        try life.accept(person)
        try life.round()
    }

    private func doubles(
        _ publisher: String = "operator", in territory: String = "350203", after: UUID? = nil,
        limit: Int? = nil
    ) throws -> DoublesAnswer {
        try life.answer(
            DoublesAnswer.self,
            ListDoubles(
                territory: RegistrySamples.territory(territory), after: after, limit: limit),
            publisher: publisher)
    }

    private func open() throws -> [TaskAnswer] { try life.tasks(.reviewDouble) }

    // MARK: Who is proposed

    @Test func `two of one name and birth date are proposed, and a task asks for a look`() throws {
        try register(second)
        let found = try #require(doubles().doubles.first)
        #expect(Set(found.persons) == [first.person, second.person])
        #expect(found.agreeing == [.name, .birthDate])
        #expect(found.pair == pair)
        let task = try #require(open().first)
        #expect(task.task == found.task)
        #expect(task.subject == pair)
        #expect(task.territory == life.communities[0])
        #expect(task.raisedOn == (try life.day("2019-06-01")))
        let fact = try #require(
            life.bench.facts.last { ($0.payload as? PersonRegistered)?.person == second.person })
        #expect(task.raisedBy == fact.header.id)
    }

    @Test func `so are two of one name and telephone, however they are written`() throws {
        var (one, other) = (
            try RegistrySamples.person(5), try RegistrySamples.person(6)
        )
        (one.name, one.phone) = ("Anna Li", "13800009999")
        (other.name, other.phone) = ("ANNA  LI", "+86 138 0000 9999")
        other.residentId = try RegistrySamples.resident(6, born: "1966-03-09")
        try life.accept(one)
        try register(other)
        #expect(try doubles().doubles.map(\.agreeing) == [[.name, .phone]])
    }

    @Test(arguments: [("阿不都·热合曼", "阿不都热合曼"), ("Anna O’Neil–Li", "ＡＮＮＡ O'Neil-Li")])
    func `so are two of one name and birth date, with and without the dot or its kind of sign`(
        _ one: String, _ other: String
    ) throws {
        var (left, right) = (try RegistrySamples.person(5), try RegistrySamples.person(6))
        (left.name, right.name) = (one, other)
        try life.accept(left)
        try register(right)
        let found = try doubles().doubles
        #expect(found.map(\.agreeing) == [[.name, .birthDate]])
        #expect(found.map { Set($0.persons) } == [[left.person, right.person]])
    }

    @Test func `and two of one birth date, sex and telephone, but no twins of one household`()
        throws
    {
        var one = try RegistrySamples.member(11, .child)
        var twin = try RegistrySamples.member(13, .child)
        (one.phone, twin.phone) = ("13800008888", "13800008888")
        try life.accept(
            RegistrySamples.household(members: [RegistrySamples.member(12), one, twin]))
        try life.round()
        #expect(try doubles().doubles.isEmpty)
        var misread = try RegistrySamples.person(15)
        misread.phone = "13800008888"
        try register(misread)
        let found = try doubles().doubles
        #expect(found.allSatisfy { $0.agreeing == [.phone, .birthDate] })
        #expect(
            Set(found.map(\.pair)) == [
                Doubles.pair(one.person, misread.person),
                Doubles.pair(twin.person, misread.person),
            ])
    }

    @Test func `one name alone proposes nobody`() throws {
        var other = second
        other.residentId = try RegistrySamples.resident(2, born: "1966-03-09")
        try register(other)
        #expect(try doubles().doubles.isEmpty)
        #expect(try open().isEmpty)
    }

    // MARK: Scope

    @Test func `a pair of two streets is told to whoever may know both, and to nobody else`() throws
    {
        try register(try Self.double(in: 1))
        for (publisher, code) in [(life.here, "350203007"), (life.there, "350203009")] {
            #expect(try doubles(publisher, in: code).doubles.isEmpty)
            #expect(try life.tasks(.reviewDouble, publisher: publisher).isEmpty)
        }
        #expect(try doubles(life.district).doubles.count == 1)
        let task = try #require(life.tasks(.reviewDouble, publisher: life.district).first)
        #expect(task.territory.rawValue == "350203")
        let strangers = try life.count(
            """
            SELECT count(*) FROM read_access
            WHERE subject = \(first.person) AND publisher <> \(life.district)
            """)
        #expect(strangers == 0)
    }

    @Test func `the task follows a person who moves`() throws {
        try register(second)
        try life.accept(
            MovePerson(
                person: second.person, destination: life.communities[1],
                movedOn: life.day("2020-03-01")))
        try life.round()
        #expect(try open().map(\.territory.rawValue) == ["350203"])
    }

    @Test func `pairs come page by page, and each person is noted as read`() throws {
        try life.accept(second)
        try register(try Self.double(in: 0, 3))
        var seen: Set<UUID> = []
        var after: UUID?
        repeat {
            let page = try doubles(life.here, in: "350203007", after: after, limit: 1)
            seen.formUnion(page.doubles.map(\.pair))
            after = page.next
        } while after != nil
        #expect(seen.count == 3)
        let reads = try life.count(
            "SELECT count(*) FROM read_access WHERE publisher = \(life.here) AND subject IS NOT NULL"
        )
        #expect(reads == 6)
    }

    // MARK: What settles it

    @Test func `a merge settles it at once`() throws {
        try register(second)
        try life.accept(
            MergePersons(
                survivor: first.person, merged: second.person, mergedOn: life.day("2020-01-01")))
        #expect(try open().isEmpty)
        try life.round()
        #expect(try open().isEmpty)
        #expect(try doubles().doubles.isEmpty)
        #expect(try life.tasks(.reviewDouble, .settled).map(\.dismissed) == [false])
    }

    @Test func `a pair that an officer has dismissed is not proposed again`() throws {
        try register(second)
        try life.dismiss(Tasks.id(.reviewDouble, pair))
        #expect(try doubles().doubles.isEmpty)
        try life.accept(
            MovePerson(
                person: second.person, destination: life.communities[1],
                movedOn: life.day("2020-03-01")))
        try life.round()
        #expect(try open().isEmpty)
        #expect(try doubles().doubles.isEmpty)
    }

    @Test func `nor are two whose merge was undone`() throws {
        try life.accept(second)
        try life.accept(
            MergePersons(
                survivor: first.person, merged: second.person, mergedOn: life.day("2020-01-01")))
        try life.accept(
            UnmergePersons(
                survivor: first.person, merged: second.person,
                unmergedOn: life.day("2020-01-02"), reason: "namesakes",
                actor: RegistrySamples.officer))
        try life.round()
        #expect(try open().isEmpty)
        #expect(try doubles().doubles.isEmpty)
    }

    @Test func `a correction takes the proposal back, and may be the cause of one`() throws {
        func correct(_ name: String) throws {
            try life.accept(
                CorrectPerson(
                    person: second.person, name: name, correctedOn: life.day("2020-01-01"),
                    reason: "misread", actor: RegistrySamples.officer))
            try life.round()
        }
        try register(second)
        try correct("示例人二")
        #expect(try open().isEmpty)
        #expect(try doubles().doubles.isEmpty)
        try correct("示例人1")
        #expect(try open().count == 1)
        #expect(try doubles().doubles.count == 1)
    }

    @Test func `who was erased is proposed no more, and the officer's reason is gone`() throws {
        try life.accept(second)
        try register(try Self.double(in: 0, 3))
        try life.dismiss(Tasks.id(.reviewDouble, pair))
        try life.accept(
            ErasePerson(person: second.person, erasedOn: life.day("2020-06-01")))
        #expect(try life.count("SELECT count(*) FROM free_text") == 0)
        #expect(try doubles().doubles.count == 1)
        try life.round()
        #expect(try open().count == 1)
    }

    // MARK: The job

    @Test func `nothing is compared while a master key is changed`() throws {
        try life.accept(second)
        _ = try life.bench.connection.run("INSERT INTO key_rotation (reason) VALUES ('test')")
        try life.round()
        #expect(try open().isEmpty)
        _ = try life.bench.connection.run("UPDATE key_rotation SET finished_at = now()")
        try life.round()
        #expect(try open().count == 1)
    }

    @Test func `whoever is registered in one batch is found, each pair once`() throws {
        try life.bench.decide([second, try Self.double(in: 0, 3)])
        try life.round()
        try life.round()
        #expect(try open().count == 3)
        #expect(try life.count("SELECT count(*) FROM probable_double") == 3)
    }
}
