import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

@Suite struct EventsAttendanceTests {
    private let bench = HandlerBench(Events.definition)
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())
    private let person: PersonID
    private let elsewhere: [TerritoryCode]

    init() throws {
        try bench.appoint()
        elsewhere = [try EventsSamples.territory("350203009")]
        person = try bench.newcomer()
        try bench.handle(EventsSamples.activity(activity))
    }

    private func open(capacity: Int? = nil) throws {
        try bench.handle(EventsSamples.session(session, of: activity, capacity: capacity))
    }

    // MARK: Attendance

    @Test func `who was at a session is recorded with what the session is`() throws {
        try open()
        let outcome = try bench.handle(EventsSamples.attendance(at: session, of: person))
        let fact = try #require(outcome.fact(AttendanceRecorded.self))
        #expect(fact.person == person)
        #expect(fact.activity == activity)
        #expect(fact.kind == .teaTalk)
        #expect(fact.startsOn == (try EventsSamples.date("2019-03-08")))
        #expect(outcome.emissions.first?.subject == fact.attendance.description)
        #expect(outcome.emissions.first?.sequence == 1)
        #expect(bench.source.loads == 0)
    }

    @Test func `an attendance waits for the person, whom registry has not named yet`() throws {
        try open()
        let stranger = PersonID(UUID())
        expectWait(
            try bench.handle(EventsSamples.attendance(at: session, of: stranger)),
            for: stranger.uuid, else: "unknown_person", at: "/person")
        try bench.handle(EventsSamples.registered(stranger), sequence: 1)
        #expect(
            try bench.handle(EventsSamples.attendance(at: session, of: stranger)).isAccepted)
    }

    @Test func `a person is on a session's roster once`() throws {
        try open()
        try bench.handle(EventsSamples.attendance(at: session, of: person))
        expectRefusal(
            try bench.handle(EventsSamples.attendance(at: session, of: person)),
            "already_attended", at: "/person")
        #expect(try bench.unit.find(Session.self, session.uuid)?.roster == 1)
    }

    @Test func `a person may be at two sessions`() throws {
        try open()
        let other = SessionID(UUID())
        try bench.handle(EventsSamples.session(other, of: activity))
        try bench.handle(EventsSamples.attendance(at: session, of: person))
        #expect(try bench.handle(EventsSamples.attendance(at: other, of: person)).isAccepted)
    }

    @Test func `an attendance is recorded once`() throws {
        try open()
        let id = AttendanceID(UUID())
        try bench.handle(EventsSamples.attendance(id, at: session, of: person))
        expectRefusal(
            try bench.handle(EventsSamples.attendance(id, at: session, of: person)),
            "attendance_exists",
            at: "/attendance")
    }

    @Test func `the roster never exceeds the capacity`() throws {
        try open(capacity: 2)
        for _ in 0..<2 {
            #expect(
                try bench.handle(EventsSamples.attendance(at: session, of: bench.newcomer()))
                    .isAccepted)
        }
        expectRefusal(
            try bench.handle(EventsSamples.attendance(at: session, of: bench.newcomer())),
            "session_full", at: "/session")
    }

    @Test func `roster and headcounts together never exceed the capacity`() throws {
        try open(capacity: 10)
        expectRefusal(
            try bench.handle(EventsSamples.headcount(at: session, count: 500)), "beyond_capacity",
            at: "/count")
        #expect(try bench.handle(EventsSamples.headcount(at: session, count: 9)).isAccepted)
        #expect(
            try bench.handle(EventsSamples.attendance(at: session, of: bench.newcomer())).isAccepted
        )
        expectRefusal(
            try bench.handle(EventsSamples.attendance(at: session, of: bench.newcomer())),
            "session_full", at: "/session")
        expectRefusal(
            try bench.handle(EventsSamples.headcount(at: session, count: 1)), "beyond_capacity",
            at: "/count")
    }

    @Test func `who was there beyond the places is counted besides, and takes nobody's place`()
        throws
    {
        try open(capacity: 1)
        var crowd = try EventsSamples.headcount(at: session, count: 500)
        (crowd.beyondCapacity, crowd.reason) = (true, "the yard was full, too")
        let outcome = try bench.handle(crowd)
        #expect(outcome.fact(HeadcountRecorded.self)?.beyondCapacity == true)
        #expect(
            try bench.handle(EventsSamples.attendance(at: session, of: bench.newcomer())).isAccepted
        )
        let held = try #require(try bench.unit.find(Session.self, session.uuid))
        #expect((held.headcount, held.beyond) == (500, 500))
        #expect((held.roster, held.bounded) == (1, 1))
        // That it was not beyond them is a matter of the places again.
        var correction = try EventsSamples.correction(of: crowd.headcount, to: 500)
        correction.beyondCapacity = false
        expectRefusal(try bench.handle(correction), "beyond_capacity", at: "/count")
        correction.beyondCapacity = nil
        correction.count = 400
        let corrected = try bench.handle(correction).fact(HeadcountCorrected.self)
        #expect(corrected?.count == 400)
        #expect(corrected?.beyondCapacity == true)
    }

    // MARK: Headcounts

    @Test func `headcounts of a session add up`() throws {
        try open()
        for count in [10, 20, 30] {
            let outcome = try bench.handle(EventsSamples.headcount(at: session, count: count))
            #expect(outcome.fact(HeadcountRecorded.self)?.count == count)
        }
        #expect(try bench.unit.find(Session.self, session.uuid)?.headcount == 60)
        #expect(bench.source.loads == 0)
    }

    @Test func `a headcount is recorded once`() throws {
        try open()
        let id = HeadcountID(UUID())
        try bench.handle(EventsSamples.headcount(id, at: session, count: 3))
        expectRefusal(
            try bench.handle(EventsSamples.headcount(id, at: session, count: 3)),
            "headcount_exists", at: "/headcount")
    }

    // MARK: Both

    private func records() throws -> [any Command] {
        [
            try EventsSamples.attendance(at: session, of: bench.newcomer()),
            try EventsSamples.headcount(at: session, count: 5),
        ]
    }

    @Test func `records wait for their session`() throws {
        for command in try records() {
            expectWait(
                try bench.handle(command), for: session.uuid, else: "unknown_session",
                at: "/session")
        }
    }

    @Test func `nothing is recorded for a closed session`() throws {
        try open()
        try bench.handle(EventsSamples.close(session))
        for command in try records() {
            expectRefusal(try bench.handle(command), "session_closed", at: "/session")
        }
    }

    @Test func `nothing is recorded for a cancelled session`() throws {
        try open()
        try bench.handle(EventsSamples.cancel(session))
        for command in try records() {
            expectRefusal(try bench.handle(command), "session_cancelled", at: "/session")
        }
    }

    @Test func `a publisher records only in its territories`() throws {
        try open()
        for command in try records() {
            expectRefusal(
                try bench.handle(command, territories: elsewhere), "out_of_scope", at: "/session")
        }
    }

    @Test func `a roster place is one for each session and person`() {
        let one = Party.place(session, person.uuid)
        #expect(one.count == 32)
        #expect(one == Party.place(session, person.uuid))
        #expect(one != Party.place(SessionID(person.uuid), session.uuid))
    }
}
