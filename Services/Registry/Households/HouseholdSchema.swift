import ServiceKit

extension Households {
    static let migration = Migration(
        "0003_households",
        """
        CREATE TABLE household (
            id           uuid   PRIMARY KEY,
            territory    text   NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
            places       text   NOT NULL CHECK (places <> ''),
            dissolved_on date,
            members      text   NOT NULL DEFAULT '',
            former       text   NOT NULL DEFAULT '',
            assertions   text   NOT NULL,
            version      bigint NOT NULL CHECK (version > 0),
            sequence     bigint NOT NULL CHECK (sequence > 0)
        );
        COMMENT ON COLUMN household.territory IS 'that of its last place';
        COMMENT ON COLUMN household.places IS 'where it has lived: <day>/<territory>, in the order of days';
        COMMENT ON COLUMN household.dissolved_on IS 'the first day without it';
        COMMENT ON COLUMN household.members IS 'ids of the persons whose last stay names it';
        COMMENT ON COLUMN household.former IS 'ids of others who have lived in it, or were said to';
        COMMENT ON COLUMN household.assertions IS 'ids of the categories asserted of the household itself';
        COMMENT ON COLUMN household.version IS 'that of its record in facts';
        """)

    /// How a household has ended, so that it can be taken back.
    static let merges = Migration(
        "0016_household_merges",
        """
        ALTER TABLE household
            ADD COLUMN merged_into uuid,
            ADD COLUMN joined      text NOT NULL DEFAULT '',
            ADD COLUMN absorbed    text NOT NULL DEFAULT '';
        COMMENT ON COLUMN household.merged_into IS 'the household into which it was merged';
        COMMENT ON COLUMN household.joined IS 'ids of the persons whom that merge has moved';
        COMMENT ON COLUMN household.absorbed
            IS 'ids of the households that were merged into this one, also if that was taken back';
        """)
}
