import ServiceKit

extension Editions {
    static let migration = Migration(
        "0005_publication", [datasets, editions, plan].joined(separator: "\n\n"))

    private static let datasets = """
        -- Each dataset has a stream of changed cells. An edition has used all seqs up to `written`. Those up to `published`
        -- are in force, and those from `first` on are kept. `digest` and `cells` describe the state in force. The columns
        -- `confirmed…` describe the part of the next edition that the broker has confirmed.
        CREATE TABLE dataset (
            name             text COLLATE "C" PRIMARY KEY,
            written          bigint NOT NULL DEFAULT 0,
            published        bigint NOT NULL DEFAULT 0,
            first            bigint NOT NULL DEFAULT 1,
            digest           text   NOT NULL DEFAULT repeat('0', 64),
            cells            bigint NOT NULL DEFAULT 0,
            beat_at          timestamptz,
            confirmed        bigint NOT NULL DEFAULT 0,
            confirmed_digest text   NOT NULL DEFAULT repeat('0', 64),
            confirmed_cells  bigint NOT NULL DEFAULT 0,
            CHECK (0 <= published AND published <= written)
        );
        INSERT INTO dataset (name) VALUES ('activities'), ('families'), ('funding');

        -- The published cells. A null figure existed once and was taken back. `hiding` has a letter for each measure: p if it
        -- is hidden for itself, c if it is hidden to protect another one, - if it is shown. It is empty if all are shown.
        CREATE TABLE summary (
            dataset       text COLLATE "C" NOT NULL REFERENCES dataset,
            seq           bigint      NOT NULL,
            id            uuid        NOT NULL,
            time          timestamptz NOT NULL,
            territory     text COLLATE "C" NOT NULL,
            span          span        NOT NULL,
            programme     text COLLATE "C" NOT NULL,
            start         date        NOT NULL,
            measures      text[]      NOT NULL,
            figures       bigint[]    NOT NULL CHECK (cardinality(figures) = cardinality(measures)),
            vintage       integer     NOT NULL DEFAULT 0,
            status        text        NOT NULL DEFAULT 'provisional',
            reason        text        NOT NULL DEFAULT 'routine',
            replaces      bigint,
            superseded_by bigint,
            hiding        text        NOT NULL DEFAULT '',
            edition       bigint      NOT NULL DEFAULT 0,
            PRIMARY KEY (dataset, seq),
            CONSTRAINT summary_status CHECK (status IN ('provisional', 'final', 'revised')),
            CONSTRAINT summary_reason CHECK (
                reason IN ('routine', 'late_data', 'correction', 'method')),
            CONSTRAINT summary_vintage CHECK (
                vintage >= 0 AND (vintage = 0) = (status = 'provisional')),
            CONSTRAINT summary_order CHECK (replaces < seq AND seq < superseded_by),
            CONSTRAINT summary_hiding CHECK (length(hiding) IN (0, cardinality(measures)))
        );
        CREATE INDEX summary_cell ON summary (dataset, territory, span, programme, start, seq);
        CREATE INDEX summary_time ON summary (dataset, time, seq);
        -- A page lists the revisions from the newest on. They are few among many rows.
        CREATE INDEX summary_revised ON summary (time, dataset, seq) WHERE status = 'revised';
        CREATE INDEX summary_newest ON summary (dataset, programme) WHERE superseded_by IS NULL;
        CREATE INDEX summary_hidden ON summary (dataset, programme) WHERE hiding ~ '[pc]';
        """

    private static let editions = """
        CREATE TABLE edition (
            number       bigint PRIMARY KEY CHECK (number > 0),
            -- The id of the message that announces the whole edition.
            id           uuid        NOT NULL,
            -- All figures are as of this moment.
            as_of        timestamptz NOT NULL,
            cause        text        NOT NULL CHECK (cause IN ('calendar', 'request', 'change')),
            -- The edition answers all requests up to this one.
            request      bigint      NOT NULL,
            -- Whether cells changed because of a new plan or a rebuild.
            is_method    boolean     NOT NULL,
            cells        bigint      NOT NULL,
            changed      bigint      NOT NULL,
            hidden       bigint      NOT NULL,
            took_ms      bigint      NOT NULL DEFAULT 0,
            published_at timestamptz,
            -- The number of its rows in `edition_gap`, which are deleted after some days.
            gaps         bigint      NOT NULL DEFAULT 0,
            -- The edition has the changes of `intake` up to these numbers.
            changes      bigint      NOT NULL DEFAULT 0,
            methods      bigint      NOT NULL DEFAULT 0
        );

        -- The parts of the plan that an edition leaves out, each with its reason.
        CREATE TABLE edition_gap (
            edition   bigint NOT NULL REFERENCES edition,
            district  text COLLATE "C" NOT NULL,
            source    text COLLATE "C" NOT NULL,
            programme text COLLATE "C" NOT NULL,
            period    text COLLATE "C" NOT NULL,
            -- The edition leaves out this level and those below.
            level     integer NOT NULL,
            -- families: too few families are registered. totals: the total is too small to be divided. signed: a figure is
            -- below zero. waiting: corrections of few families wait. forgotten: a forgotten edition says something else, or
            -- may have said it.
            why       text NOT NULL
                      CHECK (why IN ('families', 'totals', 'signed', 'waiting', 'forgotten')),
            units     bigint NOT NULL
        );
        CREATE INDEX edition_gap_edition ON edition_gap (edition);

        -- `sequence` counts the requests for editions. An edition answers all requests that came before it.
        CREATE TABLE edition_request (
            name     text COLLATE "C" PRIMARY KEY,
            reason   text   NOT NULL,
            -- The last request that asked for corrections of few families too.
            revises  bigint NOT NULL,
            sequence bigint NOT NULL
        );

        -- `changes` counts everything that may have changed figures. `methods` counts the rebuilds and new plans among them.
        -- They are numbers, not times, because the clocks of two machines differ. The plan below is the first change.
        CREATE TABLE intake (
            is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
            changes bigint  NOT NULL DEFAULT 0,
            methods bigint  NOT NULL DEFAULT 0
        );
        INSERT INTO intake (changes, methods) VALUES (1, 1);

        -- The places and days of corrections since the last edition.
        CREATE TABLE corrected (
            source    text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            day       date NOT NULL,
            programme text COLLATE "C" NOT NULL
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

        -- The figures of the edition that is being made. At other times the table is empty.
        CREATE UNLOGGED TABLE edition_figure (
            dataset   text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            span      span   NOT NULL,
            programme text COLLATE "C" NOT NULL,
            start     date   NOT NULL,
            name      text COLLATE "C" NOT NULL,
            value     bigint,
            showing   text   NOT NULL DEFAULT '-'
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
        COMMENT ON COLUMN edition_figure.value IS 'null if a forgotten edition hid the figure, so that nobody knows it';

        -- The last of the forgotten editions: its figures about families below the district. It has rows while forgotten
        -- editions are being read.
        CREATE TABLE forgotten_figure (
            territory text COLLATE "C" NOT NULL,
            span      span NOT NULL,
            programme text COLLATE "C" NOT NULL,
            start     date NOT NULL,
            measure   text COLLATE "C" NOT NULL REFERENCES measure,
            -- Null if that edition hid the figure.
            value     bigint,
            -- The value that a forgotten edition showed last, even if a later one hides it. Null if none showed it.
            shown     bigint,
            PRIMARY KEY (territory, span, programme, start, measure)
        );

        -- Whether the edition in force has all that was taken in.
        CREATE FUNCTION is_published() RETURNS boolean LANGUAGE sql STABLE AS $$
            SELECT NOT EXISTS (SELECT FROM delta)
               AND NOT EXISTS (SELECT FROM edition WHERE published_at IS NULL)
               AND i.changes <= coalesce((SELECT max(changes) FROM edition), 0)
            FROM intake i
        $$;
        """

    /// The plan before the association has sent one. Below the district, figures about families are sums: a distinct count, a
    /// smallest or a largest amount tells of one family by itself. Sparse events (claims, ends of policies) stand by year. Of
    /// sources that say the same of the same families (`Source.ofSameFamilies`) one is published below the district.
    private static let plan = """
        CREATE TABLE plan (
            name        text COLLATE "C" PRIMARY KEY CHECK (name = 'plan'),
            threshold   bigint  NOT NULL CHECK (threshold BETWEEN 1 AND 100),
            exact_from  bigint  NOT NULL CHECK (exact_from >= 0),
            settle_days integer NOT NULL CHECK (settle_days BETWEEN 0 AND 366),
            -- The time of the daily edition in Asia/Shanghai.
            made_at     text    NOT NULL CHECK (made_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
            reason      text    NOT NULL,
            sequence    bigint  NOT NULL,
            defined_at  timestamptz NOT NULL DEFAULT now()
        );
        INSERT INTO plan (name, threshold, exact_from, settle_days, made_at, reason, sequence)
        VALUES ('plan', 5, 20000, 31, '02:00', 'before the association has decided', 0);

        -- A level is the length of its codes: 6 is a district, 9 a subdistrict, 12 a community, 15 a compound.
        CREATE TABLE plan_cell (
            measure   text COLLATE "C" NOT NULL REFERENCES measure,
            level     integer NOT NULL CHECK (level IN (6, 9, 12, 15)),
            span      span    NOT NULL,
            has_parts boolean NOT NULL,
            PRIMARY KEY (measure, level, span)
        );
        -- Measures that are not about families.
        INSERT INTO plan_cell (measure, level, span, has_parts)
        SELECT m.name, l.level, s.span, true
        FROM measure m
        CROSS JOIN unnest(ARRAY[6, 9, 12, 15]) AS l (level)
        CROSS JOIN unnest(enum_range(NULL::span)) AS s (span)
        CROSS JOIN LATERAL (
            SELECT m.is_additive OR m.source IN ('site_tier', 'site_rule_set', 'site_theme')) AS a (is_summed)
        WHERE m.protection = 'none' AND s.span >= CASE
            WHEN l.level = 6 OR l.level = 9 AND a.is_summed AND NOT m.is_stock THEN 'day'
            WHEN l.level = 15 OR NOT a.is_summed THEN 'year'
            ELSE 'month' END::span;
        -- Measures about families, in the district. A stock that lapses has no figure of all time.
        INSERT INTO plan_cell (measure, level, span, has_parts)
        SELECT m.name, 6, s.span, true
        FROM measure m CROSS JOIN unnest(enum_range(NULL::span)) AS s (span)
        WHERE m.protection <> 'none' AND NOT (m.lapses AND s.span = 'all') AND s.span >= CASE
            WHEN m.source IN ('write_off', 'overdue', 'caught_up', 'expiry', 'termination', 'claim',
                              'grant_return') THEN 'year'
            -- Commendations are awarded in public.
            WHEN m.source = 'commendation' THEN 'day'
            ELSE 'month' END::span;
        -- Measures about families, below the district.
        INSERT INTO plan_cell (measure, level, span, has_parts)
        SELECT m.name, l.level, s.span, false
        FROM measure m
        JOIN (VALUES ('registration', 12), ('insurance', 12), ('supplement', 9),
                     ('grant', 9), ('disbursement', 9), ('goods', 9), ('home_service', 9),
                     ('attendance', 9), ('commendation', 9),
                     ('recognition_only_child', 9), ('recognition_bereaved', 9),
                     ('recognition_disabled_child', 9), ('recognition_low_security', 9),
                     ('recognition_low_income', 9)) AS d (source, deepest)
            ON d.source = m.source
        CROSS JOIN unnest(ARRAY[9, 12]) AS l (level)
        CROSS JOIN unnest(ARRAY['year', 'all']::span[]) AS s (span)
        WHERE m.protection <> 'none' AND m.is_additive AND l.level <= d.deepest
          -- Few persons may be of many families (`Source.ofFewPersons`).
          AND NOT (m.source LIKE 'recognition%' AND m.reads = 'amount');
        """
}
