import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

@Suite struct EventsSessionTests {
    private let bench = HandlerBench(Events.definition)
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())
    private let elsewhere: [TerritoryCode]

    init() throws {
        elsewhere = [try EventsSamples.territory("350203009")]
        try bench.handle(EventsSamples.activity(activity))
    }

    @Test func `an activity is planned once`() throws {
        let id = ActivityID(UUID())
        let outcome = try bench.handle(EventsSamples.activity(id))
        #expect(outcome.fact(ActivityPlanned.self)?.kind == .teaTalk)
        #expect(outcome.emissions.first?.sequence == 1)
        expectRefusal(
            try bench.handle(EventsSamples.activity(id)), "activity_exists", at: "/activity")
    }

    @Test func `an open session carries its activity's kind and programme`() throws {
        let outcome = try bench.handle(EventsSamples.session(session, of: activity, capacity: 20))
        let fact = try #require(outcome.fact(SessionOpened.self))
        #expect(fact.kind == .teaTalk)
        #expect(fact.programme.rawValue == "warm-home")
        #expect(fact.startsOn == (try EventsSamples.date("2019-03-08")))
        #expect(fact.capacity == 20)
        #expect(bench.source.loads == 0)
    }

    @Test func `a session waits for its activity`() throws {
        let unknown = ActivityID(UUID())
        expectWait(
            try bench.handle(EventsSamples.session(of: unknown)), for: unknown.uuid,
            else: "unknown_activity", at: "/activity")
    }

    @Test func `a session is opened once`() throws {
        try bench.handle(EventsSamples.session(session, of: activity))
        expectRefusal(
            try bench.handle(EventsSamples.session(session, of: activity)), "session_exists",
            at: "/session")
    }

    @Test func `a closed session states its roster and headcount`() throws {
        try bench.handle(EventsSamples.session(session, of: activity))
        for _ in 0..<3 {
            try bench.handle(EventsSamples.attendance(at: session, of: bench.newcomer()))
        }
        for count in [10, 5] {
            try bench.handle(EventsSamples.headcount(at: session, count: count))
        }
        let outcome = try bench.handle(EventsSamples.close(session))
        let fact = try #require(outcome.fact(SessionClosed.self))
        #expect(fact.roster == 3)
        #expect(fact.headcount == 15)
        #expect(outcome.emissions.first?.sequence == 2)
    }

    @Test func `a session does not close before it starts`() throws {
        try bench.handle(EventsSamples.session(session, of: activity))
        let outcome = try bench.handle(EventsSamples.close(session, on: "2019-03-07"))
        expectRefusal(outcome, "closed_before_start", at: "/closedOn")
        #expect(outcome.refusal?.expected == "a date from 2019-03-08 on")
        #expect(try bench.handle(EventsSamples.close(session, on: "2019-03-08")).isAccepted)
    }

    @Test func `a cancelled session counts nothing, whoever was recorded before`() throws {
        try bench.handle(EventsSamples.session(session, of: activity))
        try bench.handle(EventsSamples.attendance(at: session, of: bench.newcomer()))
        try bench.handle(EventsSamples.headcount(at: session, count: 12))
        let outcome = try bench.handle(EventsSamples.cancel(session))
        #expect(outcome.fact(SessionCancelled.self)?.activity == activity)
        #expect(outcome.emissions.first?.sequence == 2)
        let row = try #require(try bench.unit.find(Session.self, session.uuid))
        #expect(row.roster == 0)
        #expect(row.headcount == 0)
    }

    @Test func `a closed session is neither closed again nor cancelled`() throws {
        try bench.handle(EventsSamples.session(session, of: activity))
        try bench.handle(EventsSamples.close(session))
        for command in [try EventsSamples.close(session), try EventsSamples.cancel(session)]
            as [any Command]
        {
            expectRefusal(try bench.handle(command), "session_closed", at: "/session")
        }
    }

    @Test func `a cancelled session is neither cancelled again nor closed`() throws {
        try bench.handle(EventsSamples.session(session, of: activity))
        try bench.handle(EventsSamples.cancel(session))
        for command in [try EventsSamples.close(session), try EventsSamples.cancel(session)]
            as [any Command]
        {
            expectRefusal(try bench.handle(command), "session_cancelled", at: "/session")
        }
    }

    @Test func `closing and cancelling wait for the session`() throws {
        for command in [try EventsSamples.close(session), try EventsSamples.cancel(session)]
            as [any Command]
        {
            expectWait(
                try bench.handle(command), for: session.uuid, else: "unknown_session",
                at: "/session")
        }
    }

    @Test func `a publisher changes only sessions of its territories`() throws {
        try bench.handle(EventsSamples.session(session, of: activity))
        for command in [try EventsSamples.close(session), try EventsSamples.cancel(session)]
            as [any Command]
        {
            expectRefusal(
                try bench.handle(command, territories: elsewhere), "out_of_scope", at: "/session")
        }
    }
}
