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

    @Test func `a correction is not dated before what it corrects`() throws {
        expectRefusal(
            try bench.handle(
                EventsSamples.correction(of: attendance, to: person, on: "2019-03-07")),
            "date_too_early", at: "/correctedOn")
        try bench.handle(EventsSamples.correction(of: attendance, to: person, on: "2019-03-20"))
        expectRefusal(
            try bench.handle(
                EventsSamples.correction(of: attendance, to: person, on: "2019-03-19")),
            "date_too_early", at: "/correctedOn")
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

extension AttendanceCorrected {
    /// Person-times, known persons, pairs and households.
    fileprivate var counts: [Int] { [personTimes, identified, pairs, households] }
}
