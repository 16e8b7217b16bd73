import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Pairs and households at a session, over rows in memory.
@Suite struct EventsPartyTests {
    private let bench = HandlerBench(Events.definition)
    private let session = SessionID(UUID())
    private let household = HouseholdID(UUID())
    private let mother = PersonID(UUID())
    private let child = PersonID(UUID())

    init() throws {
        let activity = ActivityID(UUID())
        try bench.handle(EventsSamples.activity(activity, kind: .outdoor))
        try bench.handle(EventsSamples.session(session, of: activity, capacity: 6))
        try bench.handle(
            EventsSamples.household(household, mother: mother, child: child), sequence: 1)
    }

    private func totals() throws -> [Int] {
        let row = try #require(try bench.unit.find(Session.self, session.uuid))
        return [row.roster, row.identified]
    }

    @Test func `a person is one person-time and no pair`() throws {
        let fact = try #require(
            try bench.handle(EventsSamples.attendance(at: session, of: mother))
                .fact(AttendanceRecorded.self))
        #expect([fact.personTimes, fact.identified, fact.pairs, fact.households] == [1, 1, 0, 0])
    }

    @Test func `a pair is two person-times of two known persons`() throws {
        let outcome = try bench.handle(
            EventsSamples.attendance(at: session, of: mother, with: child))
        let fact = try #require(outcome.fact(AttendanceRecorded.self))
        #expect([fact.personTimes, fact.identified, fact.pairs, fact.households] == [2, 2, 1, 0])
        #expect(fact.child == child)
        #expect(try totals() == [2, 2])
        #expect(bench.source.loads == 0)
    }

    @Test func `a household is as many person-times as came, though one is known`() throws {
        let outcome = try bench.handle(
            EventsSamples.attendance(at: session, of: mother, for: household, persons: 4))
        let fact = try #require(outcome.fact(AttendanceRecorded.self))
        #expect([fact.personTimes, fact.identified, fact.pairs, fact.households] == [4, 1, 0, 1])
        #expect(fact.household == household)
        #expect(try totals() == [4, 1])
        let closed = try bench.handle(EventsSamples.close(session)).fact(SessionClosed.self)
        #expect(closed?.roster == 4)
        #expect(closed?.identified == 1)
    }

    @Test func `a child who came in a pair is on the roster`() throws {
        try bench.handle(EventsSamples.attendance(at: session, of: mother, with: child))
        for person in [mother, child] {
            expectRefusal(
                try bench.handle(EventsSamples.attendance(at: session, of: person)),
                "already_attended", at: "/person")
        }
    }

    @Test func `a household is recorded once`() throws {
        try bench.handle(EventsSamples.attendance(at: session, of: mother, for: household))
        expectRefusal(
            try bench.handle(EventsSamples.attendance(at: session, of: child, for: household)),
            "already_attended", at: "/person")
    }

    @Test func `a party does not come in parts: there is room for all of it or for none`() throws {
        try bench.handle(
            EventsSamples.attendance(at: session, of: mother, for: household, persons: 5))
        let pair = (PersonID(UUID()), PersonID(UUID()))
        try bench.handle(
            EventsSamples.household(HouseholdID(UUID()), mother: pair.0, child: pair.1),
            sequence: 1)
        expectRefusal(
            try bench.handle(EventsSamples.attendance(at: session, of: pair.0, with: pair.1)),
            "session_full", at: "/session")
        #expect(try bench.handle(EventsSamples.attendance(at: session, of: pair.0)).isAccepted)
    }
}
