import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// What merges do with two registrations of one person, and what they demand of those who run activities, on a real database.
@Suite struct EventsMergeTaskTests {
    private let bench: ServiceBench
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())
    private let survivor: PersonID
    private let merged: PersonID

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        let people = try bench.newcomers(2)
        (survivor, merged) = (people[0], people[1])
        try bench.accept(EventsSamples.activity(activity, for: .everyone))
    }

    private func open(capacity: Int? = nil) throws {
        try bench.accept(EventsSamples.session(session, of: activity, capacity: capacity))
    }

    private func register(
        _ person: PersonID, with child: PersonID? = nil, for household: HouseholdID? = nil,
        persons: Int? = nil, on day: String = "2019-03-01"
    ) throws -> RegistrationID {
        let id = RegistrationID(UUID())
        try bench.accept(
            EventsSamples.registration(
                id, at: session, of: person, with: child, for: household, persons: persons,
                on: day))
        return id
    }

    private func state(of registration: RegistrationID) throws -> String {
        try #require(
            bench.connection.run(
                "SELECT state FROM session_registration WHERE id = \(registration)"
            ).first
        ).decode(String.self, at: 0)
    }

    // MARK: Two registrations

    @Test(arguments: [true, false])
    func `of two registrations of one person the earlier one stays, and the place goes to the next`(
        survivorCameFirst: Bool
    ) throws {
        try open(capacity: 2)
        let order = survivorCameFirst ? [survivor, merged] : [merged, survivor]
        let ids = [try register(order[0]), try register(order[1], on: "2019-03-02")]
        let waiting = try register(bench.newcomer(), on: "2019-03-03")
        try bench.merge(merged, into: survivor)
        #expect(try (ids + [waiting]).map(state) == ["confirmed", "cancelled", "confirmed"])
        #expect(
            try bench.count("SELECT registered * 10 + waiting FROM session") == 20)
        let fact = try #require(bench.payloads(RegistrationCancelled.self).first)
        #expect((fact.registration, fact.heldPlaces) == (ids[1], true))
        #expect(fact.cancelledOn == (try EventsSamples.date("2019-03-04")))
        let notices = try bench.handleParked().compactMap { Receipt(body: $0.body) }
        #expect(notices.map(\.record).contains(ids[1].uuid))
        #expect(
            notices.first { $0.record == ids[1].uuid }?.code == "already_registered")
        #expect(try bench.demands() == [])
    }

    @Test func `who has a place keeps it, and the double leaves the line`() throws {
        try open(capacity: 1)
        let ids = [try register(merged, on: "2019-03-02"), try register(survivor)]
        try bench.merge(merged, into: survivor)
        #expect(try ids.map(state) == ["confirmed", "cancelled"])
        #expect(try bench.count("SELECT waiting FROM session") == 0)
    }

    @Test func `the larger of two stays, since it brings those whom the other brings`() throws {
        try open()
        let family = try family()
        let ids = [
            try register(survivor),
            try register(family.mother, for: family.household, persons: 3, on: "2019-03-02"),
        ]
        try bench.merge(family.mother, into: survivor, in: family.household, as: .head)
        #expect(try ids.map(state) == ["cancelled", "confirmed"])
    }

    @Test func `two that each bring somebody else both stay, and somebody looks at it`() throws {
        try open()
        let (family, second) = (try family(), try family())
        let ids = [
            try register(family.mother, with: family.child),
            try register(second.mother, for: second.household, persons: 3),
        ]
        try bench.merge(second.mother, into: family.mother, in: family.household, as: .head)
        #expect(try ids.map(state) == ["confirmed", "confirmed"])
        #expect(try bench.demands().map(\.kind) == ["review_registration"])
        #expect(try bench.tasks().map(\.raisedOn) == [EventsSamples.date("2019-03-04")])
        let listed = try #require(bench.tasks().first?.subject)
        let notices = try bench.handleParked().compactMap { Receipt(body: $0.body) }
        #expect(notices.map(\.record) == [listed])
        #expect(notices.map(\.outcome?.state) == ["under_review"])
        // Whichever is cancelled, nothing is left to look at.
        let other = try #require(ids.first { $0.uuid != listed })
        try bench.accept(EventsSamples.cancel(other))
        #expect(try bench.demands() == [])
    }

    @Test func `a session that was before the merge keeps both`() throws {
        try open()
        let ids = [try register(survivor), try register(merged)]
        try bench.merge(merged, into: survivor, on: "2019-03-09")
        #expect(try ids.map(state) == ["confirmed", "confirmed"])
    }

    @Test func `an undone merge demands the place back, until it is restored`() throws {
        try open()
        let ids = [try register(survivor), try register(merged, on: "2019-03-02")]
        try bench.merge(merged, into: survivor)
        #expect(try bench.demands() == [])
        try bench.unmerge(merged)
        #expect(try bench.demands() == [Demand("restore_registration", ids[1].uuid)])
        try bench.accept(
            RestoreRegistration(
                registration: ids[1], try EventsSamples.correction(on: "2019-03-06")))
        #expect(try ids.map(state) == ["confirmed", "confirmed"])
        #expect(try bench.demands() == [])
    }

    @Test func `an undone merge with the dead demands back what it has cancelled`() throws {
        try open()
        let id = try register(merged)
        let shift = ShiftID(UUID())
        try bench.accept(EventsSamples.shift(shift, at: PostID(UUID()), of: merged))
        try bench.die(survivor)
        try bench.merge(merged, into: survivor)
        #expect(try state(of: id) == "cancelled")
        try bench.unmerge(merged)
        #expect(
            try bench.demands() == [
                Demand("restore_registration", id.uuid), Demand("restore_shift", shift.uuid),
            ])
    }

    @Test func `a session that is opened again has one registration of who was merged meanwhile`()
        throws
    {
        try open(capacity: 2)
        let ids = [try register(survivor), try register(merged, on: "2019-03-02")]
        let waiting = try register(bench.newcomer())
        try bench.accept(EventsSamples.cancel(session))
        try bench.merge(merged, into: survivor)
        try bench.accept(ReopenSession(session: session, try EventsSamples.correction()))
        #expect(try (ids + [waiting]).map(state) == ["confirmed", "cancelled", "confirmed"])
        #expect(try bench.count("SELECT registered * 10 + waiting FROM session") == 20)
    }

    // MARK: Attendances

    @Test func `an attendance after the death of the other one is looked at while they are one`()
        throws
    {
        try open()
        let id = AttendanceID(UUID())
        try bench.accept(EventsSamples.attendance(id, at: session, of: merged))
        try bench.die(survivor)
        #expect(try bench.demands() == [])
        try bench.merge(merged, into: survivor)
        #expect(try bench.demands() == [Demand("review_attendance", id.uuid)])
        try bench.unmerge(merged)
        #expect(try bench.demands() == [])
    }

    @Test func `two attendances are looked at again after the second of two merges`() throws {
        try open()
        for person in [survivor, merged] {
            try bench.accept(EventsSamples.attendance(at: session, of: person))
        }
        try bench.merge(merged, into: survivor)
        try bench.unmerge(merged)
        try bench.merge(merged, into: survivor)
        #expect(bench.payloads(AttendanceReviewOpened.self).count == 2)
        #expect(try bench.count("SELECT count(*) FROM attendance_review WHERE is_open") == 2)
    }

    @Test
    func `two attendances of one person are listed until one is void, or the merge is undone`()
        throws
    {
        try open()
        let ids = [AttendanceID(UUID()), AttendanceID(UUID())]
        for (id, person) in zip(ids, [survivor, merged]) {
            try bench.accept(EventsSamples.attendance(id, at: session, of: person))
        }
        let both = Set(ids.map { Demand("review_attendance", $0.uuid) })
        try bench.merge(merged, into: survivor)
        #expect(try bench.demands() == both)
        try bench.unmerge(merged)
        #expect(try bench.demands() == [])
        try bench.merge(merged, into: survivor)
        try bench.accept(EventsSamples.cancel(session))
        #expect(try bench.demands() == [])
        try bench.accept(ReopenSession(session: session, try EventsSamples.correction()))
        #expect(try bench.demands() == both)
        try bench.accept(EventsSamples.correction(of: ids[0], to: survivor, void: true))
        #expect(try bench.demands() == [])
        #expect(
            try bench.decide(EventsSamples.attendance(at: session, of: survivor)).code
                == "already_attended")
    }

    // MARK: Parent and child

    private struct Family {
        let household = HouseholdID(UUID())
        let mother = PersonID(UUID())
        let child = PersonID(UUID())
    }

    private func family() throws -> Family {
        let family = Family()
        try bench.take(
            EventsSamples.household(family.household, mother: family.mother, child: family.child),
            subject: family.household.uuid, sequence: 1)
        return family
    }

    private func born(_ family: Family, on day: String, version: Int64) throws {
        let (territory, born) = (try EventsSamples.territory(), try EventsSamples.date(day))
        let record = PersonRecord(
            person: family.child, version: version, birthDate: born, sex: .male,
            stays: [
                Stay(
                    from: try EventsSamples.date("2018-01-01"), territory: territory,
                    household: family.household, role: .child)
            ])
        try bench.take(
            PersonCorrected(
                person: family.child, territory: territory, fields: [.birthDate], birthDate: born,
                sex: .male, standing: .provisional, correctedOn: EventsSamples.date("2019-03-04"),
                actor: EventsSamples.officer,
                records: PeopleRecords(persons: [record])),
            subject: family.child.uuid, sequence: version)
    }

    @Test func `a child who turns out to be older than the parent is looked at`() throws {
        try open()
        let family = try family()
        let id = try register(family.mother, with: family.child)
        try born(family, on: "1980-01-01", version: 2)
        #expect(try bench.demands() == [Demand("review_registration", id.uuid)])
        try born(family, on: "2017-06-02", version: 3)
        #expect(try bench.demands() == [])
    }

    @Test func `a parent and a child who turn out to be one are looked at, until one comes alone`()
        throws
    {
        try open()
        let family = try family()
        let id = try register(family.mother, with: family.child)
        let there = AttendanceID(UUID())
        try bench.accept(
            EventsSamples.attendance(there, at: session, of: family.mother, with: family.child))
        try bench.merge(family.child, into: family.mother)
        #expect(
            try bench.demands() == [
                Demand("review_registration", id.uuid), Demand("review_attendance", there.uuid),
            ])
        try bench.accept(
            CorrectRegistration(
                PartySubject(person: family.mother), registration: id,
                try EventsSamples.correction()))
        try bench.accept(EventsSamples.correction(of: there, to: family.mother))
        #expect(try bench.demands() == [])
    }

    @Test func `a child who moves out remains the parent's child`() throws {
        try open()
        let family = try family()
        let id = try register(family.mother, with: family.child)
        try bench.take(
            EventsSamples.moved(
                family.child, to: HouseholdID(UUID()), as: .child, on: "2019-03-03"),
            subject: family.child.uuid, sequence: 2)
        #expect(try bench.demands() == [])
        #expect(try state(of: id) == "confirmed")
    }
}
