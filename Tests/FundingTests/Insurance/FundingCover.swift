import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding

/// Funding with a product, a fund that pays its premium, and runs that come as far as a test needs.
final class FundingCover {
    typealias Samples = FundingSamples
    let world: FundingWorld
    let product = ProductID(UUID())
    let fund: FundID
    let insured: InsuredKind

    /// - Parameter premium: of the basis on which a test's families or persons are insured.
    init(
        _ insured: InsuredKind = .household, premium: Fen = .yuan(80),
        sumInsured: Fen? = .yuan(10_000)
    ) throws {
        self.insured = insured
        world = try FundingWorld()
        let programme = insured == .person ? "nursing-supplement" : "accident-insurance"
        fund = try world.openFund(.insurance, programme: programme)
        try world.accept(
            DefineProduct(
                product: product, kind: insured == .person ? .nursing : .accident,
                programme: try Samples.programme(programme), nameZh: "示例", nameEn: "Sample",
                ruleVersion: 1,
                rule: EligibilityRule(
                    parentMinimumAge: 51, parentMaximumAge: 65, parentRule: .any,
                    bereavedMinimumAge: 49),
                premiums: [
                    Premium(
                        basis: insured == .person ? .bereaved : .onlyChildParents,
                        premiumFen: premium)
                ], insured: insured, sumInsuredFen: sumInsured))
        try world.accept(try Samples.deposit(.yuan(1_000_000), to: fund))
    }

    // MARK: Families

    /// Families that are insured on the only child's parents, in one community.
    func families(_ count: Int) throws -> [TestHousehold] {
        let families = try (0..<count).map { _ in
            try FundingEvaluationTests.family(born: ["1965-01-01"], on: "2020-01-01")
        }
        try world.register(families)
        return families
    }

    // MARK: Steps of a run

    func open(
        _ run: RunID = RunID(UUID()), year: Int = 2020, from: String = "2020-01-01",
        to: String = "2020-12-31"
    ) throws -> OpenEnrolment {
        OpenEnrolment(
            run: run, product: product, fund: fund,
            territory: try Samples.territory(Samples.district), policyYear: year,
            coverFrom: try Samples.date(from), coverTo: try Samples.date(to),
            openedOn: try Samples.date("2019-12-01"))
    }

    func evaluatedRun(
        _ opened: OpenEnrolment? = nil, on reference: String = "2020-01-01"
    ) throws -> RunID {
        let opened = try opened ?? open()
        try world.accept(opened)
        try world.accept(
            FreezeEnrolment(run: opened.run, referenceDate: try Samples.date(reference)))
        try world.accept(EvaluateEnrolment(run: opened.run))
        return opened.run
    }

    func submittedRun(
        _ opened: OpenEnrolment? = nil, on reference: String = "2020-01-01"
    ) throws -> RunID {
        let run = try evaluatedRun(opened, on: reference)
        try world.accept(
            ApproveEnrolment(
                run: run, approvedOn: try Samples.date("2019-12-10"),
                actor: try Samples.actor(Samples.district)))
        try world.accept(
            SubmitEnrolment(run: run, submittedOn: try Samples.date("2019-12-11")))
        return run
    }

    func reconcile(
        _ run: RunID, accepted: [UUID]? = nil, refused: [UUID] = [], on day: String = "2019-12-20"
    ) throws -> ReconcileEnrolment {
        func person(_ id: UUID) -> PersonID? { insured == .person ? PersonID(id) : nil }
        return ReconcileEnrolment(
            run: run, businessDate: try Samples.date(day),
            refused: refused.map {
                RefusedLine(household: HouseholdID($0), reason: "ill", person: person($0))
            },
            accepted: accepted?.map {
                AcceptedLine(household: HouseholdID($0), person: person($0))
            })
    }

    /// One family with a policy.
    func insuredFamily(
        from: String = "2020-01-01", to: String = "2020-12-31"
    ) throws -> (run: RunID, insured: UUID) {
        let family = try #require(try families(1).first)
        let year = try Samples.date(from).year
        let run = try submittedRun(open(year: year, from: from, to: to))
        try world.accept(try reconcile(run))
        return (run, family.id.uuid)
    }

    // MARK: Policies

    func terminate(
        _ run: RunID, _ insured: UUID, from day: String, paid: String = "2020-10-12",
        by territory: String = Samples.district
    ) throws -> TerminatePolicy {
        TerminatePolicy(
            run: run, insured: insured, terminatedOn: try Samples.date(day),
            businessDate: try Samples.date(paid), reason: "moved away",
            actor: try Samples.actor(territory))
    }

    func file(
        _ amount: Fen, _ run: RunID, _ insured: UUID, id: ClaimID = ClaimID(UUID()),
        event: String = "2020-06-18", on day: String = "2020-12-31"
    ) throws -> FileClaim {
        FileClaim(
            claim: id, run: run, insured: insured, eventDate: try Samples.date(event),
            amountFen: amount, filedOn: try Samples.date(day))
    }

    func decide(
        _ claim: ClaimID, _ decision: ClaimDecision = .accept, amount: Fen? = nil,
        on day: String = "2021-01-04", by territory: String = Samples.district
    ) throws -> DecideClaim {
        DecideClaim(
            claim: claim, decision: decision, amountFen: amount,
            reason: decision == .decline ? "no accident" : nil,
            decidedOn: try Samples.date(day), actor: try Samples.actor(territory))
    }

    func pay(_ claim: ClaimID, on day: String = "2021-01-10") throws -> PayClaim {
        PayClaim(claim: claim, businessDate: try Samples.date(day))
    }

    /// A policy's state; nil if there is none.
    func state(_ run: RunID, _ insured: UUID) throws -> String? {
        let rows = try world.bench.connection.run(
            "SELECT state FROM policy WHERE run = \(run.uuid) AND insured = \(insured)")
        return try rows.first?.decode(String.self, at: 0)
    }
}

extension FundingWorld {
    /// Basis or reason of each line of a run.
    func verdicts(of run: RunID) throws -> [UUID: String] {
        let rows = try bench.connection.run(
            "SELECT insured, coalesce(basis, reason) FROM enrolment_line WHERE run = \(run.uuid)")
        return Dictionary(
            uniqueKeysWithValues: try rows.map {
                (try $0.decode(UUID.self, at: 0), try $0.decode(String.self, at: 1))
            })
    }
}
