import ServiceKit

extension Measures {
    /// What is sensitive: nothing may be told of a family that needs or gets help. Things (sites, sessions, leaflets), what
    /// donors who are not families give, and audiences that nobody knows tell of no family.
    static let protectionMigration = Migration(
        contracting: "0018_protection",
        """
        ALTER TABLE measure ADD COLUMN protection text NOT NULL DEFAULT 'none'
            CONSTRAINT measure_protection CHECK (protection IN ('none', 'count', 'money', 'with'));
        COMMENT ON COLUMN measure.protection IS
            'count: of persons, families and what they do; money: what families receive or owe; with: hidden where a count of its source is';
        UPDATE measure SET protection = 'count' WHERE name IN (
            'households_registered', 'persons_registered', 'commendations', 'persons_commended',
            'members_active', 'loans_disbursed', 'borrowers', 'loans_fell_overdue',
            'loans_caught_up', 'loans_expired', 'insured_households', 'insured_persons',
            'policies_terminated', 'claims_paid', 'grants_paid', 'families_granted',
            'families_supplied', 'households_supplied', 'home_services', 'households_served',
            'attendance_person_times', 'attendance_identified', 'attendance_persons',
            'parent_child_pairs', 'household_times', 'attending_households', 'shifts_completed',
            'persons_on_duty', 'shifts_missed', 'volunteer_households', 'casework_person_times',
            'casework_persons');
        UPDATE measure SET protection = 'money' WHERE name IN (
            'capital_lent_fen', 'capital_repaid_fen', 'capital_written_off_fen',
            'capital_fell_overdue_fen', 'premium_paid_fen', 'supplement_paid_fen',
            'premium_returned_fen', 'claims_paid_fen', 'grants_paid_fen', 'grants_returned_fen');
        UPDATE measure SET protection = 'with' WHERE name IN (
            'principal_min_fen', 'principal_max_fen', 'goods_issued', 'most_shifts_of_a_household');
        ALTER TABLE measure ALTER COLUMN protection DROP DEFAULT;

        -- `hiding` has a letter for each measure: p primary, c complementary, - shown; empty: all are shown. Capital
        -- letters are of what is replaced and cannot be told any more.
        -- An edition is what one transaction has written of a programme: the first seq it could have. `ended` is the one
        -- that replaced the row, `born` the first that had the cell.
        ALTER TABLE summary
            ADD COLUMN hiding  text   NOT NULL DEFAULT '',
            ADD COLUMN edition bigint NOT NULL DEFAULT 0,
            ADD COLUMN ended   bigint,
            ADD COLUMN born    bigint NOT NULL DEFAULT 0,
            ADD CONSTRAINT summary_hiding CHECK (length(hiding) IN (0, cardinality(measures)));
        UPDATE summary SET edition = seq, ended = superseded_by;
        CREATE INDEX summary_newest ON summary (dataset, programme) WHERE superseded_by IS NULL;
        CREATE INDEX summary_hidden ON summary (dataset, programme) WHERE hiding ~ '[pc]';
        CREATE INDEX summary_ended ON summary (dataset, ended);
        CREATE INDEX changed_programme ON changed (dataset, programme);

        -- A row for each source and part of a cell. What is hidden of sums is hidden together.
        CREATE VIEW guarded_cell AS
        SELECT s.dataset, s.programme, m.source, s.territory, period_name(s.span, s.start) AS period,
               substr(e.name, length(m.name) + 2) COLLATE "C" AS part, s.seq, s.born, s.edition, s.ended,
               s.superseded_by, s.hiding,
               max(e.value) FILTER (WHERE m.reads = 'times') AS times,
               max(e.value) FILTER (WHERE m.reads = 'amount') AS amount,
               max(e.value) FILTER (WHERE m.reads = 'subjects') AS subjects,
               max(e.value) FILTER (WHERE m.reads = 'smallest') AS smallest,
               max(e.value) FILTER (WHERE m.reads = 'largest') AS largest,
               max(e.value) FILTER (WHERE m.reads = 'most') AS most,
               coalesce(max(substr(s.hiding, e.place::int, 1) COLLATE "C")
                   FILTER (WHERE m.reads IN ('times', 'amount', 'subjects')), '-') AS letter,
               coalesce(max(substr(s.hiding, e.place::int, 1) COLLATE "C")
                   FILTER (WHERE m.reads NOT IN ('times', 'amount', 'subjects')), '-')
                   AS extremes_letter
        FROM summary s
        CROSS JOIN LATERAL unnest(s.measures, s.figures) WITH ORDINALITY AS e (name, value, place)
        JOIN measure m ON m.name = split_part(e.name, ':', 1) AND m.protection <> 'none'
        GROUP BY s.dataset, s.seq, m.source, 6;

        -- When the next edition of a programme may be written: one that takes long must not keep facts from coming in.
        CREATE TABLE edition_turn (
            dataset   text COLLATE "C" NOT NULL,
            programme text COLLATE "C" NOT NULL,
            next_at   timestamptz NOT NULL,
            PRIMARY KEY (dataset, programme)
        );

        -- Changed cells of editions whose audit has failed, until something else of their programme changes.
        CREATE TABLE held (
            dataset   text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            span      span NOT NULL,
            programme text COLLATE "C" NOT NULL,
            start     date NOT NULL,
            cause     cause NOT NULL,
            PRIMARY KEY (dataset, programme, territory, span, start)
        );

        -- Why: which figures an intruder would know too well.
        CREATE TABLE held_figure (
            dataset     text COLLATE "C" NOT NULL,
            programme   text COLLATE "C" NOT NULL,
            source      text COLLATE "C" NOT NULL,
            territory   text COLLATE "C" NOT NULL,
            period      text COLLATE "C" NOT NULL,
            part        text COLLATE "C" NOT NULL,
            reads       text NOT NULL,
            low         bigint NOT NULL,
            high        bigint NOT NULL,
            wanted_low  bigint NOT NULL,
            wanted_high bigint NOT NULL,
            held_at     timestamptz NOT NULL
        );
        CREATE INDEX held_figure_programme ON held_figure (dataset, programme);
        """)

    /// What one person pays is about a family: below the district it would tell that somebody is insured there.
    static let extremesMigration = Migration(
        contracting: "0043_extremes_of_families",
        """
        UPDATE measure SET protection = 'with'
        WHERE name IN ('supplement_min_fen', 'supplement_max_fen');
        DELETE FROM plan_cell
        WHERE measure IN ('supplement_min_fen', 'supplement_max_fen') AND (level > 6 OR span = 'day');
        UPDATE intake SET changes = changes + 1, methods = methods + 1;
        """)
}
