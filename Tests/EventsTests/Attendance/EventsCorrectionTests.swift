import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Attendances that turn out to have been others, over rows in memory.
@Suite struct EventsCorrectionTests {
    private let bench = HandlerBench(Events.definition)
    private let session = SessionID(UUID())
    private let attendance = AttendanceID(UUID())
    private let person: PersonID
    private let child: PersonID

    init() throws {
        try bench.appoint()
        let activity = ActivityID(UUID())
        (person, child) = (PersonID(UUID()), PersonID(UUID()))
        try bench.handle(
            EventsSamples.household(HouseholdID(UUID()), mother: person, child: child),
            sequence: 1)
        try bench.handle(EventsSamples.activity(activity))
        try bench.handle(EventsSamples.session(session, of: activity, capacity: 2))
        try bench.handle(EventsSamples.attendance(attendance, at: session, of: person))
    }

    private func totals() throws -> [Int] {
        let row = try #require(try bench.unit.find(Session.self, session.uuid))
        return [row.roster, row.identified]
    }

    @Test func `before the session closes a correction needs no reason`() throws {
        let outcome = try bench.handle(
            EventsSamples.correction(of: attendance, to: person, with: child))
        let fact = try #require(outcome.fact(AttendanceCorrected.self))
        #expect(fact.counts == [2, 2, 1, 0])
        #expect(fact.child == child)
        #expect(!fact.restated)
        #expect(outcome.emissions.first?.subject == attendance.description)
        #expect(outcome.emissions.first?.sequence == 2)
        #expect(try totals() == [2, 2])
    }

    @Test func `after the session has closed a correction restates, and needs a reason`() throws {
        try bench.handle(EventsSamples.close(session))
        expectRefusal(
            try bench.handle(EventsSamples.correction(of: attendance, to: person, with: child)),
            "reason_required", at: "/reason")
        let outcome = try bench.handle(
            EventsSamples.correction(of: attendance, to: person, with: child, reason: "slip"))
        #expect(outcome.fact(AttendanceCorrected.self)?.restated == true)
        #expect(outcome.emissions.first?.sequence == 2)
        #expect(try totals() == [2, 2])
    }

    @Test func `a void attendance counts nothing and frees the place`() throws {
        let fact = try #require(
            try bench.handle(EventsSamples.correction(of: attendance, to: person, void: true))
                .fact(AttendanceCorrected.self))
        #expect(fact.counts == [0, 0, 0, 0])
        #expect(fact.void)
        #expect(try totals() == [0, 0])
        #expect(try bench.handle(EventsSamples.attendance(at: session, of: person)).isAccepted)
    }

    @Test func `a void attendance may be made good again`() throws {
        try bench.handle(EventsSamples.correction(of: attendance, to: person, void: true))
        let outcome = try bench.handle(EventsSamples.correction(of: attendance, to: person))
        #expect(outcome.fact(AttendanceCorrected.self)?.personTimes == 1)
        #expect(outcome.emissions.first?.sequence == 3)
        #expect(try totals() == [1, 1])
    }

    @Test func `the person it was not may be recorded, the one it was no more`() throws {
        let other = try bench.newcomer()
        try bench.handle(EventsSamples.correction(of: attendance, to: other))
        #expect(try bench.handle(EventsSamples.attendance(at: session, of: person)).isAccepted)
        expectRefusal(
            try bench.handle(EventsSamples.attendance(at: session, of: other)),
            "already_attended", at: "/person")
    }

    @Test func `nobody is put on a roster twice by a correction`() throws {
        try bench.handle(EventsSamples.attendance(at: session, of: child))
        expectRefusal(
            try bench.handle(EventsSamples.correction(of: attendance, to: person, with: child)),
            "already_attended", at: "/person")
        #expect(try totals() == [2, 2])
    }

    @Test func `a correction keeps to the capacity`() throws {
        try bench.handle(EventsSamples.attendance(at: session, of: bench.newcomer()))
        expectRefusal(
            try bench.handle(EventsSamples.correction(of: attendance, to: person, with: child)),
            "session_full", at: "/persons")
    }

    @Test func `a correction that changes nothing is refused, and so is a second one`() throws {
        expectRefusal(
            try bench.handle(EventsSamples.correction(of: attendance, to: person)),
            "nothing_changes", at: "/attendance")
        let wider = try EventsSamples.correction(of: attendance, to: person, with: child)
        let void = try EventsSamples.correction(of: attendance, to: person, void: true)
        for command in [wider, void] {
            #expect(try bench.handle(command).isAccepted)
            expectRefusal(try bench.handle(command), "nothing_changes", at: "/attendance")
        }
        #expect(try totals() == [0, 0])
    }

    @Test func `a correction is decided by somebody who holds an office`() throws {
        var command = try EventsSamples.correction(of: attendance, to: person, with: child)
        command.actor.staff = StaffID(UUID())
        expectWait(
            try bench.handle(command), for: command.actor.staff.uuid, else: "unknown_staff",
            at: "/actor/staff")
        let fact = try bench.handle(
            EventsSamples.correction(of: attendance, to: person, with: child)
        ).fact(AttendanceCorrected.self)
        #expect(fact?.actor == (try EventsSamples.officer))
    }

    @Test func `a correction is not dated before what it corrects`() throws {
        expectRefusal(
            try bench.handle(
                EventsSamples.correction(of: attendance, to: person, on: "2019-03-07")),
            "date_too_early", at: "/correctedOn")
        try bench.handle(
            EventsSamples.correction(of: attendance, to: person, with: child, on: "2019-03-20"))
        expectRefusal(
            try bench.handle(
                EventsSamples.correction(of: attendance, to: person, on: "2019-03-19")),
            "date_too_early", at: "/correctedOn")
    }

    // MARK: Another session

    private func other(capacity: Int? = nil) throws -> SessionID {
        let (activity, other) = (ActivityID(UUID()), SessionID(UUID()))
        try bench.handle(EventsSamples.activity(activity, kind: .lecture))
        var opening = try EventsSamples.session(other, of: activity, capacity: capacity)
        opening.startsOn = try EventsSamples.date("2019-03-09")
        try bench.handle(opening)
        return other
    }

    private func move(to session: SessionID, void: Bool = false) throws -> CorrectAttendance {
        var command = try EventsSamples.correction(of: attendance, to: person, void: void)
        command.session = session
        return command
    }

    @Test func `it was another session, so another day, and both are counted anew`() throws {
        let other = try other()
        let fact = try #require(
            try bench.handle(move(to: other)).fact(AttendanceCorrected.self))
        #expect(fact.session == other)
        #expect(fact.kind == .lecture)
        #expect(fact.startsOn.description == "2019-03-09")
        #expect(try totals() == [0, 0])
        #expect(try bench.unit.find(Session.self, other.uuid)?.roster == 1)
        #expect(try bench.handle(EventsSamples.attendance(at: session, of: person)).isAccepted)
        expectRefusal(
            try bench.handle(EventsSamples.attendance(at: other, of: person)),
            "already_attended", at: "/person")
    }

    @Test func `the other session must have room, not be cancelled and not have the person`() throws
    {
        let full = try other(capacity: 1)
        try bench.handle(EventsSamples.attendance(at: full, of: bench.newcomer()))
        expectRefusal(try bench.handle(move(to: full)), "session_full", at: "/persons")
        let there = try other()
        try bench.handle(EventsSamples.attendance(at: there, of: person))
        expectRefusal(try bench.handle(move(to: there)), "already_attended", at: "/person")
        try bench.handle(EventsSamples.cancel(there))
        expectRefusal(try bench.handle(move(to: there)), "session_cancelled", at: "/session")
        #expect(try totals() == [1, 1])
    }

    @Test func `a session that has closed is restated with a reason, whichever of the two it is`()
        throws
    {
        let other = try other()
        try bench.handle(EventsSamples.close(other, on: "2019-03-09"))
        expectRefusal(try bench.handle(move(to: other)), "reason_required", at: "/reason")
        var command = try move(to: other)
        command.reason = "the sheets were mixed up"
        #expect(
            try bench.handle(command).fact(AttendanceCorrected.self)?.restated == true)
        expectRefusal(try bench.handle(move(to: session)), "reason_required", at: "/reason")
        command.session = session
        #expect(
            try bench.handle(command).fact(AttendanceCorrected.self)?.restated == true)
    }

    @Test func `a cancelled session has nothing to correct`() throws {
        try bench.handle(EventsSamples.cancel(session))
        expectRefusal(
            try bench.handle(EventsSamples.correction(of: attendance, to: person)),
            "session_cancelled", at: "/attendance")
    }

    @Test func `a correction waits for the attendance and for the person`() throws {
        let (unknown, stranger) = (AttendanceID(UUID()), PersonID(UUID()))
        expectWait(
            try bench.handle(EventsSamples.correction(of: unknown, to: person)),
            for: unknown.uuid, else: "unknown_attendance", at: "/attendance")
        expectWait(
            try bench.handle(EventsSamples.correction(of: attendance, to: stranger)),
            for: stranger.uuid, else: "unknown_person", at: "/person")
    }

    @Test func `a publisher corrects only in its territories`() throws {
        expectRefusal(
            try bench.handle(
                EventsSamples.correction(of: attendance, to: person),
                territories: [EventsSamples.territory("350203009")]),
            "out_of_scope", at: "/attendance")
    }
}

/// The same after a person was erased, on a real database.
@Suite struct EventsErasedCorrectionTests {
    @Test func `an attendance of a person who was erased can still be voided or widened`() throws {
        let bench = try ServiceBench(Events.definition)
        try bench.appoint()
        let (activity, session) = (ActivityID(UUID()), SessionID(UUID()))
        let (household, mother) = (HouseholdID(UUID()), PersonID(UUID()))
        let (family, alone) = (AttendanceID(UUID()), AttendanceID(UUID()))
        try bench.take(
            EventsSamples.household(household, mother: mother), subject: household.uuid,
            sequence: 1)
        try bench.decide(EventsSamples.activity(activity))
        try bench.decide(EventsSamples.session(session, of: activity))
        try bench.decide(
            EventsSamples.attendance(family, at: session, of: mother, for: household, persons: 2))
        try bench.decide(EventsSamples.attendance(alone, at: session, of: bench.newcomer()))
        try bench.take(
            EventsSamples.erased(mother, on: "2020-01-01"), subject: mother.uuid, sequence: 9)
        let wider = try EventsSamples.correction(
            of: family, to: mother, for: household, persons: 3)
        #expect(try bench.decide(wider).status == "accepted")
        #expect(bench.payloads(AttendanceCorrected.self).map(\.personTimes) == [3])
        #expect(
            try bench.decide(EventsSamples.correction(of: alone, to: mother)).code
                == "person_erased")
        let void = try EventsSamples.correction(
            of: family, to: mother, for: household, void: true)
        #expect(try bench.decide(void).status == "accepted")
    }
}

extension AttendanceCorrected {
    /// Person-times, known persons, pairs and households.
    fileprivate var counts: [Int] { [personTimes, identified, pairs, households] }
}
