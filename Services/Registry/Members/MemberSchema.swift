import ServiceKit

extension Members {
    static let migration = Migration(
        "0006_members",
        """
        CREATE TABLE membership (
            id          uuid   PRIMARY KEY,
            person      uuid   NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            role        text   NOT NULL
                        CHECK (role IN ('member', 'group_leader', 'volunteer', 'staff', 'officer')),
            territory   text   NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
            level       text   CHECK (level IN ('community', 'subdistrict', 'district')),
            enrolled_on date,
            ending      text   CHECK (ending IN ('left', 'lapsed')),
            left_on     date   CHECK (left_on >= enrolled_on),
            sequence    bigint NOT NULL CHECK (sequence > 0),
            applied_on  date,
            is_void     boolean NOT NULL DEFAULT false,
            ended_by    text,
            CONSTRAINT membership_office_has_level
                CHECK ((level IS NOT NULL) = (role IN ('staff', 'officer'))),
            CONSTRAINT membership_ending_is_whole CHECK ((ending IS NULL) = (left_on IS NULL)),
            CONSTRAINT membership_cause_of_an_end CHECK (ended_by IS NULL OR left_on IS NOT NULL),
            CONSTRAINT membership_enrolled_after_application CHECK (enrolled_on >= applied_on),
            CONSTRAINT membership_applied_or_enrolled CHECK (
                is_void OR enrolled_on IS NOT NULL OR (applied_on IS NOT NULL AND left_on IS NULL))
        );
        CREATE INDEX membership_person ON membership (person);
        CREATE UNIQUE INDEX membership_active_once ON membership (person, role, territory)
            WHERE left_on IS NULL AND enrolled_on IS NOT NULL;
        COMMENT ON COLUMN membership.ended_by
            IS 'death, erasure, or the registration by whose merge it ended; null if the member left';
        """)
}
