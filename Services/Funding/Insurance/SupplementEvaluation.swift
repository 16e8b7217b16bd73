import Foundation
import Messages
import Postgres
import ServiceKit

/// Applies rule E2 to a run over a product that insures persons, with one statement for all: bereaved
/// persons of the territory who have the rule's minimum age are insured.
///
/// The bereaved persons depend on the subject of the category:
/// - a member who is not a child of the household: this member;
/// - the household as such, or its child: the parents, who are the household's head and spouse, or its
///   members with the role parent if it has neither.
///
/// A person is insured once, whatever the number of ids. A person who died before the reference date or
/// was erased is not insured.
enum SupplementEvaluation {
    /// Copies the data of each person that the rule needs.
    static func copy(_ run: EnrolmentRun, _ day: BusinessDate) -> Statement {
        """
        INSERT INTO enrolment_person (run, person, household, territory, is_insured, is_bereaved,
            birth_date)
        WITH frozen AS (
            SELECT p.id, p.household, p.territory, p.birth_date FROM person AS p
            WHERE starts_with(p.territory, \(run.territory)) AND p.merged_into IS NULL
              AND p.erased_on IS NULL AND (p.died_on IS NULL OR p.died_on >= \(day))),
        recognised AS (
            SELECT c.household, c.subject,
                   NOT c.is_of_person OR c.role IS NOT DISTINCT FROM 'child' AS is_household
            FROM recognition AS c
            WHERE c.category = 'bereaved' AND c.valid_from <= \(day)
              AND (c.valid_to IS NULL OR c.valid_to >= \(day))
              AND (c.ended_on IS NULL OR c.ended_on > \(day))),
        parents AS (
            SELECT array_agg(p.id) FILTER (WHERE p.role IN ('head', 'spouse')) AS couple,
                   array_agg(p.id) FILTER (WHERE p.role = 'parent') AS elders
            FROM person AS p
            JOIN (SELECT DISTINCT household FROM recognised WHERE is_household) AS r
                ON r.household = p.household
            WHERE p.merged_into IS NULL
            GROUP BY p.household),
        bereaved AS (
            SELECT subject AS person FROM recognised WHERE NOT is_household
            UNION SELECT unnest(coalesce(couple, elders)) FROM parents),
        insured AS (
            SELECT DISTINCT coalesce(s.merged_into, p.insured) AS insured
            FROM policy AS p LEFT JOIN person AS s ON s.id = p.insured
            WHERE p.product = \(run.product.uuid) AND p.state <> 'refused'
              AND p.cover && daterange(\(run.coverFrom), \(run.coverTo), '[]'))
        SELECT \(run.key), f.id, f.household, left(f.territory, 12), i.insured IS NOT NULL,
               b.person IS NOT NULL, f.birth_date
        FROM frozen AS f
        LEFT JOIN bereaved AS b ON b.person = f.id
        LEFT JOIN insured AS i ON i.insured = f.id
        ORDER BY f.id
        """
    }

    /// The number of households of the frozen persons.
    static func households(_ run: EnrolmentRun, _ unit: UnitOfWork) throws -> Int {
        let rows = try unit.query(
            "SELECT count(DISTINCT household) FROM enrolment_person WHERE run = \(run.key)")
        return try rows.first?.decode(Int.self, at: 0) ?? 0
    }

    /// Writes a line for each frozen person: the basis and premium, or the reason of the exclusion.
    static func judge(_ run: EnrolmentRun) -> Statement {
        """
        INSERT INTO enrolment_line (run, insured, household, territory, basis, reason, premium_fen)
        WITH offered AS MATERIALIZED (
            SELECT r.bereaved_minimum_age, p.premium_fen
            FROM product_rule AS r
            LEFT JOIN product_premium AS p
                ON p.product = r.product AND p.version = r.version AND p.basis = 'bereaved'
            WHERE r.product = \(run.product.uuid) AND r.version = \(run.ruleVersion)),
        -- Two frozen persons may have been merged since. One of them stays, preferably a bereaved one.
        persons AS (
            SELECT e.*, row_number() OVER (
                       PARTITION BY coalesce(p.merged_into, e.person)
                       ORDER BY e.is_bereaved DESC, p.merged_into NULLS FIRST, e.person) AS place
            FROM enrolment_person AS e LEFT JOIN person AS p ON p.id = e.person
            WHERE e.run = \(run.key)),
        withdrawn AS (
            SELECT DISTINCT same_person(person) AS person FROM insurer_withdrawal),
        judged AS (
            SELECT e.*, o.premium_fen, CASE
                WHEN e.is_insured THEN 'already_insured'
                WHEN w.person IS NOT NULL THEN 'consent_withdrawn'
                WHEN e.place > 1 THEN 'same_person'
                WHEN NOT e.is_bereaved THEN 'not_bereaved'
                WHEN completed_years(e.birth_date, \(run.referenceDate)) < o.bereaved_minimum_age
                    THEN 'too_young'
                END AS reason
            FROM persons AS e CROSS JOIN offered AS o
            LEFT JOIN withdrawn AS w ON w.person = e.person)
        SELECT j.run, j.person, j.household, j.territory,
               CASE WHEN j.reason IS NULL THEN 'bereaved' END, j.reason,
               CASE WHEN j.reason IS NULL THEN j.premium_fen END
        FROM judged AS j
        """
    }
}
