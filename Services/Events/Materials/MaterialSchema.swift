import ServiceKit

extension Materials {
    static let migration = Migration(
        "0007_materials",
        """
        CREATE TABLE material (
            id          uuid   PRIMARY KEY,
            kind        text   NOT NULL CHECK (kind IN ('leaflet', 'booklet', 'poster', 'handbook')),
            programme   text   NOT NULL,
            territory   text   NOT NULL,
            title_zh    text   NOT NULL,
            title_en    text   NOT NULL,
            printed_on  date   NOT NULL,
            printed     bigint NOT NULL CHECK (printed > 0),
            distributed bigint NOT NULL CHECK (distributed >= 0),
            CONSTRAINT material_never_more_than_printed CHECK (distributed <= printed)
        );

        CREATE TABLE printing (
            id         uuid   PRIMARY KEY,
            material   uuid   NOT NULL REFERENCES material DEFERRABLE INITIALLY DEFERRED,
            copies     bigint NOT NULL CHECK (copies > 0),
            printed_on date   NOT NULL
        );

        CREATE TABLE distribution (
            id             uuid   PRIMARY KEY,
            material       uuid   NOT NULL REFERENCES material DEFERRABLE INITIALLY DEFERRED,
            territory      text   NOT NULL,
            session        uuid   REFERENCES session DEFERRABLE INITIALLY DEFERRED,
            copies         bigint NOT NULL CHECK (copies > 0),
            distributed_on date   NOT NULL
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
