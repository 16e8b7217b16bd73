import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Places that are given back, on a real database: the line moves up in its order, and the schema counts again.
@Suite struct EventsWaitlistTests {
    private let bench: ServiceBench
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.decide(EventsSamples.activity(activity, for: .everyone))
    }

    private func open(capacity: Int) throws {
        try bench.decide(EventsSamples.session(session, of: activity, capacity: capacity))
    }

    /// Registers persons one after the other.
    private func register(_ count: Int) throws -> [RegistrationID] {
        try bench.newcomers(count).map { try register($0) }
    }

    private func register(
        _ person: PersonID, with child: PersonID? = nil
    ) throws -> RegistrationID {
        let id = RegistrationID(UUID())
        let answer = try bench.decide(
            EventsSamples.registration(id, at: session, of: person, with: child))
        #expect(answer.status == "accepted")
        return id
    }

    private func movedUp() -> [RegistrationID] {
        bench.payloads(RegistrationConfirmed.self).filter(\.movedUp).map(\.registration)
    }

    @Test func `a place that is given back goes to the first in line`() throws {
        try open(capacity: 2)
        let ids = try register(4)
        #expect(try bench.decide(EventsSamples.cancel(ids[0])).status == "accepted")
        #expect(movedUp() == [ids[2]])
        #expect(bench.payloads(RegistrationCancelled.self).map(\.heldPlaces) == [true])
        try bench.decide(EventsSamples.cancel(ids[1]))
        #expect(movedUp() == [ids[2], ids[3]])
        let sequences = bench.facts.filter { $0.header.subject == ids[2].description }
            .map(\.header.sequence)
        #expect(sequences == [1, 2])
    }

    @Test func `whoever leaves the line makes nobody wait longer`() throws {
        try open(capacity: 1)
        let ids = try register(4)
        try bench.decide(EventsSamples.cancel(ids[1]))
        #expect(movedUp() == [])
        #expect(bench.payloads(RegistrationCancelled.self).map(\.heldPlaces) == [false])
        try bench.decide(EventsSamples.cancel(ids[0]))
        #expect(movedUp() == [ids[2]])
    }

    @Test func `a pair at the head of the line is not overtaken by one person`() throws {
        try open(capacity: 2)
        let ids = try register(2)
        let pair = try bench.pair()
        let waiting = try register(pair.parent, with: pair.child)
        let single = try register(1)
        try bench.decide(EventsSamples.cancel(ids[0]))
        #expect(movedUp() == [])
        try bench.decide(EventsSamples.cancel(ids[1]))
        #expect(movedUp() == [waiting])
        try bench.decide(EventsSamples.cancel(waiting, on: "2019-03-06"))
        #expect(movedUp() == [waiting] + single)
    }

    @Test func `when a pair gives up its places, two persons move up`() throws {
        try open(capacity: 2)
        let pair = try bench.pair()
        let first = try register(pair.parent, with: pair.child)
        let ids = try register(3)
        try bench.decide(EventsSamples.cancel(first))
        #expect(movedUp() == Array(ids[..<2]))
    }

    @Test func `when the head of the line gives up, those behind it move into what was free`()
        throws
    {
        try open(capacity: 2)
        let ids = try register(2)
        let pair = try bench.pair()
        let waiting = try register(pair.parent, with: pair.child)
        let single = try register(1)
        try bench.decide(EventsSamples.cancel(ids[0]))
        try bench.decide(EventsSamples.cancel(waiting))
        #expect(movedUp() == single)
    }

    @Test func `whoever cancelled may register again, at the end of the line`() throws {
        try open(capacity: 1)
        let person = try bench.newcomer()
        let first = try register(person)
        _ = try register(1)
        try bench.decide(EventsSamples.cancel(first))
        _ = try register(person)
        #expect(bench.payloads(RegistrationWaitlisted.self).map(\.number) == [1, 2])
    }

    @Test func `a cancellation sent twice takes one place back`() throws {
        try open(capacity: 1)
        let ids = try register(3)
        let (id, time, command) = (UUID(), Timestamp.now(), try EventsSamples.cancel(ids[0]))
        #expect(try bench.decide(command, id: id, time: time).status == "accepted")
        #expect(try bench.decide(command, id: id, time: time).status == "duplicate")
        #expect(movedUp() == [ids[1]])
        let again = try bench.decide(EventsSamples.cancel(ids[0]))
        #expect(again.code == "registration_cancelled")
    }

    @Test func `a cancellation that comes before its registration is kept for it`() throws {
        try open(capacity: 1)
        let id = RegistrationID(UUID())
        #expect(try bench.decide(EventsSamples.cancel(id)).status == "parked")
        try bench.decide(EventsSamples.registration(id, at: session, of: bench.newcomer()))
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(bench.payloads(RegistrationCancelled.self).map(\.registration) == [id])
    }

    @Test func `a cancellation is not dated before the registration`() throws {
        try open(capacity: 1)
        let ids = try register(1)
        let answer = try bench.decide(EventsSamples.cancel(ids[0], on: "2019-02-28"))
        #expect(answer.code == "date_too_early")
        #expect(answer.pointer == "/data/cancelledOn")
    }

    @Test func `nothing is given back once the session is over`() throws {
        try open(capacity: 1)
        let ids = try register(2)
        try bench.decide(EventsSamples.close(session))
        let answer = try bench.decide(EventsSamples.cancel(ids[0]))
        #expect(answer.code == "session_closed")
        #expect(answer.pointer == "/data/registration")
    }

    // MARK: Who comes without a registration

    @Test func `a walk-in may have the place of one who has not come, until the room is full`()
        throws
    {
        try open(capacity: 2)
        let registered = try bench.newcomers(2)
        for person in registered { _ = try register(person) }
        let waiting = try register(1)
        let walkIn = try bench.newcomer()
        for person in [walkIn, registered[0]] {
            let answer = try bench.decide(EventsSamples.attendance(at: session, of: person))
            #expect(answer.status == "accepted")
        }
        let late = try bench.decide(EventsSamples.attendance(at: session, of: registered[1]))
        #expect(late.code == "session_full")
        #expect(late.pointer == "/data/session")
        // Who has come changes no registration and moves nobody up.
        #expect(try bench.count("SELECT registered * 10 + waiting FROM session") == 21)
        #expect(movedUp() == [])
        #expect(try bench.decide(EventsSamples.cancel(waiting[0])).status == "accepted")
    }

    @Test func `the line moves by registrations alone, whoever is there already`() throws {
        try open(capacity: 2)
        let ids = try register(4)
        for person in try bench.newcomers(2) {
            try bench.decide(EventsSamples.attendance(at: session, of: person))
        }
        try bench.decide(EventsSamples.cancel(ids[0]))
        #expect(movedUp() == [ids[2]])
        #expect(try bench.count("SELECT registered FROM session") == 2)
        #expect(try bench.count("SELECT roster FROM session") == 2)
    }

    @Test func `a cancelled session cancels its registrations, and says how many`() throws {
        try open(capacity: 2)
        _ = try register(3)
        #expect(try bench.decide(EventsSamples.cancel(session)).status == "accepted")
        #expect(bench.payloads(SessionCancelled.self).map(\.registrations) == [3])
        #expect(
            try bench.count(
                "SELECT count(*) FROM session_registration WHERE state <> 'cancelled'") == 0)
        #expect(try bench.count("SELECT registered + waiting FROM session") == 0)
    }

    @Test func `the schema counts the places again, whatever the code has counted`() throws {
        try open(capacity: 2)
        _ = try register(3)
        let error = #expect(throws: PostgresError.self) {
            try bench.connection.run("UPDATE session_registration SET state = 'confirmed'")
        }
        #expect(error?.constraint == "session_never_overbooked")
    }

    @Test(arguments: [
        ("session_places", "UPDATE session SET registered = 3"),
        (
            "session_cancelled_registers_nobody",
            "UPDATE session SET state = 'cancelled', ended_on = '2019-03-07'"
        ),
        (
            "registration_once",
            """
            UPDATE session_registration SET state = 'waitlisted', number = 9,
                person = (SELECT person FROM session_registration WHERE number = 1)
            WHERE number IS NULL
            """
        ),
        ("registration_number", "UPDATE session_registration SET number = 1"),
    ])
    func `the schema keeps the rules of registrations`(constraint: String, change: String) throws {
        try open(capacity: 2)
        _ = try register(3)
        let error = #expect(throws: PostgresError.self) {
            try bench.connection.run(Statement(trusted: change))
        }
        #expect(error?.constraint == constraint)
    }
}
