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
            last_on   date   NOT NULL,
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

        -- The change of each stock on each business date. It follows from stock_change.
        CREATE TABLE stock_day (
            stock    text   NOT NULL,
            day      date   NOT NULL,
            quantity bigint NOT NULL,
            PRIMARY KEY (stock, day)
        );
        SELECT revoke_rights('stock_day', 'INSERT, UPDATE, DELETE, TRUNCATE');

        -- The id of a stock. `Stock.key` says the same.
        CREATE FUNCTION stock_id(territory text, site uuid, item text) RETURNS text
        LANGUAGE sql IMMUTABLE
        RETURN territory || '/' || coalesce(site::text, '') || '/' || item;

        -- The least quantity at the end of that day or of any later one. It goes back from the quantity of
        -- now, so that only the days after that day are read.
        CREATE FUNCTION lowest_stock(of_stock text, from_day date) RETURNS bigint
        LANGUAGE sql STABLE
        RETURN (
            SELECT (s.quantity - greatest(0, coalesce(later.most, 0)))::bigint
            FROM stock AS s
            CROSS JOIN LATERAL (
                SELECT max(since.quantity) AS most
                FROM (SELECT sum(d.quantity) OVER (ORDER BY d.day DESC) AS quantity
                      FROM stock_day AS d WHERE d.stock = of_stock AND d.day > from_day) AS since)
                AS later
            WHERE s.id = of_stock);

        -- Books changes of stocks. Whoever adds one has changed the row of its stock before, and so holds it
        -- locked: of two at once, the later one sees what the earlier one took.
        CREATE FUNCTION book_stock() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            INSERT INTO stock_day (stock, day, quantity)
            SELECT stock_id(a.territory, a.site, a.item), a.business_date, sum(a.quantity)::bigint
            FROM added AS a GROUP BY 1, 2 ORDER BY 1, 2
            ON CONFLICT (stock, day) DO UPDATE SET quantity = stock_day.quantity + EXCLUDED.quantity;

            IF EXISTS (
                SELECT FROM (
                    SELECT stock_id(a.territory, a.site, a.item) AS stock, min(a.business_date) AS day
                    FROM added AS a WHERE a.quantity < 0 GROUP BY 1) AS l
                WHERE lowest_stock(l.stock, l.day) < 0)
            THEN
                RAISE EXCEPTION 'a stock would be below zero on a business date'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'stock_never_negative',
                          TABLE = 'stock';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER book_stock AFTER INSERT ON stock_change
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION book_stock();

        CREATE TABLE goods_movement (
            id            uuid   PRIMARY KEY,
            kind          text   NOT NULL CHECK (kind IN ('received', 'kitted', 'written_off')),
            item          text   NOT NULL,
            quantity      bigint NOT NULL CHECK (quantity > 0),
            territory     text   COLLATE "C" NOT NULL,
            site          uuid,
            programme     text,
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
        SELECT coalesce(d.stock, c.stock), 'the days of a stock are not the sums of its changes'
        FROM stock_day AS d FULL JOIN (
            SELECT stock_id(territory, site, item) AS stock, business_date,
                   sum(quantity) AS quantity
            FROM stock_change GROUP BY 1, 2) AS c
            ON c.stock = d.stock AND c.business_date = d.day
        WHERE d.quantity IS DISTINCT FROM c.quantity
        UNION ALL
        SELECT item, 'a stock is below zero on a business date'
        FROM stock AS s WHERE lowest_stock(s.id, '-infinity') < 0
        UNION ALL
        SELECT i.item, 'what came back is not what the returns say'
        FROM goods_issue AS i LEFT JOIN (
            SELECT issue, sum(quantity) AS quantity FROM goods_return GROUP BY issue) AS r
            ON r.issue = i.id
        WHERE i.returned <> coalesce(r.quantity, 0);
        """)
}
