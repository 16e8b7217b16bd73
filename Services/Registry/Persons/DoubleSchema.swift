import ServiceKit

extension Doubles {
    // The rows name ids alone. They stay when a pair agrees no more, so that an erasure finds the reasons that officers gave
    // for its task.
    static let migration = Migration(
        "0015_doubles",
        """
        CREATE TABLE probable_double (
            id     uuid PRIMARY KEY,
            first  uuid NOT NULL,
            second uuid NOT NULL,
            task   uuid NOT NULL,
            CONSTRAINT probable_double_in_order CHECK (first < second)
        );
        CREATE INDEX probable_double_first ON probable_double (first);
        CREATE INDEX probable_double_second ON probable_double (second);
        COMMENT ON TABLE probable_double IS 'two registrations that agreed when one of them was looked at';
        COMMENT ON COLUMN probable_double.id IS 'follows from both, and is the subject of their task';

        -- How far a job has read the journal of each owner.
        CREATE TABLE journal_round (
            owner    integer PRIMARY KEY,
            position bigint  NOT NULL
        );
        """)
}
