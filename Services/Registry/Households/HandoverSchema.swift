import ServiceKit

extension Handovers {
    static let migration = Migration(
        "0014_handovers",
        """
        CREATE TABLE handover (
            id          uuid    PRIMARY KEY,
            person      uuid    NOT NULL,
            territory   text    NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
            household   uuid,
            role        text    CHECK (role IN ('head', 'spouse', 'child', 'parent')),
            moved_on    date    NOT NULL,
            is_accepted boolean,
            sequence    bigint  NOT NULL CHECK (sequence > 0),
            CHECK ((household IS NULL) = (role IS NULL))
        );
        CREATE INDEX handover_person ON handover (person);
        CREATE INDEX handover_territory ON handover (territory COLLATE "C", id);
        COMMENT ON COLUMN handover.person IS 'as the asker named the person, who may not be registered';
        COMMENT ON COLUMN handover.is_accepted IS 'null until the office of the person has decided';
        """)
}
