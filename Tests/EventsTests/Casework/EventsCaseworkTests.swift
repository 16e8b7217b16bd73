import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Individual services, over rows in memory.
@Suite struct EventsCaseworkTests {
    private let bench = HandlerBench(Events.definition)

    @Test func `a service is recorded for a person whom registry has named`() throws {
        let person = try bench.newcomer()
        let outcome = try bench.handle(EventsSamples.casework(for: person))
        let fact = try #require(outcome.fact(CaseworkRecorded.self))
        #expect(fact.person == person)
        #expect(fact.kind == .homeVisit)
        #expect(fact.programme.rawValue == "early-childhood")
        #expect(outcome.emissions.first?.sequence == 1)
        #expect(bench.source.loads == 0)
    }

    @Test func `a service is recorded for someone who did not say who they are`() throws {
        let outcome = try bench.handle(EventsSamples.casework(for: nil))
        #expect(outcome.fact(CaseworkRecorded.self)?.person == nil)
        #expect(outcome.isAccepted)
    }

    @Test func `a person may be served as often as they come`() throws {
        let person = try bench.newcomer()
        for _ in 0..<3 {
            #expect(try bench.handle(EventsSamples.casework(for: person)).isAccepted)
        }
    }

    @Test func `a service is recorded once`() throws {
        let id = CaseworkID(UUID())
        try bench.handle(EventsSamples.casework(id, for: nil))
        expectRefusal(
            try bench.handle(EventsSamples.casework(id, for: nil)), "casework_exists",
            at: "/casework")
    }

    @Test func `a service waits for its person`() throws {
        let stranger = PersonID(UUID())
        expectWait(
            try bench.handle(EventsSamples.casework(for: stranger)), for: stranger.uuid,
            else: "unknown_person", at: "/person")
    }
}
