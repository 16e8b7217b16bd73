import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events

/// Two persons who turn out to be one, on a real database.
@Suite struct EventsMergeTests {
    private let bench: ServiceBench
    private let session = SessionID(UUID())
    private let survivor: PersonID
    private let merged: PersonID

    init() throws {
        bench = try ServiceBench(Events.definition, retrySeconds: [0, 0, 5, 30])
        try bench.appoint()
        let people = try bench.newcomers(2)
        (survivor, merged) = (people[0], people[1])
        let activity = ActivityID(UUID())
        try bench.decide([
            try EventsSamples.activity(activity, for: .everyone),
            try EventsSamples.session(session, of: activity),
        ])
    }

    private func attend(_ person: PersonID) throws -> AttendanceID {
        let id = AttendanceID(UUID())
        try bench.decide(EventsSamples.attendance(id, at: session, of: person))
        return id
    }

    private func merge() throws {
        try bench.take(
            EventsSamples.merged(merged, into: survivor), subject: survivor.uuid, sequence: 2)
    }

    private func roster() throws -> Int { try bench.count("SELECT roster FROM session") }

    @Test func `either id means the survivor from then on`() throws {
        try merge()
        #expect(
            try bench.decide(EventsSamples.attendance(at: session, of: merged)).status == "accepted"
        )
        // It keeps the id, in case the merge is undone.
        #expect(bench.payloads(AttendanceRecorded.self).map(\.person) == [merged])
        #expect(
            try bench.decide(EventsSamples.attendance(at: session, of: survivor)).code
                == "already_attended")
    }

    @Test func `what was recorded under the other id is the survivor's`() throws {
        _ = try attend(merged)
        try merge()
        #expect(bench.payloads(AttendanceReviewOpened.self).isEmpty)
        for person in [survivor, merged] {
            #expect(
                try bench.decide(EventsSamples.attendance(at: session, of: person)).code
                    == "already_attended")
        }
        #expect(try roster() == 1)
    }

    @Test func `if both were at one session both still count, and people look at it`() throws {
        let (kept, given) = (try attend(survivor), try attend(merged))
        try merge()
        let review = try #require(bench.payloads(AttendanceReviewOpened.self).first)
        #expect(bench.payloads(AttendanceReviewOpened.self).count == 1)
        #expect(review.attendance == given)
        #expect(review.other == kept)
        #expect(review.survivor == survivor)
        #expect(try roster() == 2)
        #expect(try bench.count("SELECT count(*) FROM attendance_review WHERE is_open") == 2)
    }

    @Test func `correcting one of the two settles the review`() throws {
        let (kept, given) = (try attend(survivor), try attend(merged))
        try merge()
        #expect(
            try bench.decide(EventsSamples.correction(of: kept, to: survivor, void: true)).status
                == "accepted")
        let closed = bench.payloads(AttendanceReviewClosed.self)
        #expect(closed.map(\.attendance) == [given])
        #expect(closed.map(\.other) == [kept])
        #expect(closed.map(\.closedOn) == [try EventsSamples.date("2019-03-12")])
        #expect(closed.map(\.actor) == [try EventsSamples.officer])
        #expect(try bench.count("SELECT count(*) FROM attendance_review WHERE is_open") == 0)
        #expect(try roster() == 1)
    }

    @Test func `a merge that comes twice opens one review`() throws {
        _ = (try attend(survivor), try attend(merged))
        try merge()
        try merge()
        #expect(bench.payloads(AttendanceReviewOpened.self).count == 1)
    }

    private func beFamily(_ parent: PersonID, _ child: PersonID) throws {
        let household = HouseholdID(UUID())
        for (person, born, role) in [
            (parent, "1960-01-01", Role.head), (child, "1990-01-01", .child),
        ] {
            try bench.take(
                EventsSamples.moved(person, to: household, as: role), subject: person.uuid,
                sequence: 2)
            _ = try bench.connection.run(
                "UPDATE person SET birth_date = \(EventsSamples.date(born)) WHERE id = \(person)")
        }
    }

    /// The younger of the two may come as the child of the older one.
    private func pair(_ parent: PersonID, _ child: PersonID) throws -> AttendanceID {
        try beFamily(parent, child)
        let id = AttendanceID(UUID())
        let answer = try bench.decide(
            EventsSamples.attendance(id, at: session, of: parent, with: child))
        #expect(answer.status == "accepted")
        return id
    }

    private func isMerged() throws -> Bool {
        try bench.count("SELECT count(*) FROM person WHERE merged_into = \(survivor)") == 1
            && bench.count("SELECT count(*) FROM dead_letter") == 0
    }

    @Test(arguments: [true, false], [true, false])
    func `two who came as parent and child may turn out to be one`(
        isVoid: Bool, survivorIsParent: Bool
    ) throws {
        let (parent, child) = survivorIsParent ? (survivor, merged) : (merged, survivor)
        let attendance = try pair(parent, child)
        if isVoid {
            try bench.decide(
                EventsSamples.correction(of: attendance, to: parent, with: child, void: true))
        }
        try merge()
        #expect(try isMerged())
        #expect(try roster() == (isVoid ? 0 : 2))
    }

    @Test(arguments: [true, false])
    func `two who registered as parent and child may turn out to be one`(isCancelled: Bool) throws {
        try beFamily(survivor, merged)
        let id = RegistrationID(UUID())
        let answer = try bench.decide(
            EventsSamples.registration(id, at: session, of: survivor, with: merged))
        #expect(answer.status == "accepted")
        if isCancelled { try bench.decide(EventsSamples.cancel(id)) }
        try merge()
        #expect(try isMerged())
    }

    @Test func `shifts at one time, of two who turn out to be one, both stay`() throws {
        let post = PostID(UUID())
        for person in [survivor, merged] {
            try bench.connection.script(
                """
                INSERT INTO duty_post (id, kind, programme, territory, opened_on, sequence)
                VALUES ('\(post)', 'lane_post', 'x', '350203', '2019-01-01', 1)
                ON CONFLICT DO NOTHING;
                INSERT INTO shift (id, post, post_kind, role, programme, territory, person, starts_at,
                    ends_at, duty_on, state, since, sequence)
                VALUES (gen_random_uuid(), '\(post)', 'lane_post', 'staff', 'x', '350203',
                    '\(person)', '2019-03-01T08:00Z', '2019-03-01T10:00Z', '2019-03-01',
                    'confirmed', '2019-02-01', 2)
                """)
        }
        try merge()
        #expect(try isMerged())
        #expect(try bench.count("SELECT count(DISTINCT person) FROM shift") == 2)
    }

    @Test func `a cancelled session needs no review`() throws {
        _ = (try attend(survivor), try attend(merged))
        try bench.decide(EventsSamples.cancel(session))
        try merge()
        #expect(bench.payloads(AttendanceReviewOpened.self).isEmpty)
    }

    @Test func `a merge that comes before its persons waits for nothing`() throws {
        let (first, second) = (PersonID(UUID()), PersonID(UUID()))
        try bench.take(
            EventsSamples.merged(second, into: first), subject: first.uuid, sequence: 2)
        for person in [first, second] {
            try bench.take(EventsSamples.registered(person), subject: person.uuid, sequence: 1)
        }
        #expect(try bench.count("SELECT count(*) FROM parked") == 0)
        #expect(
            try bench.decide(EventsSamples.attendance(at: session, of: second)).status == "accepted"
        )
        #expect(
            try bench.decide(EventsSamples.attendance(at: session, of: first)).code
                == "already_attended")
    }

    @Test(arguments: [true, false])
    func `once a review is settled by a void, one live record is left, and no other comes`(
        survivorIsVoid: Bool
    ) throws {
        let (kept, given) = (try attend(survivor), try attend(merged))
        try merge()
        let (void, person) = survivorIsVoid ? (kept, survivor) : (given, merged)
        #expect(
            try bench.decide(EventsSamples.correction(of: void, to: person, void: true)).status
                == "accepted")
        for id in [survivor, merged] {
            #expect(
                try bench.decide(EventsSamples.attendance(at: session, of: id)).code
                    == "already_attended")
        }
        #expect(try roster() == 1)
    }

    @Test func `after a merge is undone each id has what was recorded under it`() throws {
        let given = try attend(merged)
        try merge()
        let fact = try #require(
            bench.registry.unmerged(merged, on: EventsSamples.date("2019-05-01")))
        try bench.take(fact, subject: merged.uuid, sequence: 3)
        let kept = try attend(survivor)
        #expect(
            try bench.decide(EventsSamples.attendance(at: session, of: merged)).code
                == "already_attended")
        for (id, person) in [(given, merged), (kept, survivor)] {
            #expect(
                try bench.count(
                    "SELECT count(*) FROM attendance WHERE id = \(id) AND person = \(person)")
                    == 1)
        }
        #expect(try roster() == 2)
    }

    @Test func `an undone merge closes the reviews that it has opened`() throws {
        let (_, given) = (try attend(survivor), try attend(merged))
        try merge()
        let fact = try #require(
            bench.registry.unmerged(merged, on: EventsSamples.date("2019-05-01")))
        try bench.take(fact, subject: merged.uuid, sequence: 3)
        #expect(try bench.count("SELECT count(*) FROM attendance_review WHERE is_open") == 0)
        #expect(bench.payloads(AttendanceReviewClosed.self).map(\.attendance) == [given])
        #expect(bench.payloads(AttendanceReviewClosed.self).map(\.actor) == [nil])
        #expect(try roster() == 2)
    }

    @Test func `shifts of one person do not overlap, whatever the ids`() throws {
        let post = PostID(UUID())
        let shifts = (ShiftID(UUID()), ShiftID(UUID()))
        for (shift, person) in [(shifts.0, survivor), (shifts.1, merged)] {
            try bench.decide(EventsSamples.shift(shift, at: post, of: person))
        }
        try merge()
        #expect(try bench.decide(EventsSamples.confirm(shifts.0)).status == "accepted")
        #expect(try bench.decide(EventsSamples.confirm(shifts.1)).code == "elsewhere_on_duty")
    }

    @Test func `a registration under the other id is the survivor's`() throws {
        try bench.decide(EventsSamples.registration(at: session, of: merged))
        try merge()
        for person in [survivor, merged] {
            #expect(
                try bench.decide(EventsSamples.registration(at: session, of: person)).code
                    == "already_registered")
        }
    }

    @Test func `a void attendance of the survivor does not stand in the way`() throws {
        let void = try attend(survivor)
        try bench.decide(EventsSamples.correction(of: void, to: survivor, void: true))
        _ = try attend(merged)
        try merge()
        #expect(bench.payloads(AttendanceReviewOpened.self).isEmpty)
        #expect(
            try bench.decide(EventsSamples.attendance(at: session, of: survivor)).code
                == "already_attended")
    }

    @Test func `what a correction replaced is kept for ever`() throws {
        let attendance = try attend(survivor)
        try bench.decide(EventsSamples.close(session))
        let other = try bench.newcomer()
        try bench.decide(EventsSamples.correction(of: attendance, to: other, reason: "slip"))
        #expect(
            try bench.count(
                "SELECT count(*) FROM attendance_version WHERE version = 2") == 1)
        #expect(try bench.texts() == ["slip"])
        let error = #expect(throws: PostgresError.self) {
            try bench.connection.run("DELETE FROM attendance_version")
        }
        #expect(error?.constraint == "attendance_version_append_only")
    }
}
