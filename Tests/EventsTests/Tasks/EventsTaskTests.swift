import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// What deaths demand of those who run activities, on a real database.
@Suite struct EventsTaskTests {
    private let bench: ServiceBench
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        try bench.accept(EventsSamples.activity(activity, for: .everyone))
    }

    private func open(capacity: Int? = nil) throws {
        try bench.accept(EventsSamples.session(session, of: activity, capacity: capacity))
    }

    private func register(
        _ person: PersonID, with child: PersonID? = nil
    ) throws -> RegistrationID {
        let id = RegistrationID(UUID())
        try bench.accept(EventsSamples.registration(id, at: session, of: person, with: child))
        return id
    }

    private func attend(_ person: PersonID, with child: PersonID? = nil) throws -> AttendanceID {
        let id = AttendanceID(UUID())
        try bench.accept(EventsSamples.attendance(id, at: session, of: person, with: child))
        return id
    }

    private func restore(_ id: RegistrationID) throws -> RestoreRegistration {
        RestoreRegistration(registration: id, try EventsSamples.correction(on: "2019-03-06"))
    }

    /// One person, whose place went to the next in line because of a death that was none.
    private func loseAPlace() throws -> (person: PersonID, registration: RegistrationID) {
        try open(capacity: 1)
        let people = try bench.newcomers(2)
        let ids = try people.map { try register($0) }
        try bench.die(people[0])
        #expect(try bench.demands() == [])
        try bench.live(people[0])
        return (people[0], ids[0])
    }

    // MARK: Places

    @Test func `a place that was freed by a death which was none is to be given back`() throws {
        let lost = try loseAPlace()
        let task = try #require(bench.tasks().first)
        #expect(try bench.demands() == [Demand("restore_registration", lost.registration.uuid)])
        #expect(task.territory.rawValue == EventsSamples.community)
        #expect(task.dueOn == (try EventsSamples.date("2019-03-08")))
        // It is demanded since the death was voided, whenever that came to be known here.
        #expect(task.raisedOn == (try EventsSamples.date("2019-03-06")))
        #expect(try bench.tasks(kind: "restore_registration").count == 1)
        // Others have the place, so nothing is restored by itself.
        #expect(try bench.count("SELECT registered FROM session") == 1)
    }

    @Test func `it is settled when the registration is restored`() throws {
        let lost = try loseAPlace()
        try bench.accept(restore(lost.registration))
        #expect(try bench.demands() == [])
        #expect(try bench.tasks(.settled).map(\.dismissed) == [false])
    }

    @Test func `it is settled when the person is registered anew, or is there`() throws {
        let lost = try loseAPlace()
        let again = try register(lost.person)
        #expect(try bench.demands() == [])
        try bench.die(lost.person)
        try bench.live(lost.person)
        // The newest registration is the one that was meant last.
        #expect(try bench.demands() == [Demand("restore_registration", again.uuid)])
        _ = try attend(lost.person)
        #expect(try bench.demands() == [])
    }

    @Test func `it is settled when the session is over, and comes again with the session`() throws {
        _ = try loseAPlace()
        try bench.accept(EventsSamples.close(session))
        #expect(try bench.demands() == [])
        try bench.accept(ReopenSession(session: session, try EventsSamples.correction()))
        #expect(try bench.demands().count == 1)
        try bench.accept(EventsSamples.cancel(session))
        #expect(try bench.demands() == [])
    }

    @Test func `it is settled when the person has died after all`() throws {
        let lost = try loseAPlace()
        try bench.die(lost.person, on: "2019-03-05")
        #expect(try bench.demands() == [])
    }

    @Test func `a corrected day of death after the session gives the place back too`() throws {
        try open()
        let person = try bench.newcomer()
        let id = try register(person)
        try bench.die(person)
        try bench.die(person, on: "2019-03-20")
        #expect(try bench.demands() == [Demand("restore_registration", id.uuid)])
    }

    @Test func `a registration that was cancelled on request is nobody's task`() throws {
        try open()
        let person = try bench.newcomer()
        try bench.accept(EventsSamples.cancel(register(person)))
        try bench.die(person)
        try bench.live(person)
        #expect(try bench.demands() == [])
    }

    @Test func `the place of a pair is to be given back when the child was not dead`() throws {
        try open()
        let pair = try bench.pair()
        let id = try register(pair.parent, with: pair.child)
        try bench.die(pair.child)
        try bench.live(pair.child)
        #expect(try bench.demands() == [Demand("restore_registration", id.uuid)])
        // The parent comes alone meanwhile.
        _ = try register(pair.parent)
        #expect(try bench.demands() == [])
    }

    @Test func `who was dead while a session was opened again may be registered once more`() throws
    {
        try open()
        let people = try bench.newcomers(2)
        let ids = try people.map { try register($0) }
        try bench.accept(EventsSamples.cancel(session))
        for person in people { try bench.die(person) }
        try bench.accept(ReopenSession(session: session, try EventsSamples.correction()))
        for person in people { try bench.live(person) }
        #expect(try bench.demands() == Set(ids.map { Demand("restore_registration", $0.uuid) }))
        try bench.accept(restore(ids[0]))
        _ = try register(people[1])
        #expect(try bench.demands() == [])
        #expect(try bench.count("SELECT registered FROM session") == 2)
    }

    @Test func `shifts that were cancelled by a death which was none are to be restored`() throws {
        let (person, shift) = (try bench.newcomer(), ShiftID(UUID()))
        try bench.accept(EventsSamples.shift(shift, at: PostID(UUID()), of: person))
        try bench.accept(EventsSamples.confirm(shift))
        try bench.die(person, on: "2020-02-09")
        try bench.live(person)
        #expect(try bench.demands() == [Demand("restore_shift", shift.uuid)])
        let task = try #require(bench.tasks().first)
        #expect(task.raisedOn == (try EventsSamples.date("2019-03-06")))
        #expect(try #require(task.dueOn) >= task.raisedOn)
        try bench.accept(ReopenShift(shift: shift, try EventsSamples.correction()))
        #expect(try bench.demands() == [])
    }

    // MARK: What was recorded of days after the death

    @Test func `an attendance after the death is looked at, and told to whoever recorded it`()
        throws
    {
        try open()
        let (person, pair) = (try bench.newcomer(), try bench.pair())
        let ids = [try attend(person), try attend(pair.parent, with: pair.child)]
        try bench.die(person, on: "2019-03-07")
        try bench.die(pair.child, on: "2019-03-07")
        #expect(try bench.demands() == Set(ids.map { Demand("review_attendance", $0.uuid) }))
        let notices = try bench.handleParked().compactMap { Receipt(body: $0.body) }
        #expect(Set(notices.map(\.record)) == Set(ids.map(\.uuid)))
        #expect(Set(notices.map(\.outcome?.state)) == ["under_review"])
        #expect(Set(notices.map(\.code)) == ["person_died"])
        // It counts until somebody decides, also when the session is closed.
        try bench.accept(EventsSamples.close(session))
        #expect(try bench.demands().count == 2)
        #expect(bench.payloads(SessionClosed.self).map(\.roster) == [3])
        for (id, member) in zip(ids, [person, pair.parent]) {
            try bench.accept(
                EventsSamples.correction(
                    of: id, to: member, void: true, reason: "another person was meant"))
        }
        #expect(try bench.demands() == [])
    }

    @Test func `an attendance on the day of death is not looked at`() throws {
        try open()
        let person = try bench.newcomer()
        _ = try attend(person)
        try bench.die(person, on: "2019-03-08")
        #expect(try bench.demands() == [])
    }

    @Test func `another day of death, or none, settles it`() throws {
        try open()
        let people = try bench.newcomers(2)
        for person in people {
            _ = try attend(person)
            try bench.die(person, on: "2019-03-07")
        }
        #expect(try bench.demands().count == 2)
        try bench.die(people[0], on: "2019-03-09")
        try bench.live(people[1])
        #expect(try bench.demands() == [])
    }

    @Test func `a correction that names somebody else settles it`() throws {
        try open()
        let (person, other) = (try bench.newcomer(), try bench.newcomer())
        let id = try attend(person)
        try bench.die(person, on: "2019-03-07")
        #expect(try bench.demands() == [Demand("review_attendance", id.uuid)])
        try bench.accept(EventsSamples.correction(of: id, to: other))
        #expect(try bench.demands() == [])
    }

    @Test func `a session that is moved past a death, or back, is looked at anew`() throws {
        try open()
        let person = try bench.newcomer()
        let id = try attend(person)
        try bench.die(person, on: "2019-03-09")
        func move(to day: String) throws {
            try bench.accept(
                MoveSession(
                    session: session, startsOn: EventsSamples.date(day),
                    territory: EventsSamples.territory(), EventsSamples.correction()))
        }
        try move(to: "2019-03-15")
        #expect(try bench.demands() == [Demand("review_attendance", id.uuid)])
        try move(to: "2019-03-08")
        #expect(try bench.demands() == [])
    }

    @Test func `a shift that was served after the death is looked at, until it is corrected`()
        throws
    {
        let (person, other) = (try bench.newcomer(), try bench.newcomer())
        let (post, shift) = (PostID(UUID()), ShiftID(UUID()))
        try bench.accept(EventsSamples.shift(shift, at: post, of: person))
        try bench.accept(EventsSamples.confirm(shift))
        try bench.accept(EventsSamples.checkIn(shift))
        try bench.accept(EventsSamples.complete(shift))
        try bench.die(person, on: "2020-02-09")
        #expect(try bench.demands() == [Demand("review_shift", shift.uuid)])
        try bench.accept(EventsSamples.correct(shift, at: post, of: other))
        #expect(try bench.demands() == [])
    }

    @Test func `a service for the dead is looked at, until it is void or the death is`() throws {
        let people = try bench.newcomers(2)
        let ids = people.map { _ in CaseworkID(UUID()) }
        for (id, person) in zip(ids, people) {
            try bench.accept(EventsSamples.casework(id, for: person))
            try bench.die(person, on: "2019-06-01")
        }
        #expect(try bench.demands() == Set(ids.map { Demand("review_casework", $0.uuid) }))
        try bench.accept(VoidCasework(casework: ids[0], try EventsSamples.correction()))
        try bench.live(people[1])
        #expect(try bench.demands() == [])
    }

    // MARK: Dismissing

    @Test func `a reason for dismissing a task goes with the erasure of the person`() throws {
        try open()
        let (person, staff) = (try bench.newcomer(), MemberID(UUID()))
        let id = try attend(person)
        try bench.die(person, on: "2019-03-07")
        let branch = try EventsSamples.territory("350203007")
        try bench.take(
            MemberEnrolled(
                MemberSubject(
                    member: staff, person: bench.newcomer(), role: .staff, territory: branch,
                    level: .subdistrict), enrolledOn: EventsSamples.date("2018-01-01")),
            subject: staff.uuid, sequence: 1)
        try bench.accept(
            SettleEventsTask(
                TaskDismissal(
                    task: Tasks.id(.reviewAttendance, id.uuid),
                    settledOn: EventsSamples.date("2019-03-20"), reason: "she was seen there",
                    actor: Actor(staff: StaffID(staff.uuid), territory: branch))))
        #expect(try bench.demands() == [])
        #expect(try bench.texts() == ["she was seen there"])
        try bench.take(
            EventsSamples.erased(person, on: "2019-06-01"), subject: person.uuid, sequence: 3)
        #expect(try bench.texts() == [])
    }
}
