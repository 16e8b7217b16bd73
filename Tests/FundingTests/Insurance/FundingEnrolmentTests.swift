import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// A run from opening to the last premium, on a database.
@Suite struct FundingEnrolmentTests {
    typealias Samples = FundingSamples
    let world: FundingWorld
    let product = ProductID(UUID())
    let fund: FundID

    init() throws {
        world = try FundingWorld()
        fund = try world.openFund(.insurance, programme: "accident-insurance")
        try world.accept(try FundingFundTests.define(product, version: 1))
    }

    // MARK: Preparations

    private func open(
        _ run: RunID = RunID(UUID()), fund: FundID? = nil, territory: String = Samples.district,
        year: Int = 2020, from: String = "2020-02-01", to: String = "2021-01-31"
    ) throws -> OpenEnrolment {
        OpenEnrolment(
            run: run, product: product, fund: fund ?? self.fund,
            territory: try Samples.territory(territory), policyYear: year,
            coverFrom: try Samples.date(from), coverTo: try Samples.date(to),
            openedOn: try Samples.date("2019-12-16"))
    }

    private func freeze(_ run: RunID, expecting: Int? = nil) throws -> FreezeEnrolment {
        FreezeEnrolment(
            run: run, referenceDate: try Samples.date("2020-01-01"), expectedHouseholds: expecting)
    }

    private func approve(
        _ run: RunID, by territory: String = Samples.district, on day: String = "2020-01-09"
    ) throws -> ApproveEnrolment {
        ApproveEnrolment(
            run: run, approvedOn: try Samples.date(day), actor: try Samples.actor(territory))
    }

    private func submit(_ run: RunID, on day: String = "2020-01-10") throws -> SubmitEnrolment {
        SubmitEnrolment(run: run, submittedOn: try Samples.date(day))
    }

    private func reconcile(
        _ run: RunID, refused: [HouseholdID] = [], on day: String = "2020-01-20"
    ) throws -> ReconcileEnrolment {
        ReconcileEnrolment(
            run: run, businessDate: try Samples.date(day),
            refused: refused.map { RefusedLine(household: $0, reason: "moved abroad") })
    }

    /// Two communities, three insured households (10,003 fen each) and one that is too young.
    private func families() throws -> [TestHousehold] {
        var families = try ["1965-01-01", "1966-01-01", "1967-01-01", "1990-01-01"].map {
            try FundingEvaluationTests.family(born: [$0], on: "2020-01-01")
        }
        families[2].territory = try Samples.territory("350203008901001")
        return families
    }

    private func submittedRun(_ opened: OpenEnrolment? = nil) throws -> RunID {
        let opened = try opened ?? open()
        try world.accept(opened)
        for command: any Command in [
            try freeze(opened.run), EvaluateEnrolment(run: opened.run), try approve(opened.run),
            try submit(opened.run),
        ] {
            try world.accept(command)
        }
        return opened.run
    }

    private func fill() throws {
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
    }

    // MARK: The whole of it

    @Test("A run ends in policies, premiums by community, and facts that say so in order")
    func life() throws {
        let families = try families()
        try world.register(families)
        try fill()
        let run = try submittedRun()
        let answer = try world.accept(try reconcile(run, refused: [families[0].id]))
        #expect(Receipt(body: answer.body)?.outcome?.state == "reconciled")
        let evaluated = try #require(world.facts(EnrolmentEvaluated.self).last)
        let submitted = try #require(world.facts(EnrolmentSubmitted.self).last)
        #expect(submitted.digest == evaluated.digest)
        #expect(submitted.households == 3)
        #expect(submitted.premiumFen == Fen(30_009))
        let reconciled = try #require(world.facts(EnrolmentReconciled.self).last)
        #expect(reconciled.accepted == 2)
        #expect(reconciled.refused == 1)
        #expect(reconciled.premiumFen == Fen(20_006))
        let insured = world.facts(EnrolmentInsured.self)
        #expect(insured.map(\.territory.rawValue) == ["350203007901", "350203008901"])
        #expect(insured.map(\.households) == [1, 1])
        #expect(insured.map(\.premiumFen) == [Fen(10_003), Fen(10_003)])
        #expect(insured.map(\.basis) == [.onlyChildParents, .onlyChildParents])
        let sequences = world.bench.facts.filter { $0.header.subject == run.description }
            .map(\.header.sequence)
        #expect(sequences == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(try world.balance(.premiumExpense, of: fund) == 20_006)
        #expect(try world.balance(.cash, of: fund) == 10_000_000 - 20_006)
        #expect(try world.count("SELECT count(*) FROM policy WHERE state = 'active'") == 2)
        #expect(try world.bench.texts(about: families[0].id.uuid) == ["moved abroad"])
        try world.expectSoundBooks()
    }

    @Test("Every step but evaluating is taken once")
    func once() throws {
        try world.register(try families())
        try fill()
        let run = try submittedRun()
        try world.accept(try reconcile(run))
        let commands: [(any Command, String)] = [
            (try freeze(run), "not_draft /data/run"),
            (EvaluateEnrolment(run: run), "not_frozen /data/run"),
            (try approve(run), "not_evaluated /data/run"),
            (try submit(run), "not_approved /data/run"),
            (try reconcile(run), "not_submitted /data/run"),
        ]
        for (command, refusal) in commands {
            #expect(try world.refusal(command) == refusal)
        }
        try world.expectSoundBooks()
    }

    // MARK: Opening and freezing

    @Test("A run is opened for an insurance fund and inside its territory")
    func opening() throws {
        let revolving = try world.openFund()
        #expect(try world.refusal(try open(fund: revolving)) == "wrong_fund_kind /data/fund")
        #expect(try world.refusal(try open(territory: "350205")) == "outside_fund /data/territory")
        let opened = try open()
        try world.accept(opened)
        #expect(try world.refusal(opened) == "run_exists /data/run")
    }

    @Test("Every step of a run that is not known yet waits for it")
    func unknown() throws {
        let run = RunID(UUID())
        let commands: [any Command] = [
            try freeze(run), EvaluateEnrolment(run: run), try approve(run), try submit(run),
            try reconcile(run),
        ]
        for command in commands {
            let answer = try world.bench.decide(command)
            #expect(answer.status == "parked")
            #expect(answer.code == "unknown_run")
        }
    }

    @Test("A run waits until as many households are known as are expected")
    func behind() throws {
        let families = try families()
        try world.register(Array(families.prefix(3)))
        let opened = try open()
        try world.accept(opened)
        let answer = try world.bench.decide(try freeze(opened.run, expecting: 4))
        #expect(answer.status == "parked")
        #expect(answer.code == "projection_behind")
        try world.register(Array(families.suffix(1)))
        try world.bench.hurryParked()
        #expect(try world.bench.handleParked().map(\.status) == ["accepted"])
        #expect(world.facts(EnrolmentFrozen.self).map(\.households) == [4])
    }

    @Test("A run looks at the households of its territory only")
    func territory() throws {
        try world.register(try families())
        let opened = try open(territory: "350203008")
        try world.accept(opened)
        try world.accept(try freeze(opened.run))
        #expect(world.facts(EnrolmentFrozen.self).map(\.households) == [1])
    }

    // MARK: Approval

    @Test("The district approves, not before the run was opened")
    func approval() throws {
        try world.register(try families())
        let opened = try open()
        try world.accept(opened)
        try world.accept(try freeze(opened.run))
        #expect(try world.refusal(try approve(opened.run)) == "not_evaluated /data/run")
        try world.accept(EvaluateEnrolment(run: opened.run))
        #expect(
            try world.refusal(try approve(opened.run, by: "350203007"))
                == "wrong_level /data/actor/territory")
        #expect(
            try world.refusal(try approve(opened.run, by: "350205"))
                == "outside_territory /data/actor/territory")
        #expect(
            try world.refusal(try approve(opened.run, on: "2019-12-15"))
                == "date_too_early /data/approvedOn")
        try world.accept(try approve(opened.run))
        #expect(
            try world.refusal(try submit(opened.run, on: "2020-01-08"))
                == "date_too_early /data/submittedOn")
    }

    @Test("A list that was changed by hand is not submitted")
    func changed() throws {
        try world.register(try families())
        let opened = try open()
        for command: any Command in [
            opened, try freeze(opened.run), EvaluateEnrolment(run: opened.run),
            try approve(opened.run),
        ] {
            try world.accept(command)
        }
        _ = try world.bench.connection.run(
            "UPDATE enrolment_line SET premium_fen = 1 WHERE premium_fen IS NOT NULL")
        #expect(try world.refusal(try submit(opened.run)) == "list_changed /data/run")
    }

    // MARK: Settlement

    @Test("The premium is not paid from money that the fund does not have on that day")
    func exhausted() throws {
        try world.register(try families())
        try world.accept(try Samples.deposit(Fen(30_008), to: fund, on: "2020-01-01"))
        let run = try submittedRun()
        #expect(try world.refusal(try reconcile(run)) == "fund_exhausted /data/businessDate")
        try world.accept(try Samples.deposit(Fen(1), to: fund, on: "2020-01-21"))
        #expect(try world.refusal(try reconcile(run)) == "fund_exhausted /data/businessDate")
        #expect(try world.count("SELECT count(*) FROM policy") == 0)
        try world.accept(try reconcile(run, on: "2020-01-21"))
        #expect(try world.balance(.cash, of: fund) == 0)
        try world.expectSoundBooks()
    }

    @Test("The insurer may refuse all, but each once")
    func refused() throws {
        let families = try families()
        try world.register(families)
        try fill()
        let run = try submittedRun()
        let insured = families[0].id
        #expect(
            try world.refusal(try reconcile(run, refused: [insured, insured]))
                == "answered_twice /data/refused/1")
        #expect(try world.count("SELECT count(*) FROM policy") == 0)
        try world.accept(try reconcile(run, refused: families.prefix(3).map(\.id)))
        #expect(world.facts(EnrolmentInsured.self).isEmpty)
        #expect(world.facts(EnrolmentReconciled.self).map(\.accepted) == [0])
        try world.expectSoundBooks()
    }

    @Test("A household with a policy for that time is not insured again")
    func again() throws {
        let families = try families()
        try world.register(families)
        try fill()
        // Both runs are evaluated before either is settled.
        let first = try submittedRun()
        let second = try submittedRun()
        try world.accept(try reconcile(first))
        #expect(try world.refusal(try reconcile(second)) == "policy_exists /data/run")
        // A run that is frozen afterwards leaves them out.
        _ = try submittedRun()
        let third = try #require(world.facts(EnrolmentEvaluated.self).last)
        #expect(third.insured.isEmpty)
        #expect(third.excluded.map(\.reason) == ["already_insured", "parents_too_young"])
        // The next year is another cover.
        let next = try submittedRun(open(year: 2021, from: "2021-02-01", to: "2022-01-31"))
        try world.accept(try reconcile(next))
        try world.expectSoundBooks()
    }

    @Test("The schema keeps covers of a household from overlapping, in one year or in two")
    func overlap() throws {
        let families = try families()
        try world.register(families)
        try fill()
        let first = try submittedRun()
        try world.accept(try reconcile(first))
        func copy(year: Int, from: String) -> Statement {
            Statement(
                trusted: """
                    INSERT INTO policy (run, insured, product, policy_year, cover_from, cover_to,
                        territory, basis, premium_fen, state)
                    SELECT gen_random_uuid(), insured, product, \(year), '\(from)', '2022-01-31',
                           territory, basis, premium_fen, state FROM policy
                    """)
        }
        let sameYear = world.violation(copy(year: 2020, from: "2021-02-01"))
        #expect(sameYear?.constraint == "policy_one_per_year")
        let sameDay = world.violation(copy(year: 2021, from: "2021-01-31"))
        #expect(sameDay?.constraint == "policy_cover_never_overlaps")
        #expect(world.violation(copy(year: 2021, from: "2021-02-01")) == nil)
    }
}
