import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// Consent to be named to the insurer: who has withdrawn it is on no list.
@Suite struct FundingConsentTests {
    typealias Samples = FundingSamples
    private let cover: FundingCover
    private var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover() }

    /// Takes in registry's fact about a decision.
    private func take(
        _ decision: ConsentDecision, of person: PersonID, _ purpose: ConsentPurpose = .insurer,
        sequence: Int64 = 1
    ) throws {
        let day = try Samples.date("2019-12-01")
        let fact = ConsentRecorded(
            person: person, territory: try Samples.territory(Samples.community), purpose: purpose,
            decision: decision, decidedOn: day, standing: decision, standingSince: day)
        try world.bench.take(fact, subject: person.uuid, sequence: sequence)
    }

    private func submit(_ run: RunID) throws {
        try world.accept(
            ApproveEnrolment(
                run: run, approvedOn: try Samples.date("2019-12-10"),
                actor: try Samples.actor(Samples.district)))
        try world.accept(SubmitEnrolment(run: run, submittedOn: try Samples.date("2019-12-11")))
    }

    @Test func `A family of which a member has withdrawn is excluded, and the others are not`()
        throws
    {
        let families = try cover.families(2)
        try take(.withdrawn, of: families[0].members[0].id)
        let verdicts = try world.verdicts(of: try cover.evaluatedRun())
        #expect(verdicts[families[0].id.uuid] == "consent_withdrawn")
        #expect(verdicts[families[1].id.uuid] == "only_child_parents")
        let fact = try #require(world.facts(EnrolmentEvaluated.self).last)
        #expect(fact.excluded.map(\.reason) == ["consent_withdrawn"])
    }

    @Test func `Who withdraws after the list was approved is left out of the hand-over`() throws {
        let families = try cover.families(3)
        let run = try cover.evaluatedRun()
        let evaluated = try #require(world.facts(EnrolmentEvaluated.self).last)
        try take(.withdrawn, of: families[0].members[0].id)
        try submit(run)
        let submitted = try #require(world.facts(EnrolmentSubmitted.self).last)
        #expect(submitted.households == 2)
        #expect(submitted.premiumFen == .yuan(160))
        #expect(submitted.digest != evaluated.digest)
        try world.accept(try cover.reconcile(run))
        #expect(try cover.state(run, families[0].id.uuid) == nil)
        #expect(try cover.state(run, families[1].id.uuid) == "active")
        try world.expectSoundBooks()
    }

    @Test func `Without a withdrawal the list that was approved is the one handed over`() throws {
        _ = try cover.families(2)
        try submit(try cover.evaluatedRun())
        #expect(
            world.facts(EnrolmentSubmitted.self).last?.digest
                == world.facts(EnrolmentEvaluated.self).last?.digest)
    }

    @Test func `Who consents again is insured, and an older fact changes nothing`() throws {
        let families = try cover.families(1)
        let person = families[0].members[0].id
        try take(.withdrawn, of: person)
        try take(.given, of: person, sequence: 3)
        try take(.withdrawn, of: person, sequence: 2)
        #expect(
            try world.verdicts(of: try cover.evaluatedRun())[families[0].id.uuid]
                == "only_child_parents")
    }

    @Test
    func `A withdrawal under another id of the person counts, unless the person has decided since`()
        throws
    {
        let family = try cover.families(1)[0]
        let (person, double) = (family.members[0].id, try world.mother())
        try take(.withdrawn, of: double)
        try world.bench.take(
            try Samples.merged(double, into: person, in: family.id), subject: person.uuid,
            sequence: 2)
        #expect(
            try world.verdicts(of: try cover.evaluatedRun())[family.id.uuid] == "consent_withdrawn")
        try take(.given, of: person)
        #expect(
            try world.verdicts(of: try cover.evaluatedRun())[family.id.uuid] == "only_child_parents"
        )
    }

    @Test func `Other purposes do not concern the insurer`() throws {
        let families = try cover.families(1)
        try take(.withdrawn, of: families[0].members[0].id, .namedPressUse)
        try take(.withdrawn, of: families[0].members[0].id, .service)
        #expect(
            try world.verdicts(of: try cover.evaluatedRun())[families[0].id.uuid]
                == "only_child_parents")
    }

    @Test func `A person who has withdrawn has no supplement, and another of the family has one`()
        throws
    {
        let cover = try FundingCover(.person, premium: .yuan(300))
        let family = TestHousehold(
            territory: try Samples.territory(Samples.community),
            members: try (0..<2).map { _ in
                .init(role: .head, birth: try Samples.date("1960-01-01"))
            },
            recognitions: [.init(category: .bereaved, from: try Samples.date("2015-01-01"))])
        try cover.world.register([family])
        let person = family.members[0].id
        let day = try Samples.date("2019-12-01")
        let fact = ConsentRecorded(
            person: person, territory: try Samples.territory(Samples.community), purpose: .insurer,
            decision: .withdrawn, decidedOn: day, standing: .withdrawn, standingSince: day)
        try cover.world.bench.take(fact, subject: person.uuid, sequence: 1)
        let verdicts = try cover.world.verdicts(of: try cover.evaluatedRun())
        #expect(verdicts[person.uuid] == "consent_withdrawn")
        #expect(verdicts[family.members[1].id.uuid] == "bereaved")
    }
}
