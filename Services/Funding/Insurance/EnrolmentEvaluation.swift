import Foundation
import Messages
import Postgres
import ServiceKit

/// Freezes the households of a run and applies rule E1 to them, with one statement for all. Households
/// where nobody lives any more are left out, whatever their categories. If the product insures persons,
/// `SupplementEvaluation` has the statements.
///
/// A household is insured on the first of these bases that it has and for which the product has a
/// premium: special family, low security, low income, only child with parents of the rule's ages. A
/// category counts if it is verified and valid on the reference date.
enum EnrolmentEvaluation {
    static func register(in router: inout Router) {
        router.on(
            FreezeEnrolment.self, keys: { $1.need(EnrolmentRun.self, $0.run.uuid) }, alone: true,
            freeze)
        router.on(
            EvaluateEnrolment.self, keys: { $1.need(EnrolmentRun.self, $0.run.uuid) }, alone: true,
            evaluate)
    }

    static func freeze(_ command: FreezeEnrolment, _ unit: UnitOfWork) throws -> Emission {
        var run = try Enrolments.find(command.run, unit)
        try run.step(.freeze)
        guard let product = try unit.find(Product.self, run.product.uuid) else {
            throw Refusal(.unknownProduct, at: "/run")
        }
        let known = try unit.query(
            "SELECT count(*) FROM household WHERE starts_with(territory, \(run.territory))")
        let expected = command.expectedHouseholds ?? 0
        guard try known.first?.decode(Int.self, at: 0) ?? 0 >= expected else {
            // No row with this id will be inserted, so the message is retried by the schedule.
            throw Wait(for: run.key, else: .projectionBehind, at: "/expectedHouseholds")
        }
        run.referenceDate = command.referenceDate
        run.ruleVersion = product.ruleVersion
        try EnrolmentPlans.prepare(unit)
        // After an import, statistics may be out of date, and the planner may choose a nested loop over
        // all households, which is slow.
        _ = try unit.query("SET LOCAL enable_nestloop TO off")
        let (households, persons): (Int, Int?)
        switch run.insured {
        case .household:
            households = try unit.execute(copy(run, command.referenceDate)).affected
            persons = nil
        case .person:
            persons = try unit.execute(SupplementEvaluation.copy(run, command.referenceDate))
                .affected
            households = try SupplementEvaluation.households(run, unit)
        }
        let fact = EnrolmentFrozen(
            run: run.id, referenceDate: command.referenceDate, households: households,
            persons: persons)
        return try unit.save(&run, fact)
    }

    /// Copies the data of each household that the rule needs, ordered by id: later statements read and
    /// write in that order, and indexes grow at their end.
    ///
    /// The parents of an only child depend on the subject of the category:
    /// - a child of the household: its head and spouse;
    /// - the head or spouse: the members with the role parent;
    /// - the household as such: its head and spouse if it has a child or no member with the role parent;
    ///   otherwise the head is the child, and the members with the role parent are the parents.
    ///
    /// A dead member keeps that place, but the age of a dead parent does not count. At least one member
    /// must be present in the sense of `Person.isPresent`.
    private static func copy(_ run: EnrolmentRun, _ day: BusinessDate) -> Statement {
        """
        INSERT INTO enrolment_household (run, household, territory, is_insured, special_family,
            low_security, low_income, only_child, parent_births)
        WITH frozen AS (
            SELECT h.id, h.territory FROM household AS h
            WHERE starts_with(h.territory, \(run.territory))),
        members AS (
            SELECT p.household, bool_or(p.role = 'child') AS has_child,
                   bool_or(a.is_alive AND p.erased_on IS NULL AND p.territory IS NOT NULL)
                       AS is_inhabited,
                   bool_or(p.role IN ('head', 'spouse')) AS has_couple,
                   bool_or(p.role = 'parent') AS has_elders,
                   array_agg(p.birth_date ORDER BY p.birth_date)
                       FILTER (WHERE p.role IN ('head', 'spouse') AND a.is_alive) AS couple,
                   array_agg(p.birth_date ORDER BY p.birth_date)
                       FILTER (WHERE p.role = 'parent' AND a.is_alive) AS elders
            FROM person AS p JOIN frozen AS f ON f.id = p.household
            CROSS JOIN LATERAL (
                SELECT p.died_on IS NULL OR p.died_on >= \(day) AS is_alive) AS a
            WHERE p.merged_into IS NULL GROUP BY p.household),
        recognised AS (
            SELECT c.household,
                   bool_or(c.category IN ('bereaved', 'disabled_child')) AS special_family,
                   bool_or(c.category = 'low_security') AS low_security,
                   bool_or(c.category = 'low_income') AS low_income,
                   bool_or(c.category = 'only_child') AS only_child,
                   bool_or(c.category = 'only_child' AND c.role IN ('head', 'spouse')) AS of_elders,
                   bool_or(c.category = 'only_child' AND c.role = 'child') AS of_couple,
                   bool_or(c.category = 'only_child'
                           AND coalesce(c.role, 'parent') = 'parent') AS of_household
            FROM recognition AS c JOIN frozen AS f ON f.id = c.household
            WHERE c.valid_from <= \(day)
              AND (c.valid_to IS NULL OR c.valid_to >= \(day))
              AND (c.ended_on IS NULL OR c.ended_on > \(day))
            GROUP BY c.household),
        insured AS (
            SELECT DISTINCT p.insured FROM policy AS p
            WHERE p.product = \(run.product.uuid) AND p.state <> 'refused'
              AND p.cover && daterange(\(run.coverFrom), \(run.coverTo), '[]'))
        SELECT \(run.key), f.id, left(f.territory, 12), i.insured IS NOT NULL,
               coalesce(r.special_family, false), coalesce(r.low_security, false),
               coalesce(r.low_income, false), coalesce(r.only_child, false),
               coalesce(CASE WHEN r.of_couple
                               OR (r.of_household AND (m.has_child OR NOT m.has_elders))
                             THEN CASE WHEN m.has_couple THEN m.couple ELSE m.elders END END
                        || CASE WHEN r.of_elders
                                  OR (r.of_household AND NOT m.has_child AND m.has_elders)
                                THEN m.elders END,
                        '{}')
        FROM frozen AS f
        JOIN members AS m ON m.household = f.id AND m.is_inhabited
        LEFT JOIN recognised AS r ON r.household = f.id
        LEFT JOIN insured AS i ON i.insured = f.id
        ORDER BY f.id
        """
    }

    static func evaluate(_ command: EvaluateEnrolment, _ unit: UnitOfWork) throws -> Emission {
        var run = try Enrolments.find(command.run, unit)
        try run.step(.evaluate)
        try EnrolmentPlans.prepare(unit)
        try unit.execute("DELETE FROM enrolment_line WHERE run = \(run.key)")
        try unit.execute(run.insured == .person ? SupplementEvaluation.judge(run) : judge(run))
        let digest = try digest(run, unit)
        run.digest = digest
        let (insured, excluded) = try totals(run, unit)
        let fact = EnrolmentEvaluated(
            run: run.id, insured: insured, excluded: excluded, digest: digest)
        return try unit.save(&run, fact)
    }

    /// Writes a line for each frozen household: its basis and premium, or the reason of its exclusion. A
    /// household is left out if one of its members has withdrawn the consent to be named to the insurer.
    private static func judge(_ run: EnrolmentRun) -> Statement {
        """
        INSERT INTO enrolment_line (run, insured, territory, basis, reason, premium_fen)
        WITH offered AS MATERIALIZED (
            SELECT r.parent_minimum_age, r.parent_maximum_age, r.parent_rule,
                   max(p.premium_fen) FILTER (WHERE p.basis = 'special_family')
                       AS special_family_fen,
                   max(p.premium_fen) FILTER (WHERE p.basis = 'low_security') AS low_security_fen,
                   max(p.premium_fen) FILTER (WHERE p.basis = 'low_income') AS low_income_fen,
                   max(p.premium_fen) FILTER (WHERE p.basis = 'only_child_parents')
                       AS only_child_fen
            FROM product_rule AS r JOIN product_premium AS p USING (product, version)
            WHERE r.product = \(run.product.uuid) AND r.version = \(run.ruleVersion)
            GROUP BY r.product, r.version),
        withdrawn AS (
            SELECT DISTINCT household FROM insurer_withdrawal WHERE household IS NOT NULL),
        aged AS (
            SELECT h.*, o.*, w.household IS NOT NULL AS is_withdrawn, p.known, p.young, p.old,
                   h.only_child AND CASE o.parent_rule
                       WHEN 'any' THEN p.known > p.young + p.old
                       ELSE p.known > 0 AND p.young + p.old = 0 END AS parents_fit
            FROM enrolment_household AS h CROSS JOIN offered AS o
            LEFT JOIN withdrawn AS w ON w.household = h.household
            CROSS JOIN LATERAL (
                SELECT count(*) AS known,
                       count(*) FILTER (WHERE b.age < o.parent_minimum_age) AS young,
                       count(*) FILTER (WHERE b.age > o.parent_maximum_age) AS old
                FROM (SELECT completed_years(birth, \(run.referenceDate)) AS age
                      FROM unnest(h.parent_births) AS birth) AS b) AS p
            WHERE h.run = \(run.key)),
        judged AS (
            SELECT a.*, CASE
                WHEN a.is_insured OR a.is_withdrawn THEN NULL
                WHEN a.special_family AND a.special_family_fen IS NOT NULL THEN 'special_family'
                WHEN a.low_security AND a.low_security_fen IS NOT NULL THEN 'low_security'
                WHEN a.low_income AND a.low_income_fen IS NOT NULL THEN 'low_income'
                WHEN a.parents_fit AND a.only_child_fen IS NOT NULL THEN 'only_child_parents'
                END AS basis
            FROM aged AS a)
        SELECT j.run, j.household, j.territory, j.basis,
               CASE WHEN j.basis IS NOT NULL THEN NULL
                    WHEN j.is_insured THEN 'already_insured'
                    WHEN j.is_withdrawn THEN 'consent_withdrawn'
                    WHEN j.special_family OR j.low_security OR j.low_income OR j.parents_fit
                        THEN 'basis_not_insured'
                    WHEN NOT j.only_child THEN 'not_only_child_family'
                    WHEN j.known = 0 THEN 'no_parent_known'
                    WHEN j.old = 0 THEN 'parents_too_young'
                    WHEN j.young = 0 THEN 'parents_too_old'
                    ELSE 'parents_outside_ages' END,
               CASE j.basis WHEN 'special_family' THEN j.special_family_fen
                            WHEN 'low_security' THEN j.low_security_fen
                            WHEN 'low_income' THEN j.low_income_fen
                            WHEN 'only_child_parents' THEN j.only_child_fen END
        FROM judged AS j
        """
    }

    /// SHA-256 over all lines in order: equal lists have equal digests.
    static func digest(_ run: EnrolmentRun, _ unit: UnitOfWork) throws -> String {
        let rows = try unit.query("SELECT enrolment_digest(\(run.key))")
        return try rows.first?.decode(String.self, at: 0) ?? ""
    }

    private static func totals(
        _ run: EnrolmentRun, _ unit: UnitOfWork
    ) throws -> ([InsuredLine], [ExcludedLine]) {
        let rows = try unit.query(
            """
            SELECT basis, reason, count(*), count(DISTINCT household),
                   least(coalesce(sum(premium_fen), 0), \(Fen.range.upperBound + 1))::bigint
            FROM enrolment_line WHERE run = \(run.key) GROUP BY basis, reason
            """)
        var insured: [Basis: InsuredLine] = [:]
        var excluded: [ExcludedLine] = []
        for row in rows {
            var column = row.cursor()
            let basis = try column.next(optional: Basis.self)
            let reason = try column.next(optional: String.self)
            let counts = try run.counts(lines: column.next(), households: column.next())
            let premium = try column.next(Fen.self)
            if let basis {
                insured[basis] = InsuredLine(
                    basis: basis, households: counts.households, premiumFen: premium,
                    persons: counts.persons)
            } else if let reason {
                excluded.append(
                    ExcludedLine(
                        reason: reason, households: counts.households, persons: counts.persons))
            }
        }
        // Facts carry the premium of the run, and readers of facts accept no larger amount.
        guard insured.values.reduce(.zero, { $0 + $1.premiumFen }).rawValue <= Fen.range.upperBound
        else { throw Refusal(.premiumTooLarge, at: "/run") }
        return (
            Basis.allCases.compactMap { insured[$0] }, excluded.sorted { $0.reason < $1.reason }
        )
    }
}

/// Settings of PostgreSQL for statements over all lines of a run.
enum EnrolmentPlans {
    /// Lets sorts of some 100,000 rows stay in memory, for the rest of the transaction.
    static func prepare(_ unit: UnitOfWork) throws {
        _ = try unit.query("SET LOCAL work_mem TO '32MB'")
    }
}

extension EnrolmentRun {
    /// The counts that a fact about lines of this run has.
    /// - Parameter households: the distinct households of insured persons. Unused if the run insures
    ///   households: then each line is one.
    func counts(lines: Int, households: Int) -> (households: Int, persons: Int?) {
        insured == .person ? (households, lines) : (lines, nil)
    }
}

extension RefusalCode {
    static let projectionBehind = RefusalCode(
        "projection_behind", "at most as many households as were registered in the territory")
    static let premiumTooLarge = RefusalCode(
        "premium_too_large",
        "a run whose premiums are at most \(Fen.range.upperBound) fen together")
}
