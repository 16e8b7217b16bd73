import ServiceKit

extension Keyring {
    // Keys stand apart from the values that they seal, so that backups of keys can be kept for a
    // shorter time.
    static let migration = Migration(
        "0010_privacy",
        """
        CREATE TABLE data_key (
            owner   uuid  PRIMARY KEY,
            wrapped bytea,
            master  bytea CHECK (octet_length(master) = 8),
            CONSTRAINT data_key_is_whole CHECK ((wrapped IS NULL) = (master IS NULL))
        );
        COMMENT ON TABLE data_key
            IS 'the key of a person or household, wrapped by a master key; null once it was destroyed';

        -- The operator's tool writes a rotation, and registry carries it out. At most one is open.
        CREATE TABLE key_rotation (
            id           integer     PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
            reason       text        NOT NULL,
            requested_at timestamptz NOT NULL DEFAULT now(),
            target       bytea,
            cursor       uuid        NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
            total        bigint,
            done         bigint      NOT NULL DEFAULT 0,
            left_over    bigint,
            finished_at  timestamptz
        );
        CREATE UNIQUE INDEX key_rotation_open_once ON key_rotation ((true)) WHERE finished_at IS NULL;

        \(KeySweep.schema)
        """)
}
