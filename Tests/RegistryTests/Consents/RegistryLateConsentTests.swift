import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// Consents of the days after a death, on a real database.
@Suite struct RegistryLateConsentTests {
    private let life: TaskBench
    private let person: RegisterPerson

    init() throws {
        life = try TaskBench()
        person = try RegistrySamples.person(1)
        try life.accept(person)
    }

    private func record(_ decision: ConsentDecision, on day: String) throws -> RecordConsent {
        RecordConsent(
            person: person.person, purpose: .namedPressUse, decision: decision,
            decidedOn: try life.day(day))
    }

    private func die() throws {
        try life.accept(RecordDeath(person: person.person, diedOn: life.day("2020-02-01")))
    }

    private func open() throws -> [UUID] { try life.tasks(.reviewConsents).map(\.subject) }

    @Test func `nobody consents after death, and a paper of before may be late`() throws {
        try die()
        let answer = try life.bench.decide(record(.given, on: "2020-02-02"))
        #expect((answer.code, answer.pointer) == ("person_gone", "/data/decidedOn"))
        #expect(answer.expected?.contains("2020-02-01") == true)
        try life.accept(record(.given, on: "2020-02-01"))
        #expect(try open().isEmpty)
    }

    @Test func `a withdrawal is taken in at any time: it is the safe side`() throws {
        try life.accept(record(.given, on: "2020-01-01"))
        try die()
        try life.accept(record(.withdrawn, on: "2020-03-01"))
        let fact = try #require(life.bench.facts.last?.payload as? ConsentRecorded)
        #expect(fact.standing == .withdrawn)
    }

    @Test func `a consent of after a death that is told late is looked at, until it is taken back`()
        throws
    {
        try life.accept(record(.given, on: "2020-03-01"))
        try die()
        let task = try #require(life.tasks(.reviewConsents).first)
        #expect(task.subject == person.person.uuid)
        #expect(task.raisedOn == (try life.day("2020-03-01")))
        try life.accept(
            VoidConsent(
                person: person.person, purpose: .namedPressUse, decision: .given,
                decidedOn: life.day("2020-03-01"), reason: "another person",
                actor: RegistrySamples.officer))
        #expect(try open().isEmpty)
    }

    @Test func `or until the death turns out to be later, or none`() throws {
        try life.accept(record(.given, on: "2020-03-01"))
        try die()
        func correct(to day: String) throws {
            try life.accept(
                CorrectDeath(
                    person: person.person, diedOn: life.day(day),
                    correctedOn: life.day("2020-06-01"), reason: "a slip",
                    actor: RegistrySamples.officer))
        }
        try correct(to: "2020-03-01")
        #expect(try open().isEmpty)
        try correct(to: "2020-02-20")
        #expect(try open() == [person.person.uuid])
        try life.accept(
            VoidDeath(
                person: person.person, voidedOn: life.day("2020-06-02"), reason: "another one",
                actor: RegistrySamples.officer))
        #expect(try open().isEmpty)
    }
}
