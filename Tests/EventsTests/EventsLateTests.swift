import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events

/// What was sent in time is taken in, whatever has arrived meanwhile; and a wrong later day blocks nobody.
@Suite struct EventsLateTests {
    private let bench: ServiceBench
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())
    /// When the session is closed, or an absence recorded.
    private let noon = Timestamp(microseconds: Timestamp.now().microseconds - 3_600_000_000)

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        try bench.decide(EventsSamples.activity(activity, for: .everyone))
    }

    private func open(capacity: Int? = nil) throws {
        try bench.decide(EventsSamples.session(session, of: activity, capacity: capacity))
    }

    /// - Parameter minutes: after noon; negative before it.
    @discardableResult
    private func send(_ command: any Command, at minutes: Int64) throws -> ServiceBench.Answered {
        let time = Timestamp(microseconds: noon.microseconds + minutes * 60_000_000)
        return try bench.decide(command, id: UUID(), time: time)
    }

    private func close() throws {
        #expect(try send(EventsSamples.close(session), at: 0).status == "accepted")
    }

    // MARK: Sessions that were closed meanwhile

    @Test func `an attendance that was sent before the session closed is taken in`() throws {
        try open()
        try close()
        let (early, late) = (try bench.newcomer(), try bench.newcomer())
        let taken = try send(EventsSamples.attendance(at: session, of: early), at: -1)
        #expect(taken.status == "accepted")
        #expect(bench.payloads(AttendanceRecorded.self).map(\.person) == [early])
        for minutes: Int64 in [0, 1] {
            let refused = try send(
                EventsSamples.attendance(at: session, of: late), at: minutes)
            #expect(refused.code == "session_closed")
        }
    }

    @Test func `an attendance that waited for its person while the session closed is taken in`()
        throws
    {
        try open()
        let person = PersonID(UUID())
        let parked = try send(EventsSamples.attendance(at: session, of: person), at: -1)
        #expect(parked.status == "parked")
        try close()
        try bench.take(EventsSamples.registered(person), subject: person.uuid, sequence: 1)
        try bench.hurryParked()
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(bench.payloads(AttendanceRecorded.self).map(\.person) == [person])
    }

    @Test func `so is one that waited for the session itself`()
        throws
    {
        let person = try bench.newcomer()
        let parked = try send(EventsSamples.attendance(at: session, of: person), at: -1)
        #expect(parked.code == "unknown_session")
        try open()
        try close()
        try bench.hurryParked()
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(bench.payloads(AttendanceRecorded.self).map(\.person) == [person])
    }

    @Test func `so are a headcount, a registration and a cancellation`() throws {
        try open(capacity: 10)
        let registration = RegistrationID(UUID())
        let person = try bench.newcomer()
        try bench.decide(EventsSamples.registration(registration, at: session, of: person))
        try close()
        let others = try bench.newcomers(2)
        func sent(_ minutes: Int64, _ other: PersonID) throws -> [String] {
            let commands: [any Command] = [
                try EventsSamples.headcount(at: session, count: 3),
                try EventsSamples.registration(at: session, of: other),
                try EventsSamples.cancel(registration),
            ]
            return try commands.map { try send($0, at: minutes).code ?? "accepted" }
        }
        #expect(try sent(1, others[0]) == ["session_closed", "session_closed", "session_closed"])
        #expect(try sent(-1, others[1]) == ["accepted", "accepted", "accepted"])
    }

    @Test func `nobody moves up for a session that is over`() throws {
        try open(capacity: 1)
        let registrations = try bench.newcomers(2).map { person in
            let id = RegistrationID(UUID())
            try bench.decide(EventsSamples.registration(id, at: session, of: person))
            return id
        }
        try close()
        #expect(try send(EventsSamples.cancel(registrations[0]), at: -1).status == "accepted")
        #expect(bench.payloads(RegistrationConfirmed.self).filter(\.movedUp).isEmpty)
    }

    @Test func `nobody was at a session that was cancelled, whenever it is said`() throws {
        try open()
        #expect(try send(EventsSamples.cancel(session), at: 0).status == "accepted")
        let sent = try send(EventsSamples.attendance(at: session, of: bench.newcomer()), at: -1)
        #expect(sent.code == "session_cancelled")
    }

    @Test func `nobody was at a session whose day has not come`() throws {
        let today = Timestamp.now().businessDay
        let opened = OpenSession(
            session: session, activity: activity, startsOn: today.adding(days: 2),
            territory: try EventsSamples.territory(), capacity: nil)
        #expect(try bench.decide(opened).status == "accepted")
        let attended = try bench.decide(
            EventsSamples.attendance(at: session, of: bench.newcomer()))
        #expect(attended.code == "session_to_come")
        let counted = try bench.decide(EventsSamples.headcount(at: session, count: 3))
        #expect(counted.code == "session_to_come")
    }

    // MARK: Shifts

    @Test func `a check-in that was sent before the absence was recorded is taken in`() throws {
        let person = try bench.newcomer()
        let (shift, other) = (ShiftID(UUID()), ShiftID(UUID()))
        for (id, hours) in [(shift, (0, 4)), (other, (4, 8))] {
            try bench.decide(
                EventsSamples.shift(
                    id, at: PostID(UUID()), of: person, from: hours.0, to: hours.1))
            try bench.decide(EventsSamples.confirm(id))
            #expect(
                try send(EventsSamples.noShow(id, on: "2020-02-12"), at: 0).status == "accepted")
        }
        #expect(try send(EventsSamples.checkIn(other), at: 1).code == "shift_not_confirmed")
        #expect(try send(EventsSamples.checkIn(shift), at: -1).status == "accepted")
        #expect(try send(EventsSamples.complete(shift), at: 2).status == "accepted")
        #expect(bench.payloads(ShiftCompleted.self).map(\.shift) == [shift])
    }

    // MARK: Wrong later days

    private static let tomorrow = Timestamp.now().businessDay.adding(days: 1).description
    private static let today = Timestamp.now().businessDay.description

    @Test func `whoever has moved up by a cancellation of tomorrow can cancel today`() throws {
        try open(capacity: 1)
        let registrations = try bench.newcomers(3).map { person in
            let id = RegistrationID(UUID())
            try bench.decide(EventsSamples.registration(id, at: session, of: person))
            return id
        }
        for (id, day) in zip(registrations, [Self.tomorrow, Self.today, "2019-03-04"]) {
            #expect(try bench.decide(EventsSamples.cancel(id, on: day)).status == "accepted")
        }
        #expect(bench.payloads(RegistrationConfirmed.self).filter(\.movedUp).count == 2)
    }

    @Test func `a correction of tomorrow is corrected today, and one of before is not`() throws {
        try open()
        let (attendance, headcount) = (AttendanceID(UUID()), HeadcountID(UUID()))
        let person = try bench.newcomer()
        try bench.decide(EventsSamples.attendance(attendance, at: session, of: person))
        try bench.decide(EventsSamples.headcount(headcount, at: session, count: 4))
        func corrected(on day: String) throws -> [String] {
            let void = try EventsSamples.correction(
                of: attendance, to: person, void: day == Self.tomorrow, on: day)
            let count = try EventsSamples.correction(
                of: headcount, to: day == Self.tomorrow ? 5 : 6, on: day)
            let corrections: [any Command] = [void, count]
            return try corrections.map { try bench.decide($0).code ?? "accepted" }
        }
        #expect(try corrected(on: Self.tomorrow) == ["accepted", "accepted"])
        #expect(try corrected(on: "2020-01-01") == ["date_too_early", "date_too_early"])
        #expect(try corrected(on: Self.today) == ["accepted", "accepted"])
    }
}
