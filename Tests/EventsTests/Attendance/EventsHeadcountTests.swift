import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Headcounts that turn out to have been others, over rows in memory.
@Suite struct EventsHeadcountTests {
    private let bench = HandlerBench(Events.definition)
    private let session = SessionID(UUID())
    private let headcount = HeadcountID(UUID())

    init() throws {
        try bench.appoint()
        let activity = ActivityID(UUID())
        try bench.handle(EventsSamples.activity(activity))
        try bench.handle(EventsSamples.session(session, of: activity))
        try bench.handle(EventsSamples.headcount(headcount, at: session, count: 12))
        try bench.handle(EventsSamples.headcount(at: session, count: 30))
    }

    private func total() throws -> Int {
        try #require(try bench.unit.find(Session.self, session.uuid)).headcount
    }

    @Test func `before the session closes a correction needs no reason`() throws {
        let outcome = try bench.handle(
            EventsSamples.correction(of: headcount, to: 15, .estimated), publisher: "kiosk")
        let fact = try #require(outcome.fact(HeadcountCorrected.self))
        #expect(fact.countBefore == 12)
        #expect(fact.count == 15)
        #expect(fact.methodBefore == .counted)
        #expect(fact.method == .estimated)
        #expect(fact.correctedBy == "kiosk")
        #expect(!fact.restated)
        #expect(outcome.emissions.first?.subject == headcount.description)
        #expect(outcome.emissions.first?.sequence == 2)
        #expect(try total() == 45)
    }

    @Test func `after the session has closed a correction restates, and needs a reason`() throws {
        try bench.handle(EventsSamples.close(session))
        expectRefusal(
            try bench.handle(EventsSamples.correction(of: headcount, to: 1)), "reason_required",
            at: "/reason")
        #expect(try total() == 42)
        let outcome = try bench.handle(
            EventsSamples.correction(of: headcount, to: 1, reason: "a digit too many"))
        #expect(outcome.fact(HeadcountCorrected.self)?.restated == true)
        #expect(try total() == 31)
    }

    @Test(arguments: [0, 1, 100_000])
    func `a headcount is corrected to what it was, or to nobody, and again`(count: Int) throws {
        try bench.handle(EventsSamples.correction(of: headcount, to: count))
        #expect(try total() == 30 + count)
        let outcome = try bench.handle(EventsSamples.correction(of: headcount, to: 12))
        #expect(outcome.fact(HeadcountCorrected.self)?.countBefore == count)
        #expect(outcome.emissions.first?.sequence == 3)
        #expect(try total() == 42)
    }

    @Test func `a correction that changes nothing is refused, and so is a second one`() throws {
        expectRefusal(
            try bench.handle(EventsSamples.correction(of: headcount, to: 12)), "nothing_changes",
            at: "/headcount")
        let command = try EventsSamples.correction(of: headcount, to: 9)
        #expect(try bench.handle(command).isAccepted)
        expectRefusal(try bench.handle(command), "nothing_changes", at: "/headcount")
        #expect(
            try bench.handle(EventsSamples.correction(of: headcount, to: 9, .estimated)).isAccepted)
        #expect(try total() == 39)
    }

    @Test func `a correction is decided by somebody who holds an office`() throws {
        var command = try EventsSamples.correction(of: headcount, to: 9)
        command.actor.staff = StaffID(UUID())
        expectWait(
            try bench.handle(command), for: command.actor.staff.uuid, else: "unknown_staff",
            at: "/actor/staff")
    }

    @Test func `a correction is not dated before what it corrects`() throws {
        expectRefusal(
            try bench.handle(EventsSamples.correction(of: headcount, to: 9, on: "2019-03-07")),
            "date_too_early", at: "/correctedOn")
        try bench.handle(EventsSamples.correction(of: headcount, to: 9, on: "2019-03-20"))
        expectRefusal(
            try bench.handle(EventsSamples.correction(of: headcount, to: 8, on: "2019-03-19")),
            "date_too_early", at: "/correctedOn")
    }

    @Test func `the persons were at another session`() throws {
        let (activity, other) = (ActivityID(UUID()), SessionID(UUID()))
        try bench.handle(EventsSamples.activity(activity))
        try bench.handle(EventsSamples.session(other, of: activity, capacity: 10))
        var command = try EventsSamples.correction(of: headcount, to: 12)
        command.session = other
        expectRefusal(try bench.handle(command), "beyond_capacity", at: "/count")
        #expect(try total() == 42)
        command.count = 10
        #expect(
            try bench.handle(command).fact(HeadcountCorrected.self)?.about.session == other)
        #expect(try total() == 30)
        #expect(try bench.unit.find(Session.self, other.uuid)?.headcount == 10)
    }

    @Test func `a cancelled session has no headcount to correct`() throws {
        try bench.handle(EventsSamples.cancel(session))
        expectRefusal(
            try bench.handle(EventsSamples.correction(of: headcount, to: 9)), "session_cancelled",
            at: "/headcount")
        #expect(try total() == 0)
    }

    @Test func `a correction waits for the headcount`() throws {
        let unknown = HeadcountID(UUID())
        expectWait(
            try bench.handle(EventsSamples.correction(of: unknown, to: 9)), for: unknown.uuid,
            else: "unknown_headcount", at: "/headcount")
    }

    @Test func `a publisher corrects headcounts only in its territories`() throws {
        expectRefusal(
            try bench.handle(
                EventsSamples.correction(of: headcount, to: 9),
                territories: [EventsSamples.territory("350203009")]),
            "out_of_scope", at: "/headcount")
    }
}

/// The same on a real database.
@Suite struct EventsHeadcountDatabaseTests {
    private let bench: ServiceBench
    private let session = SessionID(UUID())
    private let headcount = HeadcountID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        let activity = ActivityID(UUID())
        try bench.decide([
            try EventsSamples.activity(activity),
            try EventsSamples.session(session, of: activity),
            try EventsSamples.headcount(headcount, at: session, count: 12),
        ])
    }

    @Test func `what a correction replaced, why, and who said so are kept for ever`() throws {
        try bench.decide(EventsSamples.close(session))
        let command = try EventsSamples.correction(of: headcount, to: 0, reason: "another room")
        #expect(try bench.decide(command).status == "accepted")
        #expect(
            try bench.count(
                """
                SELECT count(*) FROM headcount_version
                WHERE version = 2 AND count_before = 12 AND count = 0
                  AND publisher = 'operator'
                """) == 1)
        #expect(try bench.count("SELECT count(*) FROM free_text WHERE field = 'reason'") == 1)
        #expect(try bench.count("SELECT headcount FROM session") == 0)
        let error = #expect(throws: PostgresError.self) {
            try bench.connection.run("UPDATE headcount_version SET count = 1")
        }
        #expect(error?.constraint == "headcount_version_append_only")
    }

    @Test func `a correction sent twice is made once, and one that comes first is kept`() throws {
        let (id, time) = (UUID(), Timestamp.now())
        let command = try EventsSamples.correction(of: headcount, to: 20)
        #expect(try bench.decide(command, id: id, time: time).status == "accepted")
        #expect(try bench.decide(command, id: id, time: time).status == "duplicate")
        #expect(try bench.count("SELECT headcount FROM session") == 20)
        let late = HeadcountID(UUID())
        #expect(
            try bench.decide(EventsSamples.correction(of: late, to: 5)).status == "parked")
        try bench.decide(EventsSamples.headcount(late, at: session, count: 3))
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(try bench.count("SELECT headcount FROM session") == 25)
    }

    @Test func `two workers that correct the headcounts of a session lose none`() async throws {
        let url = bench.url
        let ids = (0..<20).map { _ in HeadcountID(UUID()) }
        for id in ids { try bench.decide(EventsSamples.headcount(id, at: session, count: 3)) }
        try await both(url) { bench, half in
            for id in half == 0 ? ids[..<10] : ids[10...] {
                let command = try EventsSamples.correction(of: id, to: 5)
                #expect(try bench.decide(command).status == "accepted")
            }
        }
        try await onThread {
            let bench = try ServiceBench(Events.definition, url: url)
            #expect(try bench.count("SELECT headcount FROM session") == 112)
        }
    }
}
