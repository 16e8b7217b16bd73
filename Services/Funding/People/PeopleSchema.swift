import ServiceKit

/// The tables of registry's households, persons and categories.
enum PeopleSchema {
    static let migration = Migration(
        "0002_people",
        """
        -- Copies of what registry has published.
        CREATE TABLE household (
            id        uuid   PRIMARY KEY,
            territory text   COLLATE "C" NOT NULL,
            sequence  bigint NOT NULL,
            moved_on  date
        );

        CREATE TABLE person (
            id          uuid    PRIMARY KEY,
            household   uuid,
            role        text    CHECK (role IN ('head', 'spouse', 'child', 'parent')),
            birth_date  date    NOT NULL,
            sex         text    NOT NULL CHECK (sex IN ('male', 'female')),
            territory   text    COLLATE "C",
            sequence    bigint  NOT NULL,
            moved_on    date,
            died_on     date,
            merged_into uuid    CHECK (merged_into <> id),
            is_erased   boolean NOT NULL DEFAULT false
        );
        CREATE INDEX person_merged_into ON person (merged_into) WHERE merged_into IS NOT NULL;

        -- Whether the person has withdrawn the consent to be named to the insurer.
        CREATE TABLE insurer_consent (
            person       uuid    PRIMARY KEY,
            is_withdrawn boolean NOT NULL,
            sequence     bigint  NOT NULL
        );
        CREATE INDEX insurer_consent_withdrawn ON insurer_consent (person) WHERE is_withdrawn;

        -- Whom the insurer must not be told of now. A merge gives the survivor's row what stands.
        CREATE VIEW insurer_withdrawal AS
        SELECT p.id AS person, p.household FROM insurer_consent AS c JOIN person AS p ON p.id = c.person
        WHERE c.is_withdrawn AND p.merged_into IS NULL AND NOT p.is_erased AND p.died_on IS NULL;

        CREATE TABLE household_category (
            assertion   uuid    PRIMARY KEY,
            household   uuid    NOT NULL,
            subject     uuid    NOT NULL,
            category    text    NOT NULL,
            is_verified boolean NOT NULL,
            valid_from  date    NOT NULL,
            valid_to    date,
            ended_on    date
        );
        CREATE INDEX household_category_subject ON household_category (subject);

        -- The rules of eligibility look at one family at a time.
        CREATE INDEX person_household ON person (household) WHERE household IS NOT NULL;
        CREATE INDEX household_category_household ON household_category (household);

        -- All ids of the person to whom an id belongs.
        CREATE FUNCTION same_person(any_id uuid) RETURNS SETOF uuid
        LANGUAGE sql STABLE ROWS 2 AS $$
            WITH survivor AS (
                SELECT coalesce(p.merged_into, p.id) AS id FROM person AS p WHERE p.id = any_id)
            SELECT s.id FROM survivor AS s
            UNION ALL
            SELECT p.id FROM survivor AS s JOIN person AS p ON p.merged_into = s.id
        $$;

        -- Verified categories, each with the household for which it counts now. A person's category
        -- moves with the person.
        CREATE VIEW recognition AS
        SELECT CASE WHEN s.id IS NULL THEN c.household ELSE s.household END AS household,
               coalesce(s.id, c.subject) AS subject, s.id IS NOT NULL AS is_of_person, s.role,
               c.category, c.valid_from, c.valid_to, c.ended_on
        FROM household_category AS c
        LEFT JOIN person AS o ON o.id = c.subject
        LEFT JOIN person AS s ON s.id = coalesce(o.merged_into, o.id)
        WHERE c.is_verified;
        """)
}
