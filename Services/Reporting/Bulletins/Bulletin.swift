import ServiceKit

/// The lines of the bulletin in the order of print, and what they say now: the view `bulletin`.
///
/// `value` is in the line's unit: amounts of money are in fen. Lines come by `reporting.bulletin.define`
/// (`BulletinDefinitions`). The texts of both migrations once had the lines of one district, which the next ones took away.
enum Bulletin {
    static let migration = Migration(
        "0009_bulletin",
        """
        CREATE TABLE bulletin_line (
            number    integer PRIMARY KEY,
            name_zh   text NOT NULL,
            name_en   text NOT NULL,
            measure   text COLLATE "C" NOT NULL REFERENCES measure,
            programme text COLLATE "C" NOT NULL,
            dimension text COLLATE "C" NOT NULL
        );
        """,
        once: ["e4a301e4ac845c726fbee8bda797f4f3671e80d2e48114a8700a6e94a3caea64"])

    /// Each line has its territory and period.
    static let wholeMigration = Migration(
        contracting: "0014_whole_bulletin",
        """
        DROP VIEW IF EXISTS bulletin;
        DELETE FROM bulletin_line;
        ALTER TABLE bulletin_line
            ADD COLUMN territory text COLLATE "C" NOT NULL,
            ADD COLUMN span      span NOT NULL,
            ADD COLUMN start     date NOT NULL,
            ADD CHECK (start = span_start(span, start));

        CREATE VIEW bulletin AS
        SELECT b.number, b.name_zh, b.name_en, b.measure, b.programme, b.dimension, b.territory,
               period_name(b.span, b.start) AS period, coalesce(f.value, 0) AS value, m.unit
        FROM bulletin_line b JOIN measure m ON m.name = b.measure
        -- One look for each line: joined at once, all figures would be made for it.
        LEFT JOIN LATERAL (
            SELECT g.value FROM figure g
            WHERE g.measure = b.measure AND g.programme = b.programme
              AND g.dimension = b.dimension AND g.territory = b.territory AND g.span = b.span
              AND g.start = b.start
            LIMIT 1) f ON true
        ORDER BY b.number;
        """,
        once: ["b2431184ce6473aa1cc582286fe364c1f4252107277cdb5fdb50a44157b589e7"])
}
