import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Sessions that are opened again, moved, or of another activity, on a real database: what is recorded of them is asked for there.
@Suite struct EventsSessionCorrectionTests {
    private let bench: ServiceBench
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        try bench.decide(EventsSamples.activity(activity, for: .everyone))
        try bench.decide(EventsSamples.session(session, of: activity, capacity: 40))
    }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    private func expectRefusal(_ command: any Command, _ code: String, at pointer: String) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "rejected")
        #expect(answer.code == code)
        #expect(answer.pointer == "/data" + pointer)
    }

    private func reopen(_ reason: String = "a sheet came late") throws -> ReopenSession {
        ReopenSession(session: session, try EventsSamples.correction(reason))
    }

    private func move(to day: String, in community: String = EventsSamples.community) throws
        -> MoveSession
    {
        MoveSession(
            session: session, startsOn: try EventsSamples.date(day),
            territory: try EventsSamples.territory(community), try EventsSamples.correction())
    }

    /// A person and twelve more.
    private func fill() throws -> AttendanceID {
        let id = AttendanceID(UUID())
        try accept(EventsSamples.attendance(id, at: session, of: bench.newcomer()))
        try accept(EventsSamples.headcount(at: session, count: 12))
        return id
    }

    private func totals() throws -> [Int] {
        let rows = try bench.connection.run(
            """
            SELECT roster, identified, headcount, beyond, registered, waiting FROM session
            WHERE id = \(session)
            """)
        let row = try #require(rows.first)
        return try (0..<6).map { try row.decode(Int.self, at: $0) }
    }

    // MARK: Reopening

    @Test func `a closed session that is opened again takes late sheets in, and is closed anew`()
        throws
    {
        _ = try fill()
        try accept(EventsSamples.close(session))
        try accept(reopen())
        #expect(bench.payloads(SessionReopened.self).map(\.wasCancelled) == [false])
        try accept(EventsSamples.attendance(at: session, of: bench.newcomer()))
        try accept(EventsSamples.close(session, on: "2019-03-20"))
        #expect(bench.payloads(SessionClosed.self).map(\.roster) == [1, 2])
        let sequences = bench.facts.filter { $0.header.subject == session.description }
            .map(\.header.sequence)
        #expect(sequences == [1, 2, 3, 4])
    }

    @Test func `an open session is not opened again`() throws {
        try expectRefusal(reopen(), "session_open", at: "/session")
        try accept(EventsSamples.close(session))
        try accept(reopen())
        try expectRefusal(reopen(), "session_open", at: "/session")
    }

    @Test func `a session that was closed by mistake is opened again and cancelled`() throws {
        _ = try fill()
        try accept(EventsSamples.close(session))
        try expectRefusal(EventsSamples.cancel(session), "session_closed", at: "/session")
        try accept(reopen("it never took place"))
        try accept(EventsSamples.cancel(session))
        #expect(try totals() == [0, 0, 0, 0, 0, 0])
    }

    @Test func `a session that was cancelled by mistake counts all that it did`() throws {
        _ = try fill()
        var crowd = try EventsSamples.headcount(at: session, count: 300)
        (crowd.beyondCapacity, crowd.reason) = (true, "in the yard")
        try accept(crowd)
        let void = AttendanceID(UUID())
        let person = try bench.newcomer()
        try accept(EventsSamples.attendance(void, at: session, of: person))
        try accept(EventsSamples.correction(of: void, to: person, void: true))
        let before = try totals()
        #expect(before == [1, 1, 312, 300, 0, 0])
        try accept(EventsSamples.cancel(session))
        try accept(reopen("another session was meant"))
        #expect(try totals() == before)
        try accept(EventsSamples.attendance(at: session, of: person))
        // Each cancellation keeps its own reason.
        try accept(EventsSamples.cancel(session))
        #expect(try bench.texts().filter { $0 == "typhoon" }.count == 2)
    }

    @Test func `registrations that were cancelled with the session hold again, others do not`()
        throws
    {
        let small = SessionID(UUID())
        try accept(EventsSamples.session(small, of: activity, capacity: 2))
        var ids: [RegistrationID] = []
        for person in try bench.newcomers(4) {
            ids.append(RegistrationID(UUID()))
            try accept(EventsSamples.registration(ids[ids.count - 1], at: small, of: person))
        }
        try accept(EventsSamples.cancel(ids[0]))
        try accept(EventsSamples.cancel(small))
        try accept(ReopenSession(session: small, try EventsSamples.correction()))
        let fact = try #require(bench.payloads(SessionReopened.self).first)
        #expect(fact.wasCancelled)
        #expect(fact.registrations == 3)
        let states = try bench.connection.run(
            "SELECT state FROM session_registration ORDER BY number NULLS FIRST, state"
        ).map { try $0.decode(String.self, at: 0) }
        #expect(states == ["cancelled", "confirmed", "confirmed", "waitlisted"])
        #expect(
            try bench.count("SELECT registered * 10 + waiting FROM session WHERE id = \(small)")
                == 21)
        try accept(EventsSamples.cancel(ids[1], on: "2020-02-13"))
        #expect(bench.payloads(RegistrationConfirmed.self).last?.registration == ids[3])
    }

    @Test func `who has died meanwhile is not registered again, and leaves the place to the next`()
        throws
    {
        let small = SessionID(UUID())
        try accept(EventsSamples.session(small, of: activity, capacity: 1))
        let people = try bench.newcomers(2)
        let ids = people.map { _ in RegistrationID(UUID()) }
        for (id, person) in zip(ids, people) {
            try accept(EventsSamples.registration(id, at: small, of: person))
        }
        try accept(EventsSamples.cancel(small))
        try bench.take(
            PersonDied(
                person: people[0], territory: EventsSamples.territory(),
                diedOn: EventsSamples.date("2019-03-07")), subject: people[0].uuid, sequence: 2)
        try accept(ReopenSession(session: small, try EventsSamples.correction()))
        #expect(bench.payloads(SessionReopened.self).map(\.registrations) == [1])
        #expect(bench.payloads(RegistrationConfirmed.self).last?.registration == ids[1])
        #expect(
            try bench.count("SELECT registered * 10 + waiting FROM session WHERE id = \(small)")
                == 10)
    }

    // MARK: Day, place and activity

    @Test func `a moved session takes along what was recorded of it, and keeps its registrations`()
        throws
    {
        let attendance = try fill()
        let registration = RegistrationID(UUID())
        try accept(
            EventsSamples.registration(registration, at: session, of: bench.newcomer()))
        try accept(move(to: "2019-03-15", in: "350203007902"))
        let moved = try #require(bench.payloads(SessionMoved.self).first)
        #expect(moved.startedOn.description == "2019-03-08")
        #expect(moved.about.startsOn.description == "2019-03-15")
        #expect(moved.from.rawValue == EventsSamples.community)
        #expect(!moved.held)
        let person = try #require(bench.payloads(AttendanceCorrected.self).first)
        #expect(person.attendance == attendance)
        #expect(person.startsOn.description == "2019-03-15")
        #expect(person.territory.rawValue == "350203007902")
        #expect(person.personTimes == 1)
        #expect(!person.restated)
        let counted = try #require(bench.payloads(HeadcountCorrected.self).first)
        #expect(counted.about.startsOn.description == "2019-03-15")
        #expect((counted.countBefore, counted.count) == (12, 12))
        #expect(try totals() == [1, 1, 12, 0, 1, 0])
        try expectRefusal(
            move(to: "2019-03-15", in: "350203007902"), "nothing_changes", at: "/startsOn")
    }

    @Test func `a closed session is moved, but not to a day after it was closed`() throws {
        _ = try fill()
        try accept(EventsSamples.close(session))
        try expectRefusal(move(to: "2019-03-10"), "closed_before_start", at: "/startsOn")
        try accept(move(to: "2019-03-01"))
        #expect(bench.payloads(SessionMoved.self).map(\.held) == [true])
        #expect(bench.payloads(AttendanceCorrected.self).map(\.restated) == [true])
    }

    @Test func `a cancelled session is not moved, nor is its activity another`() throws {
        try accept(EventsSamples.cancel(session))
        try expectRefusal(move(to: "2019-03-15"), "session_cancelled", at: "/session")
        try expectRefusal(
            CorrectSession(
                session: session, activity: ActivityID(UUID()), try EventsSamples.correction()),
            "session_cancelled", at: "/session")
    }

    @Test func `a session of another activity has its kind, programme and audience`() throws {
        _ = try fill()
        let lecture = ActivityID(UUID())
        var plan = try EventsSamples.activity(lecture, kind: .lecture, for: .members)
        plan.programme = try EventsSamples.programme("early-childhood")
        let correction = CorrectSession(
            session: session, activity: lecture, try EventsSamples.correction())
        #expect(try bench.decide(correction).status == "parked")
        try accept(plan)
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        let fact = try #require(bench.payloads(SessionCorrected.self).first)
        #expect(fact.activityBefore == activity)
        #expect(fact.about.kind == .lecture)
        let person = try #require(bench.payloads(AttendanceCorrected.self).first)
        #expect(person.kind == .lecture)
        #expect(person.programme.rawValue == "early-childhood")
        #expect(
            try bench.decide(
                EventsSamples.registration(at: session, of: bench.newcomer())
            ).code == "not_in_audience")
        try expectRefusal(correction, "nothing_changes", at: "/activity")
    }

    @Test func `a session whose audience was read stays where it is until the reading is void`()
        throws
    {
        let (stream, online) = (ActivityID(UUID()), SessionID(UUID()))
        try accept(EventsSamples.activity(stream, kind: .liveStream, for: .everyone))
        try accept(EventsSamples.session(online, of: stream))
        var reading = try EventsSamples.reach(count: 2_000, day: 15)
        (reading.channel, reading.metric) = (.livePlatform, .viewerHouseholds)
        reading.programme = try EventsSamples.programme()
        reading.territory = try EventsSamples.territory()
        reading.session = online
        try accept(reading)
        var move = try move(to: "2019-03-08", in: "350203007902")
        move.session = online
        try expectRefusal(move, "session_has_readings", at: "/territory")
        try accept(VoidReach(reach: reading.reach, try EventsSamples.correction()))
        try accept(move)
    }
}
