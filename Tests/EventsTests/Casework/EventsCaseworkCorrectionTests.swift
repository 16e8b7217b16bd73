import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Individual services that turn out to have been others, or none, over rows in memory.
@Suite struct EventsCaseworkCorrectionTests {
    private let bench = HandlerBench(Events.definition)
    private let id = CaseworkID(UUID())
    private let person: PersonID

    init() throws {
        person = try bench.newcomer()
        try bench.appoint()
        try bench.handle(EventsSamples.casework(id, for: person))
    }

    private func void() throws -> Outcome {
        try bench.handle(VoidCasework(casework: id, try EventsSamples.correction()))
    }

    private func correct(_ person: PersonID?, _ kind: CaseworkKind = .homeVisit) throws -> Outcome {
        var service = try EventsSamples.casework(id, for: person)
        service.kind = kind
        return try bench.handle(CorrectCasework(service, try EventsSamples.correction()))
    }

    @Test func `a service that was none is void, once`() throws {
        let outcome = try void()
        #expect(outcome.fact(CaseworkVoided.self)?.about.person == person)
        #expect(outcome.emissions.first?.sequence == 2)
        expectRefusal(try void(), "already_void", at: "/casework")
    }

    @Test func `a service was another, for another person, and again`() throws {
        let other = try bench.newcomer()
        let first = try #require(try correct(other, .guidance).fact(CaseworkCorrected.self))
        #expect(first.about.person == other)
        #expect(first.about.kind == .guidance)
        expectRefusal(try correct(other, .guidance), "nothing_changes", at: "/casework")
        let again = try correct(nil)
        #expect(again.fact(CaseworkCorrected.self)?.about.person == nil)
        #expect(again.emissions.first?.sequence == 3)
    }

    @Test func `a correction makes a void service good`() throws {
        _ = try void()
        #expect(try correct(person).isAccepted)
        #expect(try void().isAccepted)
    }
}

/// The same after two persons turned out to be one, or a person was erased, on a real database.
@Suite struct EventsCaseworkLifeTests {
    private let bench: ServiceBench

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
    }

    @Test func `what was recorded of a person who was erased is corrected, too`() throws {
        let person = try bench.newcomer()
        let (id, other) = (CaseworkID(UUID()), CaseworkID(UUID()))
        try bench.decide(EventsSamples.casework(id, for: person))
        try bench.decide(EventsSamples.casework(other, for: nil))
        try bench.take(
            EventsSamples.erased(person, on: "2020-01-01"), subject: person.uuid, sequence: 2)
        var service = try EventsSamples.casework(id, for: person)
        service.kind = .guidance
        let correction = try EventsSamples.correction()
        #expect(try bench.decide(CorrectCasework(service, correction)).status == "accepted")
        service.casework = other
        let answer = try bench.decide(CorrectCasework(service, correction))
        #expect(answer.code == "person_erased")
        #expect(answer.pointer == "/data/person")
        #expect(
            try bench.decide(VoidCasework(casework: id, correction)).status == "accepted")
    }

    @Test func `after a merge a service is corrected under either id`() throws {
        let people = try bench.newcomers(2)
        let id = CaseworkID(UUID())
        try bench.decide(EventsSamples.casework(id, for: people[0]))
        try bench.take(
            EventsSamples.merged(people[0], into: people[1]), subject: people[1].uuid,
            sequence: 2)
        for (person, kind) in [(people[0], CaseworkKind.guidance), (people[1], .referral)] {
            var service = try EventsSamples.casework(id, for: person)
            service.kind = kind
            let command = CorrectCasework(service, try EventsSamples.correction())
            #expect(try bench.decide(command).status == "accepted")
        }
        // The same person is meant, so the record keeps the id that it has.
        #expect(
            bench.payloads(CaseworkCorrected.self).map(\.about.person) == [people[0], people[0]])
    }
}
