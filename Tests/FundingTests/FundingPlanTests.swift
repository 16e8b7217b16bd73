import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding
@testable import People
@testable import ServiceKit
@testable import ServiceSupport

/// How PostgreSQL goes about the hot statements over a realistic amount of data: no table of a size
/// is read as a whole where an index should serve.
@Suite struct FundingPlanTests {
    typealias Samples = FundingSamples
    let bench: ServiceBench
    let source: ExplainingSource
    let sample = PlanSample()

    init() throws {
        bench = try ServiceBench(Funding.definition, fill: Samples.rules + PlanSample.fill)
        source = ExplainingSource(bench.connection)
    }

    /// Tables that a statement reads as a whole.
    private func scanned(_ statement: Statement) throws -> Set<String> {
        try source.explain(statement)
    }

    // MARK: What every batch does

    @Test("A batch finds its messages in the inbox, and parked ones, by their indexes")
    func foundation() throws {
        #expect(try scanned(Inbox.select((0..<100).map { _ in UUID() })) == [])
        #expect(try scanned(Inbox.purge(before: Samples.date("2019-12-31"))) == [])
        #expect(source.last.contains("Index Scan using inbox_day"), "also if nothing is old")
        let ids = (0..<20).map { _ in UUID() }
        #expect(try scanned(Parked.wake(ids, at: .now())) == [])
        #expect(try scanned(Parked.due(.now())) == [])
        let digests = (0..<20).map { [UInt8](repeating: $0, count: 32) }
        #expect(try scanned(Parked.claim(digests)) == [])
    }

    @Test("A batch loads rows by their keys")
    func loads() throws {
        let ids = Parameter.array((0..<10).map { _ in UUID() })
        let statements = [
            Donation.table.load(ids), Person.table.load(ids), Household.table.load(ids),
            CategoryAssertion.table.load(ids), Mentions.table.load(ids), Loan.table.load(ids),
            Policy.table.load(ids),
            Claim.table.load(ids),
        ]
        for statement in statements {
            #expect(try scanned(statement) == [], "\(statement.sql)")
        }
    }

    @Test("Changed rows are stored by their keys")
    func updates() throws {
        let policy = try #require(
            try source.load(Policy.self, [sample.policy(bench.connection)]).first)
        #expect(try scanned(Policy.table.update([policy])) == [])
    }

    @Test("A donation reads no table as a whole, and neither does a look at a fund's free cash")
    func donation() throws {
        let unit = try source.unit()
        let fund = FundID(sample.donations)
        _ = try Donations.receive(try Samples.donate(to: fund), unit)
        unit.keep()
        for statement in unit.statements() {
            #expect(try scanned(statement) == [], "\(statement.sql)")
        }
        try Ledger.requireCash(
            .zero, of: fund, from: try Samples.date("2020-01-01"), at: "", unit)
        // The statement of the function `lowest_balance`.
        let days: Statement = """
            SELECT sum(fen) OVER (ORDER BY day DESC) FROM account_day
            WHERE fund = \(fund.uuid) AND account = 'cash'
              AND day > \(try Samples.date("2023-01-01"))
            """
        #expect(try scanned(days) == [])
        #expect(source.scans == [])
    }

    @Test("An application for a loan asks for open loans by their index")
    func openLoan() throws {
        let statement: Statement = """
            SELECT id FROM loan
            WHERE fund = \(sample.donations) AND borrower = \(UUID())
              AND state IN ('applied', 'endorsed', 'approved', 'active')
            """
        #expect(try scanned(statement) == [])
    }

    // MARK: Families

    @Test("A rule looks at one family by the indexes on its household")
    func eligibility() throws {
        #expect(throws: Refusal.self) {
            try Eligibility.require(
                HouseholdID(UUID()), by: .homeService, on: try Samples.date("2020-01-01"),
                at: "/household", source.unit())
        }
        #expect(source.scans.subtracting(["family_rule_version", "family_rule_category"]) == [])
    }

    @Test("What is open for persons and households is found by the indexes on whose it is")
    func promises() throws {
        let day = try Samples.date("2023-06-01")
        let statement = LifeReview.promises(to: (0..<5).map { _ in UUID() }, on: day)
        // These tables have no rows yet.
        #expect(try scanned(statement).subtracting(["grant_award", "home_service"]) == [])
    }

    // MARK: Enrolment

    @Test("A run reads the projection as a whole, and of the lines of runs only its own")
    func run() throws {
        let run = RunID(UUID())
        _ = try bench.decide(try sample.open(run))
        let unit = try source.unit()
        let freeze = FreezeEnrolment(run: run, referenceDate: try Samples.date("2025-01-01"))
        _ = try EnrolmentEvaluation.freeze(freeze, unit)
        // Everybody there is, once; and those who are insured already.
        #expect(
            source.scans.subtracting(["household", "person", "category", "policy"]) == [])
        try store(unit)
        source.scans = []
        _ = try EnrolmentEvaluation.evaluate(EvaluateEnrolment(run: run), unit)
        // Few withdraw their consent; who they are is looked up once.
        #expect(
            source.scans.subtracting([
                "product_rule", "product_premium", "insurer_consent", "person",
            ]) == [])
    }

    @Test("A complete answer of the insurer reads only the lines of its run")
    func complete() throws {
        let unit = try source.unit()
        let command = ReconcileEnrolment(
            run: RunID(sample.submitted), businessDate: try Samples.date("2024-12-20"),
            refused: [RefusedLine(household: HouseholdID(UUID()), reason: "ill")])
        let facts = try EnrolmentSettlement.reconcile(command, unit).map(\.fact)
        let reconciled = try #require(facts.first as? EnrolmentReconciled)
        #expect(reconciled.accepted == PlanSample.households)
        #expect(source.scans.subtracting(["product_rule"]) == [])
    }

    @Test("A file of the insurer finds its lines, and policies, by their indexes")
    func file() throws {
        let unit = try source.unit()
        let lines = try sample.lines(20, bench.connection)
        let command = ReconcileEnrolment(
            run: RunID(sample.submitted), businessDate: try Samples.date("2024-12-20"),
            refused: lines.prefix(5).map {
                RefusedLine(household: HouseholdID($0), reason: "ill")
            },
            accepted: lines.suffix(15).map { AcceptedLine(household: HouseholdID($0)) })
        let facts = try EnrolmentSettlement.reconcile(command, unit).map(\.fact)
        let reconciled = try #require(facts.first as? EnrolmentReconciled)
        #expect(reconciled.accepted == 15)
        #expect(source.scans.subtracting(["product_rule"]) == [])
    }

    @Test("The covers of one household are found by the index that keeps them apart")
    func overlap() throws {
        let statement: Statement = """
            SELECT 1 FROM policy
            WHERE insured = \(UUID()) AND product = \(sample.product) AND state <> 'refused'
              AND cover && daterange(\(try Samples.date("2021-06-01")), NULL)
            """
        #expect(try scanned(statement) == [])
        #expect(source.last.contains("policy_cover_never_overlaps"))
    }

    @Test("A policy is found by whom it insures, and its claims by it")
    func policies() throws {
        let unit = try source.unit()
        let insured = try #require(try sample.insured(bench.connection))
        let day = try Samples.date("2020-06-01")
        _ = try Policies.terminate(
            TerminatePolicy(
                run: RunID(sample.run(1)), insured: insured, terminatedOn: day, businessDate: day,
                reason: "moved", actor: try Samples.actor(Samples.district)), unit)
        #expect(source.scans.subtracting(small) == [])
    }

    @Test("A premium that is taken back finds its policies by the answer, and what was claimed")
    func premium() throws {
        let unit = try source.unit()
        let rows = try bench.connection.run(
            """
            SELECT premium_transfer(answer, territory, basis), sum(premium_fen)::bigint
            FROM policy WHERE run = \(sample.run(1)) AND territory = '350203007901'
            GROUP BY territory, answer, basis
            """)
        let row = try #require(rows.first)
        try undo(
            .premium, row.decode(UUID.self, at: 0), row.decode(Fen.self, at: 1),
            by: sample.run(1), unit)
        #expect(source.scans.subtracting(small) == [])
    }

    @Test("The other policies of whom a policy covers after all are found by an index")
    func premiumReturn() throws {
        let unit = try source.unit()
        let insured = try #require(try sample.insured(bench.connection))
        let day = try Samples.date("2020-06-01")
        let ended = TerminatePolicy(
            run: RunID(sample.run(1)), insured: insured, terminatedOn: day, businessDate: day,
            reason: "moved", actor: try Samples.actor(Samples.district))
        _ = try Policies.terminate(ended, unit)
        try store(unit)
        source.scans = []
        let id = unit.message.id
        let next = UnitOfWork(
            source: source, service: "funding", now: .now(), message: unit.message)
        try undo(.premiumReturn, id, Fen(1), by: id, next)
        #expect(source.scans.subtracting(small.union(["product"])) == [])
    }

    /// Of runs there are few, and the other tables have no rows yet.
    private let small: Set = ["enrolment_run", "policy_termination", "reversal"]

    private func undo(
        _ kind: TransferKind, _ id: UUID, _ amount: Fen, by cause: UUID, _ unit: UnitOfWork
    ) throws {
        let posting = Posting(
            id: id, fund: FundID(sample.fund), kind: kind, amount: amount,
            businessDate: try Samples.date("2020-01-01"), cause: cause, isReversal: false,
            isReversed: false)
        let fund = try #require(try unit.find(Fund.self, sample.fund))
        _ = try ReversalEffect.undo(posting, try Samples.reverse(id), fund, unit)
    }

    private func store(_ unit: UnitOfWork) throws {
        unit.keep()
        _ = try bench.connection.pipeline(unit.statements())
    }
}
