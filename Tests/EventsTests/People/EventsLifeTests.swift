import Foundation
import Messages
import People
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events

/// What follows when somebody dies or is erased, on a real database.
@Suite struct EventsLifeTests {
    private let bench: ServiceBench
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.decide(EventsSamples.activity(activity, for: .everyone))
    }

    private func open(capacity: Int? = nil) throws {
        try bench.decide(EventsSamples.session(session, of: activity, capacity: capacity))
    }

    @discardableResult
    private func register(_ person: PersonID, with child: PersonID? = nil) throws -> RegistrationID
    {
        let id = RegistrationID(UUID())
        let answer = try bench.decide(
            EventsSamples.registration(id, at: session, of: person, with: child))
        #expect(answer.status == "accepted")
        return id
    }

    private func die(_ person: PersonID, on day: String = "2019-03-02") throws {
        try bench.take(
            EventsSamples.died(person, on: day), subject: person.uuid, sequence: 2)
    }

    private func erase(_ person: PersonID, on day: String = "2019-03-02") throws {
        try bench.take(
            EventsSamples.erased(person, on: day), subject: person.uuid, sequence: 2)
    }

    private func state(of registration: RegistrationID) throws -> String {
        try #require(
            bench.connection.run(
                "SELECT state FROM session_registration WHERE id = \(registration)"
            ).first
        ).decode(String.self, at: 0)
    }

    // MARK: Registrations

    @Test func `the place of a dead person goes to the first in line`() throws {
        try open(capacity: 1)
        let people = try bench.newcomers(3)
        let ids = try people.map { try register($0) }
        try die(people[0])
        let cancelled = try #require(bench.payloads(RegistrationCancelled.self).first)
        #expect(cancelled.registration == ids[0])
        #expect(cancelled.heldPlaces)
        #expect(cancelled.cancelledOn == (try EventsSamples.date("2019-03-02")))
        let up = bench.payloads(RegistrationConfirmed.self).filter(\.movedUp)
        #expect(up.map(\.registration) == [ids[1]])
        #expect(try state(of: ids[2]) == "waitlisted")
    }

    @Test func `a dead or erased person in line is passed over`() throws {
        try open(capacity: 1)
        let people = try bench.newcomers(4)
        let ids = try people.map { try register($0) }
        try die(people[1])
        try erase(people[2])
        try bench.decide(EventsSamples.cancel(ids[0]))
        #expect(try ids.map(state) == ["cancelled", "cancelled", "cancelled", "confirmed"])
    }

    @Test func `the place of an erased person is free, and the fact comes once`() throws {
        try open()
        let person = try bench.newcomer()
        try register(person)
        for _ in 0..<2 { try erase(person) }
        try die(person)
        #expect(bench.payloads(RegistrationCancelled.self).count == 1)
        #expect(try bench.count("SELECT registered FROM session") == 0)
    }

    @Test func `a pair whose child has died does not come`() throws {
        try open()
        let pair = try bench.pair()
        let id = try register(pair.parent, with: pair.child)
        try die(pair.child)
        #expect(try state(of: id) == "cancelled")
        try register(pair.parent)
    }

    @Test func `a death after the day of the session changes nothing`() throws {
        try open()
        let person = try bench.newcomer()
        let id = try register(person)
        try die(person, on: "2019-03-08")
        #expect(try state(of: id) == "confirmed")
    }

    @Test(arguments: [true, false])
    func `a merge with a dead double frees the places of both ids`(diedFirst: Bool) throws {
        try open()
        let people = try bench.newcomers(2)
        let ids = try people.map { try register($0) }
        let (registry, double) = (bench.registry, people[1])
        let died = registry.told(try EventsSamples.died(double, on: "2019-03-02"))
        let merged = registry.told(try EventsSamples.merged(double, into: people[0]))
        let facts: [any Fact] = diedFirst ? [died, merged] : [merged, died]
        for fact in facts { try bench.take(fact, subject: double.uuid, sequence: 2) }
        #expect(try ids.map(state) == ["cancelled", "cancelled"])
        #expect(bench.payloads(RegistrationCancelled.self).count == 2)
    }

    @Test func `who has died before the session or was erased is neither registered nor recorded`()
        throws
    {
        try open()
        let people = try bench.newcomers(2)
        try die(people[0], on: "2019-03-07")
        try erase(people[1])
        for (person, code) in zip(people, ["person_died", "person_erased"]) {
            #expect(
                try bench.decide(EventsSamples.registration(at: session, of: person)).code == code)
            #expect(
                try bench.decide(EventsSamples.attendance(at: session, of: person)).code == code)
        }
    }

    // MARK: Attendance, duty and service

    @Test func `a child who has died does not attend later, but has attended before`() throws {
        try open()
        let (gone, late) = (try bench.pair(), try bench.pair())
        try die(gone.child, on: "2019-03-07")
        try die(late.child, on: "2019-03-08")
        let answer = try bench.decide(
            EventsSamples.attendance(at: session, of: gone.parent, with: gone.child))
        #expect(answer.code == "person_died")
        #expect(answer.pointer == "/data/child")
        #expect(
            try bench.decide(
                EventsSamples.attendance(at: session, of: late.parent, with: late.child)
            ).status == "accepted")
    }

    @Test func `shifts after a death end, whether offered or confirmed`() throws {
        let post = PostID(UUID())
        let (person, other) = (try bench.newcomer(), try bench.newcomer())
        let (offered, confirmed, kept) = (ShiftID(UUID()), ShiftID(UUID()), ShiftID(UUID()))
        try bench.decide(EventsSamples.shift(offered, at: post, of: person, from: 5, to: 8))
        try bench.decide(EventsSamples.shift(confirmed, at: post, of: person))
        try bench.decide(EventsSamples.confirm(confirmed))
        try bench.decide(EventsSamples.shift(kept, at: post, of: other))
        try die(person, on: "2020-02-09")
        try die(other, on: "2020-02-10")
        let ended = bench.payloads(ShiftCancelled.self)
        #expect(Set(ended.map(\.about.shift)) == [offered, confirmed])
        #expect(ended.allSatisfy { $0.correctedBy == "registry" && $0.actor == nil })
        #expect(try bench.decide(EventsSamples.checkIn(confirmed)).status == "rejected")
        #expect(try bench.decide(EventsSamples.confirm(kept)).status == "accepted")
    }

    @Test func `nobody is put on duty or served after death`() throws {
        let people = try bench.newcomers(2)
        try die(people[0], on: "2019-06-11")
        try erase(people[1])
        for (person, code) in zip(people, ["person_died", "person_erased"]) {
            #expect(
                try bench.decide(EventsSamples.shift(at: PostID(UUID()), of: person)).code == code)
            #expect(try bench.decide(EventsSamples.casework(for: person)).code == code)
        }
    }

    // MARK: What stays

    @Test(arguments: [true, false])
    func `of an erased person neither birth date nor home is left, under any id`(
        mergedFirst: Bool
    ) throws {
        let people = try bench.newcomers(2)
        let registry = bench.registry
        let merged = registry.told(try EventsSamples.merged(people[1], into: people[0]))
        let erased = registry.told(try EventsSamples.erased(people[0], on: "2019-06-01"))
        let facts: [any Fact] = mergedFirst ? [merged, erased] : [erased, merged]
        for fact in facts { try bench.take(fact, subject: people[0].uuid, sequence: 2) }
        #expect(
            try bench.count(
                """
                SELECT count(*) FROM person
                WHERE birth_date IS NULL AND stays = '' AND territory IS NULL
                """) == 2)
    }

    @Test func `facts of before, without records, change nothing`() throws {
        let person = try bench.newcomer()
        let died = try EventsSamples.died(person, on: "2019-03-02")
        try bench.take(fact: died)
        #expect(try bench.count("SELECT count(*) FROM person WHERE died_on IS NULL") == 1)
    }
}

extension ServiceBench {
    /// As it is, without the records that registry would add today.
    fileprivate func take(fact: PersonDied) throws {
        let header = Header(
            id: UUID(), source: "test", type: PersonDied.type, time: .now(),
            subject: fact.person.description, sequence: 2)
        try take(published: [try MessageEncoder().encode(header, fact)])
    }
}
