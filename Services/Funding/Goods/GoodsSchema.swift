import ServiceKit

/// The tables of goods: stocks and their changes, kits, issues and returns.
enum GoodsSchema {
    static let migration = Migration(
        "0010_goods",
        """
        CREATE TABLE stock (
            id        text   PRIMARY KEY,
            item      text   NOT NULL,
            territory text   COLLATE "C" NOT NULL,
            site      uuid,
            quantity  bigint NOT NULL,
            CONSTRAINT stock_never_negative CHECK (quantity >= 0)
        );

        CREATE TABLE stock_change (
            cause         uuid   NOT NULL,
            item          text   NOT NULL,
            territory     text   COLLATE "C" NOT NULL,
            site          uuid,
            quantity      bigint NOT NULL CHECK (quantity <> 0),
            business_date date   NOT NULL,
            PRIMARY KEY (cause, item)
        );

        CREATE TRIGGER stock_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_change
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        CREATE TABLE goods_movement (
            id            uuid   PRIMARY KEY,
            kind          text   NOT NULL CHECK (kind IN ('received', 'kitted', 'written_off')),
            item          text   NOT NULL,
            quantity      bigint NOT NULL CHECK (quantity > 0),
            territory     text   COLLATE "C" NOT NULL,
            site          uuid,
            programme     text,
            reason        text   CHECK ((reason IS NOT NULL) = (kind = 'written_off')),
            business_date date   NOT NULL
        );

        CREATE TABLE kit (
            item     text    PRIMARY KEY,
            version  integer NOT NULL CHECK (version > 0),
            sequence bigint  NOT NULL CHECK (sequence > 0)
        );

        CREATE TABLE kit_part (
            kit      text    NOT NULL REFERENCES kit DEFERRABLE INITIALLY DEFERRED,
            version  integer NOT NULL,
            item     text    NOT NULL CHECK (item <> kit),
            quantity bigint  NOT NULL CHECK (quantity > 0),
            PRIMARY KEY (kit, version, item)
        );

        CREATE TRIGGER kit_part_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kit_part
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        CREATE TABLE goods_issue (
            id              uuid    PRIMARY KEY,
            item            text    NOT NULL,
            quantity        bigint  NOT NULL CHECK (quantity > 0),
            returned        bigint  NOT NULL,
            place_territory text    COLLATE "C" NOT NULL,
            place_site      uuid,
            recipient_kind  text    CHECK (recipient_kind IN ('household', 'person', 'site')),
            recipient       uuid,
            household       uuid,
            territory       text    COLLATE "C" NOT NULL,
            programme       text,
            families        integer NOT NULL CHECK (families >= 0),
            business_date   date    NOT NULL,
            sequence        bigint  NOT NULL CHECK (sequence > 0),
            CHECK ((recipient_kind IS NULL) = (recipient IS NULL)),
            CONSTRAINT goods_returned_once CHECK (returned BETWEEN 0 AND quantity)
        );

        CREATE TABLE goods_return (
            id            uuid   PRIMARY KEY,
            issue         uuid   NOT NULL REFERENCES goods_issue DEFERRABLE INITIALLY DEFERRED,
            quantity      bigint NOT NULL CHECK (quantity > 0),
            business_date date   NOT NULL
        );

        -- Has a row for each stock that is wrong, and none while all are sound.
        CREATE VIEW goods_check AS
        SELECT coalesce(s.item, c.item) AS item,
               'a stock is not the sum of its changes' AS problem
        FROM stock AS s FULL JOIN (
            SELECT item, territory, site, sum(quantity) AS quantity
            FROM stock_change GROUP BY item, territory, site) AS c
            ON c.item = s.item AND c.territory = s.territory
                AND coalesce(c.site, '00000000-0000-0000-0000-000000000000')
                  = coalesce(s.site, '00000000-0000-0000-0000-000000000000')
        WHERE s.quantity IS DISTINCT FROM c.quantity
        UNION ALL
        SELECT i.item, 'what came back is not what the returns say'
        FROM goods_issue AS i LEFT JOIN (
            SELECT issue, sum(quantity) AS quantity FROM goods_return GROUP BY issue) AS r
            ON r.issue = i.id
        WHERE i.returned <> coalesce(r.quantity, 0);
        """)
}
