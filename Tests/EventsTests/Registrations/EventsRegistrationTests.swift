import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Who gets a place at a session, over rows in memory.
@Suite struct EventsRegistrationTests {
    private let bench = HandlerBench(Events.definition)
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())
    private let person: PersonID

    init() throws {
        person = try bench.newcomer()
        try bench.handle(EventsSamples.activity(activity, for: .everyone))
    }

    private func open(capacity: Int? = nil) throws {
        try bench.handle(EventsSamples.session(session, of: activity, capacity: capacity))
    }

    /// A mother and her child, whom registry has named.
    private func family(
        childBorn: String = "2017-06-01"
    ) throws -> (id: HouseholdID, mother: PersonID, child: PersonID) {
        let family = (id: HouseholdID(UUID()), mother: PersonID(UUID()), child: PersonID(UUID()))
        try bench.handle(
            EventsSamples.household(
                family.id, mother: family.mother, child: family.child, childBorn: childBorn),
            sequence: 1)
        return family
    }

    private func request(_ person: PersonID) throws -> Outcome {
        try bench.handle(EventsSamples.registration(at: session, of: person))
    }

    // MARK: Places

    @Test func `a registration has its place at once while there are some`() throws {
        try open(capacity: 2)
        let outcome = try request(person)
        let fact = try #require(outcome.fact(RegistrationConfirmed.self))
        #expect(fact.person == person)
        #expect(fact.activity == activity)
        #expect(fact.places == 1)
        #expect(!fact.movedUp)
        #expect(fact.confirmedOn == (try EventsSamples.date("2019-03-01")))
        #expect(outcome.emissions.first?.subject == fact.registration.description)
        #expect(bench.source.loads == 0)
    }

    @Test func `a session without a limit has a place for everybody`() throws {
        try open()
        for _ in 0..<30 {
            let outcome = try request(bench.newcomer())
            #expect(outcome.fact(RegistrationConfirmed.self) != nil)
        }
    }

    @Test func `whoever finds no place gets the next number of the line`() throws {
        try open(capacity: 1)
        _ = try request(person)
        let numbers = try (0..<3).map { _ in
            try request(bench.newcomer()).fact(RegistrationWaitlisted.self)?.number
        }
        #expect(numbers == [1, 2, 3])
        let row = try #require(try bench.unit.find(Session.self, session.uuid))
        #expect(row.registered == 1)
        #expect(row.waiting == 3)
    }

    @Test func `a pair takes two places, a household as many as it has persons`() throws {
        try open(capacity: 6)
        let (pair, household) = (try family(), try family())
        let first = try bench.handle(
            EventsSamples.registration(at: session, of: pair.mother, with: pair.child))
        #expect(first.fact(RegistrationConfirmed.self)?.places == 2)
        #expect(first.fact(RegistrationConfirmed.self)?.child == pair.child)
        let second = try bench.handle(
            EventsSamples.registration(
                at: session, of: household.mother, for: household.id, persons: 4))
        #expect(second.fact(RegistrationConfirmed.self)?.places == 4)
        #expect(try request(person).fact(RegistrationWaitlisted.self)?.places == 1)
    }

    @Test func `nobody overtakes the line, not even a smaller party that would fit`() throws {
        try open(capacity: 2)
        _ = try request(person)
        let pair = try family()
        let waits = try bench.handle(
            EventsSamples.registration(at: session, of: pair.mother, with: pair.child))
        #expect(waits.fact(RegistrationWaitlisted.self)?.number == 1)
        #expect(try request(bench.newcomer()).fact(RegistrationWaitlisted.self)?.number == 2)
    }

    // MARK: Refusals

    @Test func `a registration is requested once`() throws {
        try open()
        let id = RegistrationID(UUID())
        try bench.handle(EventsSamples.registration(id, at: session, of: person))
        expectRefusal(
            try bench.handle(EventsSamples.registration(id, at: session, of: bench.newcomer())),
            "registration_exists", at: "/registration")
    }

    @Test func `a person has one live registration for a session, alone or in a pair`() throws {
        try open()
        let pair = try family()
        try bench.handle(
            EventsSamples.registration(at: session, of: pair.mother, with: pair.child))
        for person in [pair.mother, pair.child] {
            expectRefusal(try request(person), "already_registered", at: "/person")
        }
    }

    @Test func `a household has one live registration for a session`() throws {
        try open()
        let family = try family()
        let other = PersonID(UUID())
        try bench.handle(
            EventsSamples.registered(other, in: family.id, as: .spouse), sequence: 1)
        try bench.handle(EventsSamples.registration(at: session, of: other, for: family.id))
        expectRefusal(
            try bench.handle(
                EventsSamples.registration(at: session, of: family.mother, for: family.id)),
            "already_registered", at: "/person")
    }

    @Test func `a party larger than the session never gets in line`() throws {
        try open(capacity: 3)
        let family = try family()
        expectRefusal(
            try bench.handle(
                EventsSamples.registration(
                    at: session, of: family.mother, for: family.id, persons: 4)),
            "session_too_small", at: "/persons")
    }

    @Test func `nobody registers after the day of the session`() throws {
        try open()
        let late = try bench.handle(
            EventsSamples.registration(at: session, of: person, on: "2019-03-09"))
        expectRefusal(late, "requested_after_start", at: "/requestedOn")
        #expect(late.refusal?.expected == "a date up to 2019-03-08")
        #expect(
            try bench.handle(
                EventsSamples.registration(at: session, of: person, on: "2019-03-08")
            ).isAccepted)
    }

    @Test func `nobody registers for a session that is closed or cancelled`() throws {
        try open()
        try bench.handle(EventsSamples.close(session))
        expectRefusal(try request(person), "session_closed", at: "/session")
        let other = SessionID(UUID())
        try bench.handle(EventsSamples.session(other, of: activity))
        try bench.handle(EventsSamples.cancel(other))
        expectRefusal(
            try bench.handle(EventsSamples.registration(at: other, of: person)),
            "session_cancelled", at: "/session")
    }

    @Test func `a publisher registers only in its territories`() throws {
        try open()
        expectRefusal(
            try bench.handle(
                EventsSamples.registration(at: session, of: person),
                territories: [EventsSamples.territory("350203009")]),
            "out_of_scope", at: "/session")
    }

    // MARK: What it depends on

    @Test func `a registration waits for session, person, child and household`() throws {
        expectWait(try request(person), for: session.uuid, else: "unknown_session", at: "/session")
        try open()
        let (stranger, household) = (PersonID(UUID()), HouseholdID(UUID()))
        expectWait(
            try request(stranger), for: stranger.uuid, else: "unknown_person", at: "/person")
        expectWait(
            try bench.handle(
                EventsSamples.registration(at: session, of: person, with: stranger)),
            for: stranger.uuid, else: "unknown_person", at: "/child")
        expectWait(
            try bench.handle(
                EventsSamples.registration(at: session, of: person, for: household)),
            for: household.uuid, else: "unknown_household", at: "/household")
    }

    @Test func `a household is answered for by those who live there`() throws {
        try open()
        expectRefusal(
            try bench.handle(
                EventsSamples.registration(at: session, of: person, for: family().id)),
            "not_of_household", at: "/household")
    }

    @Test func `the child of a pair is the person's, and younger`() throws {
        try open()
        let family = try family(childBorn: "1985-04-01")
        for (parent, child) in [
            (family.mother, family.child), (family.child, family.mother),
            (person, try self.family().child), (try bench.newcomer(born: "1970-01-01"), person),
        ] {
            expectRefusal(
                try bench.handle(
                    EventsSamples.registration(at: session, of: parent, with: child)),
                "not_a_child", at: "/child")
        }
    }

    @Test func `a pair is one on the day of the session`() throws {
        try open()
        let family = try family()
        try bench.handle(EventsSamples.moved(family.child, on: "2019-03-09"), sequence: 1)
        #expect(
            try bench.handle(
                EventsSamples.registration(at: session, of: family.mother, with: family.child)
            ).isAccepted)
        let other = try self.family()
        try bench.handle(EventsSamples.moved(other.child, on: "2019-03-08"), sequence: 1)
        expectRefusal(
            try bench.handle(
                EventsSamples.registration(at: session, of: other.mother, with: other.child)),
            "not_a_child", at: "/child")
    }
}
