import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryConsentTests {
    private let bench: HandlerBench
    private let id = PersonID(UUID())

    init() throws {
        bench = try registryBench()
        try bench.handle(RegistrySamples.person(1, id))
    }

    private func record(
        _ decision: ConsentDecision, on day: String, _ purpose: ConsentPurpose = .namedPressUse,
        of person: PersonID? = nil
    ) throws -> RecordConsent {
        RecordConsent(
            person: person ?? id, purpose: purpose, decision: decision,
            decidedOn: try RegistrySamples.date(day))
    }

    @Test func `a consent is recorded and published without anything personal`() throws {
        let outcome = try bench.handle(record(.given, on: "2020-01-01"))
        let fact = try #require(outcome.fact(ConsentRecorded.self))
        #expect(fact.standing == .given)
        #expect(fact.territory.rawValue == RegistrySamples.communities[0])
        #expect(outcome.emissions.first?.subject == "\(id) named_press_use")
        #expect(bench.source.loads == 0)
    }

    @Test func `a later decision replaces an earlier one`() throws {
        try bench.handle(record(.given, on: "2020-01-01"))
        let fact = try bench.handle(record(.withdrawn, on: "2020-02-01"))
            .fact(ConsentRecorded.self)
        #expect(fact?.standing == .withdrawn)
    }

    @Test func `an earlier decision that arrives later is kept and changes nothing`() throws {
        try bench.handle(record(.withdrawn, on: "2020-02-01"))
        let outcome = try bench.handle(record(.given, on: "2020-01-01"))
        let fact = try #require(outcome.fact(ConsentRecorded.self))
        #expect(fact.decision == .given)
        #expect(fact.standing == .withdrawn)
        #expect(fact.standingSince == (try RegistrySamples.date("2020-02-01")))
        #expect(outcome.emissions.first?.sequence == 2)
    }

    @Test(arguments: [
        [ConsentDecision.given, .withdrawn], [.withdrawn, .given],
    ])
    func `of two decisions of one day the withdrawal stands`(order: [ConsentDecision]) throws {
        var fact: ConsentRecorded?
        for decision in order {
            fact = try bench.handle(record(decision, on: "2020-01-01")).fact(ConsentRecorded.self)
        }
        #expect(fact?.standing == .withdrawn)
    }

    @Test func `a decision that is dated ahead is refused, and an older one stands`() throws {
        let bench = try ServiceBench(Registry.definition(RegistrySamples.keyring()))
        try bench.decide(RegistrySamples.loadTerritory())
        try bench.decide(RegistrySamples.person(1, id))
        let given = try bench.decide(record(.given, on: "2099-01-01"))
        #expect(given.code == "date_out_of_bounds")
        #expect(given.pointer == "/data/decidedOn")
        try bench.decide(record(.withdrawn, on: "2020-01-01"))
        let fact = bench.facts.compactMap { $0.payload as? ConsentRecorded }.last
        #expect(fact?.standing == .withdrawn)
    }

    @Test func `a consent dated tomorrow does not outlive a withdrawal of today`() throws {
        // The messages of the bench are written on 18 May 2033, in Shanghai too.
        expectRefusal(
            try bench.handle(record(.given, on: "2033-05-19")), "date_out_of_bounds",
            at: "/decidedOn")
        #expect(try bench.handle(record(.given, on: "2033-05-18")).isAccepted)
        let today = try bench.handle(record(.withdrawn, on: "2033-05-18"))
        #expect(today.fact(ConsentRecorded.self)?.standing == .withdrawn)
        #expect(try bench.handle(record(.withdrawn, on: "2033-05-19")).isAccepted)
    }

    @Test func `the receipt says which decision stands instead, and says so again`() throws {
        let bench = try ServiceBench(Registry.definition(RegistrySamples.keyring()))
        try bench.decide(RegistrySamples.loadTerritory())
        try bench.decide(RegistrySamples.person(1, id))
        let withdrawn = try bench.decide(record(.withdrawn, on: "2020-02-01"))
        #expect((withdrawn.status, withdrawn.code) == ("accepted", nil))
        let (message, time) = (UUID(), Timestamp.now())
        let given = try record(.given, on: "2020-01-01")
        for status in ["accepted", "duplicate"] {
            let answer = try bench.decide(given, id: message, time: time)
            #expect(answer.status == status)
            #expect(answer.code == "other_decision_stands")
            #expect(answer.pointer == "/data/decidedOn")
            #expect(answer.expected == "withdrawn on 2020-02-01, which stands")
        }
    }

    @Test func `purposes are apart`() throws {
        try bench.handle(record(.given, on: "2020-01-01", .insurer))
        let outcome = try bench.handle(record(.withdrawn, on: "2019-01-01", .service))
        #expect(outcome.fact(ConsentRecorded.self)?.standing == .withdrawn)
        #expect(outcome.emissions.first?.sequence == 1)
    }

    @Test func `a consent waits for its person and keeps to the scope`() throws {
        let stranger = PersonID(UUID())
        expectWait(
            try bench.handle(record(.given, on: "2020-01-01", of: stranger)), for: stranger.uuid,
            else: "unknown_person", at: "/person")
        expectRefusal(
            try bench.handle(
                record(.given, on: "2020-01-01"),
                territories: [RegistrySamples.territory("350203009")]),
            "out_of_scope", at: "/person")
    }
}
