/// The tables of what registry has published about people.
public enum PeopleSchema {
    /// For the migration of a service, which adds what its own statements need.
    public static let tables = """
        -- Of each record of registry the one with the highest version.
        CREATE TABLE household (
            id           uuid   PRIMARY KEY,
            version      bigint NOT NULL CHECK (version > 0),
            places       text   NOT NULL,
            dissolved_on date,
            territory    text   COLLATE "C" NOT NULL
        );
        COMMENT ON COLUMN household.places IS '<from>/<territory>, with spaces between them';
        COMMENT ON COLUMN household.territory IS 'that of the last place';

        CREATE TABLE person (
            id          uuid   PRIMARY KEY,
            version     bigint NOT NULL CHECK (version > 0),
            birth_date  date,
            sex         text   NOT NULL CHECK (sex IN ('male', 'female')),
            stays       text   NOT NULL,
            died_on     date,
            merged_into uuid   CHECK (merged_into <> id),
            merged_on   date,
            erased_on   date,
            household   uuid,
            role        text   CHECK (role IN ('head', 'spouse', 'child', 'parent')),
            territory   text   COLLATE "C",
            CHECK (birth_date IS NOT NULL OR erased_on IS NOT NULL OR merged_into IS NOT NULL)
        );
        COMMENT ON COLUMN person.stays IS '<from>/<territory>/<household>/<role>, - for nothing, with spaces between them';
        COMMENT ON COLUMN person.household IS 'that of the last stay, as role and territory';

        CREATE TABLE category (
            assertion   uuid   PRIMARY KEY,
            version     bigint NOT NULL CHECK (version > 0),
            household   uuid   NOT NULL,
            subject     uuid   NOT NULL,
            category    text   NOT NULL,
            valid_from  date   NOT NULL,
            valid_to    date,
            verified_on date,
            ended_on    date,
            revoked_on  date
        );

        CREATE TABLE membership (
            id          uuid    PRIMARY KEY,
            version     bigint  NOT NULL CHECK (version > 0),
            person      uuid    NOT NULL,
            role        text    NOT NULL,
            territory   text    COLLATE "C" NOT NULL,
            level       text,
            enrolled_on date,
            left_on     date,
            is_void     boolean NOT NULL
        );

        -- The ids of the rows that name a person or household.
        CREATE TABLE people_mention (
            id          uuid PRIMARY KEY,
            persons     text NOT NULL,
            assertions  text NOT NULL,
            memberships text NOT NULL
        );
        """
}
