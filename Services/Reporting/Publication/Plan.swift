import Messages
import Postgres
import ServiceKit

/// What is public: of each measure the levels and periods that exist, as data (`plan_cell`), and the rules beside it.
struct Plan: Sendable {
    /// Below the exact units, counts from 1 up to one less are of few families; 1 hides nothing.
    let threshold: Int64
    /// A district with so many registered households is shown exactly. Before it has them, nothing about families is
    /// published of it.
    let exactFrom: Int64
    /// So many days after its end a period is settled: then figures about families below the district appear.
    let settleDays: Int32

    static func read(_ read: DatasetState.Reading) throws -> Plan {
        guard
            var row = try read("SELECT threshold, exact_from, settle_days FROM plan").first?
                .cursor()
        else { throw StoredValueError(type: "plan") }
        return Plan(
            threshold: try row.next(), exactFrom: try row.next(), settleDays: try row.next())
    }

    /// Of a level and period below the district, figures about families are sums: a distinct count, a smallest or a largest
    /// amount tells of one family by itself. Sparse events (claims, ends of policies) stand by year. Sources that say the
    /// same of the same families are not both published below the district.
    static let migration = Migration(
        contracting: "0024_plan",
        """
        -- Who is on duty is not about families. Nor are members, who work for the association: how many a branch has says of
        -- no family that it needs or gets anything.
        UPDATE measure SET protection = 'none'
        WHERE name IN ('shifts_completed', 'persons_on_duty', 'shifts_missed', 'members_active');

        CREATE TABLE plan (
            name        text COLLATE "C" PRIMARY KEY CHECK (name = 'plan'),
            threshold   bigint  NOT NULL CHECK (threshold BETWEEN 1 AND 100),
            exact_from  bigint  NOT NULL CHECK (exact_from >= 0),
            settle_days integer NOT NULL CHECK (settle_days BETWEEN 0 AND 366),
            -- When the edition of each day is made, in Asia/Shanghai.
            made_at     text    NOT NULL CHECK (made_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
            reason      text    NOT NULL,
            sequence    bigint  NOT NULL,
            defined_at  timestamptz NOT NULL DEFAULT now()
        );
        INSERT INTO plan (name, threshold, exact_from, settle_days, made_at, reason, sequence)
        VALUES ('plan', 5, 20000, 31, '02:00', 'before the association has decided', 0);

        -- Levels are lengths of codes: 6 district, 9 subdistrict, 12 community, 15 compound.
        CREATE TABLE plan_cell (
            measure   text COLLATE "C" NOT NULL REFERENCES measure,
            level     integer NOT NULL CHECK (level IN (6, 9, 12, 15)),
            span      span    NOT NULL,
            has_parts boolean NOT NULL,
            PRIMARY KEY (measure, level, span)
        );
        -- What is not about families.
        INSERT INTO plan_cell (measure, level, span, has_parts)
        SELECT m.name, l.level, s.span, true
        FROM measure m
        CROSS JOIN unnest(ARRAY[6, 9, 12, 15]) AS l (level)
        CROSS JOIN unnest(enum_range(NULL::span)) AS s (span)
        WHERE m.protection = 'none' AND s.span >= CASE
            WHEN l.level = 6 OR l.level = 9 AND m.is_additive AND NOT m.is_stock THEN 'day'
            WHEN l.level = 15 OR NOT m.is_additive THEN 'year'
            ELSE 'month' END::span;
        -- Families, in the district.
        INSERT INTO plan_cell (measure, level, span, has_parts)
        SELECT m.name, 6, s.span, true
        FROM measure m CROSS JOIN unnest(enum_range(NULL::span)) AS s (span)
        WHERE m.protection <> 'none' AND s.span >= CASE
            WHEN m.source IN ('write_off', 'overdue', 'caught_up', 'expiry', 'termination', 'claim',
                              'grant_return') THEN 'year'
            -- They are awarded in public.
            WHEN m.source = 'commendation' THEN 'day'
            ELSE 'month' END::span;
        -- Families below it.
        INSERT INTO plan_cell (measure, level, span, has_parts)
        SELECT m.name, l.level, s.span, false
        FROM measure m
        JOIN (VALUES ('registration', 12), ('insurance', 12), ('supplement', 9),
                     ('grant', 9), ('disbursement', 9), ('goods', 9), ('home_service', 9),
                     ('attendance', 9), ('commendation', 9)) AS d (source, deepest)
            ON d.source = m.source
        CROSS JOIN unnest(ARRAY[9, 12]) AS l (level)
        CROSS JOIN unnest(ARRAY['year', 'all']::span[]) AS s (span)
        WHERE m.protection <> 'none' AND m.is_additive AND l.level <= d.deepest;
        """)
}
