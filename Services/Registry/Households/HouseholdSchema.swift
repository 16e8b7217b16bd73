import ServiceKit

extension Households {
    static let migration = Migration(
        "0003_households",
        """
        CREATE TABLE household (
            id            uuid    PRIMARY KEY,
            territory     text    NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
            registered_on date    NOT NULL,
            assertions    text    NOT NULL,
            sequence      bigint  NOT NULL CHECK (sequence > 0),
            members       text    NOT NULL DEFAULT '',
            present       integer NOT NULL DEFAULT 0 CHECK (present >= 0),
            counted_from  date
        );
        COMMENT ON COLUMN household.assertions
            IS 'ids of the categories asserted of it and its members';
        COMMENT ON COLUMN household.members IS 'ids of the persons in it';
        COMMENT ON COLUMN household.present IS 'members who live here; without one it does not count';
        """)
}
