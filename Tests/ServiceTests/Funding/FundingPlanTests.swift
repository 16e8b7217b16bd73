import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding
@testable import ServiceKit

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
            HouseholdCategory.table.load(ids), Loan.table.load(ids), Policy.table.load(ids),
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
        // What the function `lowest_cash` reads.
        let days: Statement = """
            SELECT sum(cash_fen) FROM fund_day
            WHERE fund = \(fund.uuid) AND day <= \(try Samples.date("2019-01-01"))
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
            source.scans.subtracting(["household", "person", "household_category", "policy"])
                == [])
        try store(unit)
        source.scans = []
        _ = try EnrolmentEvaluation.evaluate(EvaluateEnrolment(run: run), unit)
        #expect(source.scans.subtracting(["product_rule", "product_premium"]) == [])
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
        #expect(source.scans.subtracting(["enrolment_run"]) == [])
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
        // What has no rows yet, and runs, of which there are few.
        let small: Set = ["enrolment_run", "policy_termination", "reversal"]
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
        let next = UnitOfWork(source: source, now: .now(), message: unit.message)
        try undo(.premiumReturn, id, Fen(1), by: id, next)
        #expect(source.scans.subtracting(["enrolment_run", "product", "policy_termination"]) == [])
    }

    private func undo(
        _ kind: TransferKind, _ id: UUID, _ amount: Fen, by cause: UUID, _ unit: UnitOfWork
    ) throws {
        let posting = Posting(
            id: id, fund: FundID(sample.fund), kind: kind, amount: amount,
            businessDate: try Samples.date("2020-01-01"), cause: cause, isReversal: false,
            isReversed: false)
        let fund = try #require(try unit.find(Fund.self, sample.fund))
        _ = try Undone.undo(posting, try Samples.reverse(id), fund, unit)
    }

    private func store(_ unit: UnitOfWork) throws {
        unit.keep()
        _ = try bench.connection.pipeline(unit.statements())
    }
}

/// Data of some years: runs over the same households, all settled but the last, which is submitted.
struct PlanSample {
    static let households = 4_000
    let product = PlanSample.id(1)
    let donations = PlanSample.id(2)
    let fund = PlanSample.id(3)
    let submitted = PlanSample.id(15)

    private static func id(_ number: Int) -> UUID {
        UUID(uuid: (0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, UInt8(number)))
    }

    /// - Parameter year: from 1.
    func run(_ year: Int) -> UUID { Self.id(10 + year) }

    func open(_ run: RunID) throws -> OpenEnrolment {
        OpenEnrolment(
            run: run, product: ProductID(product), fund: FundID(fund),
            territory: try FundingSamples.territory("350203"), policyYear: 2026,
            coverFrom: try FundingSamples.date("2026-01-01"),
            coverTo: try FundingSamples.date("2026-12-31"),
            openedOn: try FundingSamples.date("2025-12-01"))
    }

    func policy(_ connection: Connection) throws -> UUID {
        let rows = try connection.run("SELECT id FROM policy LIMIT 1")
        return try rows.first?.decode(UUID.self, at: 0) ?? UUID()
    }

    func insured(_ connection: Connection) throws -> UUID? {
        let rows = try connection.run(
            "SELECT insured FROM policy WHERE run = \(run(1)) LIMIT 1")
        return try rows.first?.decode(UUID.self, at: 0)
    }

    func lines(_ count: Int64, _ connection: Connection) throws -> [UUID] {
        try connection.run(
            "SELECT insured FROM enrolment_line WHERE run = \(submitted) LIMIT \(count)"
        ).map { try $0.decode(UUID.self, at: 0) }
    }

    static let fill = """
        INSERT INTO fund (id, kind, programme, territory, name_zh, name_en, opened_on, state, sequence)
        VALUES ('\(id(2))', 'donation', 'giving', '350203', '', '', '2018-01-01', 'open', 1),
               ('\(id(3))', 'insurance', 'accident-insurance', '350203', '', '', '2018-01-01',
                'open', 1);
        INSERT INTO transfer (id, fund, debit, credit, amount_fen, business_date, kind, cause)
        SELECT gen_random_uuid(), f, 'cash', 'capital', 100000000, date '2018-01-01' + n, 'deposit',
               gen_random_uuid()
        FROM generate_series(1, 2000) AS n, unnest(ARRAY['\(id(2))', '\(id(3))']::uuid[]) AS f;
        INSERT INTO product (id, kind, programme, name_zh, name_en, rule_version, sequence)
        VALUES ('\(id(1))', 'accident', 'accident-insurance', '', '', 1, 1);
        INSERT INTO product_rule (product, version, parent_minimum_age, parent_maximum_age,
            parent_rule, sum_insured_fen)
        VALUES ('\(id(1))', 1, 51, 65, 'any', 1000000);
        INSERT INTO product_premium VALUES ('\(id(1))', 1, 'only_child_parents', 7800);

        INSERT INTO household
        SELECT gen_random_uuid(), '350203007' || lpad((901 + n % 40)::text, 3, '0'), 1
        FROM generate_series(1, \(households)) AS n;
        INSERT INTO person
        SELECT gen_random_uuid(), h.id, r.role, date '1968-05-01', 'female', h.territory, 0
        FROM household AS h, unnest(ARRAY['head', 'spouse', 'child']) AS r(role);
        INSERT INTO household_category
        SELECT gen_random_uuid(), id, id, 'only_child', true, '2010-01-01', NULL, NULL FROM household;

        INSERT INTO enrolment_run (id, product, programme, fund, territory, policy_year, cover_from,
            cover_to, opened_on, state, last_on, reference_date, rule_version, digest, approved_by,
            open_lines, sequence)
        SELECT ('00000000-0000-7000-8000-0000000000' || lpad(to_hex(10 + n), 2, '0'))::uuid, '\(id(1))',
               'accident-insurance', '\(id(3))', '350203', 2019 + n, make_date(2019 + n, 1, 1),
               make_date(2019 + n, 12, 31), make_date(2018 + n, 11, 1),
               CASE n WHEN 5 THEN 'submitted' ELSE 'reconciled' END, make_date(2018 + n, 12, 1),
               make_date(2019 + n, 1, 1), 1, 'digest', gen_random_uuid(),
               CASE n WHEN 5 THEN \(households) ELSE 0 END, 5
        FROM generate_series(1, 5) AS n;
        INSERT INTO enrolment_household
        SELECT r.id, h.id, h.territory, false, false, false, false, true, ARRAY[date '1968-05-01']
        FROM enrolment_run AS r, household AS h ORDER BY r.id, h.id;
        INSERT INTO enrolment_line (run, insured, territory, basis, premium_fen)
        SELECT r.id, h.id, h.territory, 'only_child_parents', 7800
        FROM enrolment_run AS r, household AS h ORDER BY r.id, h.id;
        INSERT INTO policy (run, insured, product, policy_year, cover_from, cover_to, territory, basis,
            premium_fen, sum_insured_fen, state, answer)
        SELECT r.id, h.id, r.product, r.policy_year, r.cover_from, r.cover_to, h.territory,
               'only_child_parents', 7800, 1000000, 'active', r.id
        FROM enrolment_run AS r, household AS h
        WHERE r.state = 'reconciled' ORDER BY r.id, h.id;
        INSERT INTO claim
        SELECT gen_random_uuid(), p.id, p.product, 'accident-insurance', p.territory, p.cover_to, 100,
               'filed', p.cover_to, NULL, 1
        FROM policy AS p WHERE p.policy_year = 2021;

        INSERT INTO donation
        SELECT gen_random_uuid(), '\(id(2))', 'one-yuan', NULL, '350203007901', 100, '2020-01-01', NULL
        FROM generate_series(1, 10000);
        -- Each loan would look for the borrower's other ids.
        ALTER TABLE loan DISABLE TRIGGER loan_opened;
        INSERT INTO loan (id, fund, programme, borrower, territory, principal_fen, rule_version, state,
            since, last_on, outstanding_fen, disbursed_on, sequence)
        SELECT gen_random_uuid(), '\(id(2))', 'happiness-project', id, '350203007901', 1000000, 1,
               'active', '2020-01-01', '2020-01-01', 1000000, '2020-01-01', 4
        FROM person WHERE role = 'head';
        SET CONSTRAINTS ALL IMMEDIATE;
        ALTER TABLE loan ENABLE TRIGGER loan_opened;
        INSERT INTO inbox (id, day, digest, state)
        SELECT gen_random_uuid(), '2020-01-01', decode(repeat('07', 32), 'hex'), 1
        FROM generate_series(1, 50000);
        INSERT INTO parked (digest, origin, routing_key, body, attempt, due_at, waits_for, code)
        SELECT sha256(n::text::bytea), 'commands', '', convert_to(repeat('x', 500), 'UTF8'), 3,
               now() + n * interval '1 minute',
               gen_random_uuid(), 'unknown_fund'
        FROM generate_series(1, 5000) AS n;
        ANALYZE;
        """
}
