import ServiceKit

extension RegistryProjection {
    static let migration = Migration(
        "0003_people",
        """
        -- From registry's facts. All rows are found by their keys, so there are no other indexes. The rows
        -- of persons and categories say what holds now; a household lists which of them to look at.
        CREATE TABLE household (
            id            uuid    PRIMARY KEY,
            is_registered boolean NOT NULL,
            members       text    NOT NULL,
            assertions    text    NOT NULL,
            territory     text    COLLATE "C",
            sequence      bigint  NOT NULL,
            moved_on      date
        );

        CREATE TABLE person (
            id          uuid    PRIMARY KEY,
            household   uuid,
            role        text    CHECK (role IN ('head', 'spouse', 'child', 'parent')),
            birth_date  date,
            died_on     date,
            merged_into uuid    CHECK (merged_into <> id),
            is_erased   boolean NOT NULL,
            memberships text    NOT NULL,
            sequence    bigint  NOT NULL,
            territory   text    COLLATE "C",
            moved_on    date,
            CHECK ((birth_date IS NULL) = is_erased)
        );

        CREATE TABLE special_category (
            assertion   uuid    PRIMARY KEY,
            household   uuid    NOT NULL,
            is_verified boolean NOT NULL,
            valid_from  date    NOT NULL,
            valid_to    date,
            ended_on    date
        );

        CREATE TABLE membership (
            id          uuid PRIMARY KEY,
            person      uuid NOT NULL,
            enrolled_on date NOT NULL,
            left_on     date
        );
        """)
}
