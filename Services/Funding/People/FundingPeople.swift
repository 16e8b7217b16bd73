import People
import ServiceKit

/// What funding keeps of registry's people. The birth dates of erased persons stay, as in registry, so that the rules judge their
/// families as before.
enum FundingPeople {
    static func register(in router: inout Router) {
        PeopleProjection(forgetsErased: false, review: LifeReview.review).register(in: &router)
    }

    static let migration = Migration("0002_people", PeopleSchema.tables + rules)

    /// What the statements of the rules need.
    private static let rules = """

        CREATE INDEX person_merged_into ON person (merged_into) WHERE merged_into IS NOT NULL;
        CREATE INDEX person_household ON person (household) WHERE household IS NOT NULL;
        CREATE INDEX category_subject ON category (subject);

        -- All ids of the person to whom an id belongs.
        CREATE FUNCTION same_person(any_id uuid) RETURNS SETOF uuid
        LANGUAGE sql STABLE ROWS 2 AS $$
            WITH survivor AS (
                SELECT coalesce(p.merged_into, p.id) AS id FROM person AS p WHERE p.id = any_id)
            SELECT s.id FROM survivor AS s
            UNION ALL
            SELECT p.id FROM survivor AS s JOIN person AS p ON p.merged_into = s.id
        $$;

        -- Whether the person has withdrawn the consent to be named to the insurer.
        CREATE TABLE insurer_consent (
            person       uuid    PRIMARY KEY,
            is_withdrawn boolean NOT NULL,
            sequence     bigint  NOT NULL
        );
        CREATE INDEX insurer_consent_withdrawn ON insurer_consent (person) WHERE is_withdrawn;

        -- Whom the insurer must not be told of now. What was decided under the id that counts now stands; without it, what was
        -- decided under another id of the person.
        CREATE VIEW insurer_withdrawal AS
        SELECT DISTINCT p.id AS person, p.household FROM insurer_consent AS c
        JOIN person AS o ON o.id = c.person
        JOIN person AS p ON p.id = coalesce(o.merged_into, o.id)
        WHERE c.is_withdrawn AND p.erased_on IS NULL AND p.died_on IS NULL
          AND (o.id = p.id
               OR NOT EXISTS (SELECT FROM insurer_consent AS s WHERE s.person = p.id));

        -- Verified categories, each with the household for which it counts now. A person's category goes with the person, and
        -- all but one end with the person: a family remains bereaved, whoever of it dies.
        CREATE VIEW recognition AS
        SELECT CASE WHEN s.id IS NULL THEN c.household ELSE s.household END AS household,
               coalesce(s.id, c.subject) AS subject, s.id IS NOT NULL AS is_of_person, s.role,
               c.category, c.valid_from, c.valid_to,
               CASE WHEN c.category = 'bereaved' THEN c.ended_on
                    ELSE least(c.ended_on, s.died_on + 1) END AS ended_on
        FROM category AS c
        LEFT JOIN person AS o ON o.id = c.subject
        LEFT JOIN person AS s ON s.id = coalesce(o.merged_into, o.id)
        WHERE c.verified_on IS NOT NULL AND c.revoked_on IS NULL;
        """
}
