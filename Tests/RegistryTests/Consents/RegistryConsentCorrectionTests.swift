import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// On a real database, because what stands follows from all decisions that were recorded.
@Suite struct RegistryConsentCorrectionTests {
    private let bench: ServiceBench
    private let person = PersonID(UUID())
    private let officer: Actor

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        try bench.decide(RegistrySamples.loadTerritory())
        try bench.decide(RegistrySamples.person(1, person))
        let clerk = try RegistrySamples.person(2)
        let branch = try RegistrySamples.territory("350203007")
        let office = MemberID(UUID())
        try bench.decide(clerk)
        try bench.decide(
            EnrolMember(
                MemberSubject(
                    member: office, person: clerk.person, role: .officer, territory: branch,
                    level: .subdistrict), enrolledOn: try RegistrySamples.date("2019-06-01")))
        officer = office.acting(in: branch)
    }

    private func record(_ decision: ConsentDecision, on day: String) throws {
        let answer = try bench.decide(
            RecordConsent(
                person: person, purpose: .insurer, decision: decision,
                decidedOn: try RegistrySamples.date(day)))
        #expect(answer.status == "accepted")
    }

    private func void(_ decision: ConsentDecision, on day: String) throws -> VoidConsent {
        VoidConsent(
            person: person, purpose: .insurer, decision: decision,
            decidedOn: try RegistrySamples.date(day), reason: "another person", actor: officer)
    }

    @Test func `the decision before stands again`() throws {
        try record(.given, on: "2019-01-01")
        try record(.withdrawn, on: "2019-03-01")
        let answer = try bench.decide(void(.withdrawn, on: "2019-03-01"))
        #expect(answer.status == "accepted")
        let fact = try #require(bench.facts.last?.payload as? ConsentVoided)
        #expect(fact.standing == .given)
        #expect(fact.standingSince == (try RegistrySamples.date("2019-01-01")))
    }

    @Test func `nothing stands when the only decision is taken back, and another can be recorded`()
        throws
    {
        try record(.withdrawn, on: "2019-03-01")
        _ = try bench.decide(void(.withdrawn, on: "2019-03-01"))
        let fact = try #require(bench.facts.last?.payload as? ConsentVoided)
        #expect(fact.standing == nil)
        try record(.given, on: "2019-02-01")
        let next = try #require(bench.facts.last?.payload as? ConsentRecorded)
        #expect(next.standing == .given)
    }

    @Test func `a decision that was not recorded, or taken back before, is refused`() throws {
        try record(.given, on: "2019-01-01")
        let answer = try bench.decide(void(.withdrawn, on: "2019-01-01"))
        #expect(answer.code == "unknown_decision")
        #expect(try bench.decide(void(.given, on: "2019-01-01")).status == "accepted")
        #expect(try bench.decide(void(.given, on: "2019-01-01")).code == "unknown_decision")
    }
}
