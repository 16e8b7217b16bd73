import ServiceKit

extension Territories {
    static let migration = Migration(
        "0002_territories",
        """
        CREATE TABLE territory (
            code         text PRIMARY KEY
                         CHECK (code ~ '^[0-9]+$' AND length(code) IN (2, 4, 6, 9, 12, 15)),
            name_zh      text NOT NULL,
            name_en      text NOT NULL,
            valid_from   date NOT NULL,
            valid_to     date CHECK (valid_to >= valid_from),
            edition      date NOT NULL,
            predecessors text NOT NULL DEFAULT '',
            successors   text NOT NULL DEFAULT ''
        );
        COMMENT ON COLUMN territory.predecessors IS 'codes of the units it took over, or parts of them';
        COMMENT ON COLUMN territory.successors IS 'codes of the units that took it over, or parts of it';

        CREATE TABLE territory_edition (
            edition  date   PRIMARY KEY,
            source   text   NOT NULL,
            sequence bigint NOT NULL CHECK (sequence > 0)
        );
        """)
}
