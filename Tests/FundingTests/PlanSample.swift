import Foundation
import Messages
import Postgres
import Testing

@testable import Funding

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
        INSERT INTO transfer (id, fund, debit, credit, amount_fen, business_date, kind, cause)
        VALUES (gen_random_uuid(), '\(id(3))', 'premium_expense', 'cash', \(4 * households * 7800),
                '2019-01-01', 'premium', gen_random_uuid());
        INSERT INTO product (id, kind, programme, name_zh, name_en, rule_version, sequence)
        VALUES ('\(id(1))', 'accident', 'accident-insurance', '', '', 1, 1);
        INSERT INTO product_rule (product, version, parent_minimum_age, parent_maximum_age,
            parent_rule, sum_insured_fen)
        VALUES ('\(id(1))', 1, 51, 65, 'any', 1000000);
        INSERT INTO product_premium VALUES ('\(id(1))', 1, 'only_child_parents', 7800);

        INSERT INTO household (id, version, places, territory)
        SELECT gen_random_uuid(), 1, '2018-01-01/' || territory, territory
        FROM generate_series(1, \(households)) AS n,
            LATERAL (SELECT '350203007' || lpad((901 + n % 40)::text, 3, '0')) AS t (territory);
        INSERT INTO person (id, version, birth_date, sex, stays, household, role, territory)
        SELECT gen_random_uuid(), 1, date '1968-05-01', 'female',
               concat_ws('/', '2018-01-01', h.territory, h.id, r.role), h.id, r.role, h.territory
        FROM household AS h, unnest(ARRAY['head', 'spouse', 'child']) AS r(role);
        INSERT INTO category (assertion, version, household, subject, category, valid_from, verified_on)
        SELECT gen_random_uuid(), 1, id, id, 'only_child', '2010-01-01', '2018-01-01' FROM household;
        INSERT INTO people_mention
        SELECT household, string_agg(id::text, ' '), '', '' FROM person GROUP BY household;

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
        SELECT gen_random_uuid(), '\(id(2))', 'one-yuan', NULL, '350203007901', 100, '2020-01-01'
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
        INSERT INTO inbox (id, publisher, is_fact, day, digest, state)
        SELECT gen_random_uuid(), 'office', false, '2020-01-01', decode(repeat('07', 32), 'hex'), 1
        FROM generate_series(1, 50000);
        INSERT INTO parked (digest, origin, routing_key, body, sealed_on, attempt, due_at,
            waits_for, code)
        SELECT sha256(n::text::bytea), 'commands', '', convert_to(repeat('x', 500), 'UTF8'),
               '2020-01-01', 3,
               now() + n * interval '1 minute',
               gen_random_uuid(), 'unknown_fund'
        FROM generate_series(1, 5000) AS n;
        ANALYZE;
        """
}
