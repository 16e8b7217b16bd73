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
            decided_in  text,
            sequence    bigint  NOT NULL CHECK (sequence > 0),
            CHECK ((household IS NULL) = (role IS NULL)),
            CHECK ((is_accepted IS NULL) = (decided_in IS NULL))
        );
        CREATE INDEX handover_person ON handover (person);
        CREATE INDEX handover_territory ON handover (territory COLLATE "C", id);
        CREATE INDEX handover_decided_in ON handover (decided_in COLLATE "C", id)
            WHERE decided_in IS NOT NULL;
        COMMENT ON COLUMN handover.person IS 'as the asker named the person, who may not be registered';
        COMMENT ON COLUMN handover.is_accepted IS 'null until the office of the person has decided';
        COMMENT ON COLUMN handover.decided_in IS 'where the person lived when that office decided';
        """)
}
