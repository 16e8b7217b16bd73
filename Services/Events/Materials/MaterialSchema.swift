import ServiceKit

extension Materials {
    static let migration = Migration(
        "0007_materials",
        """
        -- The smallest number of copies on any day, at most 0. Dates are sorted as texts: casting them depends on settings.
        CREATE FUNCTION least_stock(stock text) RETURNS bigint
        LANGUAGE sql IMMUTABLE AS $$
            SELECT least(min(copies), 0)::bigint FROM (
                SELECT sum(split_part(change, ':', 2)::bigint)
                       OVER (ORDER BY split_part(change, ':', 1) COLLATE "C") AS copies
                FROM unnest(string_to_array(stock, ' ')) AS change
                WHERE change <> '') AS days
        $$;

        CREATE TABLE material (
            id          uuid   PRIMARY KEY,
            kind        text   NOT NULL CHECK (kind IN ('leaflet', 'booklet', 'poster', 'handbook')),
            programme   text   NOT NULL,
            territory   text   NOT NULL,
            title_zh    text   NOT NULL,
            title_en    text   NOT NULL,
            printed_on  date   NOT NULL,
            printed     bigint NOT NULL CHECK (printed >= 0),
            distributed bigint NOT NULL CHECK (distributed >= 0),
            stock       text   NOT NULL COLLATE "C",
            CONSTRAINT material_never_more_than_printed CHECK (distributed <= printed),
            CONSTRAINT material_printed_on_every_day CHECK (least_stock(stock) >= 0)
        );
        COMMENT ON COLUMN material.stock
            IS 'the copies that were printed or returned (+), or handed out (-), by day: 2019-05-20:1000 2019-06-01:-300';

        CREATE TABLE printing (
            id         uuid   PRIMARY KEY,
            material   uuid   NOT NULL REFERENCES material DEFERRABLE INITIALLY DEFERRED,
            copies     bigint NOT NULL CHECK (copies > 0),
            printed_on date   NOT NULL,
            is_void    boolean NOT NULL DEFAULT false,
            sequence   bigint NOT NULL DEFAULT 1 CHECK (sequence > 0)
        );

        CREATE TABLE distribution (
            id             uuid   PRIMARY KEY,
            material       uuid   NOT NULL REFERENCES material DEFERRABLE INITIALLY DEFERRED,
            territory      text   NOT NULL,
            session        uuid   REFERENCES session DEFERRABLE INITIALLY DEFERRED,
            copies         bigint NOT NULL CHECK (copies > 0),
            distributed_on date   NOT NULL,
            returns        text   NOT NULL DEFAULT '',
            is_void        boolean NOT NULL DEFAULT false
        );
        """)

    static let returnsMigration = Migration(
        "0012_material_returns",
        """
        ALTER TABLE distribution
            ADD COLUMN returned bigint NOT NULL DEFAULT 0,
            ADD COLUMN sequence bigint NOT NULL DEFAULT 1 CHECK (sequence > 0),
            ADD CONSTRAINT distribution_returned_once CHECK (returned BETWEEN 0 AND copies);

        CREATE TABLE material_return (
            id           uuid   PRIMARY KEY,
            distribution uuid   NOT NULL REFERENCES distribution DEFERRABLE INITIALLY DEFERRED,
            copies       bigint NOT NULL CHECK (copies > 0),
            returned_on  date   NOT NULL
        );
        """)
}
