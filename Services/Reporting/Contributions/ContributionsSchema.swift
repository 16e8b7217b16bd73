import ServiceKit

extension Contributions {
    static let migration = Migration(
        "0001_contributions",
        """
        -- What each record adds to the figures: its newest version, by the sequence of the fact. Version 0 reserves the
        -- record of a fact that has not come yet.
        CREATE TABLE contribution (
            record    text COLLATE "C" PRIMARY KEY,
            version   bigint  NOT NULL CONSTRAINT contribution_version CHECK (version >= 0),
            message   uuid    NOT NULL,
            counts    boolean NOT NULL,
            source    text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            day       date    NOT NULL,
            programme text COLLATE "C" NOT NULL,
            dimension text COLLATE "C" NOT NULL,
            times     bigint  NOT NULL,
            amount    bigint  NOT NULL,
            subject   uuid,
            session   uuid,
            -- The message that the fact came from.
            cause     uuid,
            -- Causes whose postings were taken back.
            reversed  text    NOT NULL DEFAULT '',
            is_dated  boolean NOT NULL DEFAULT true,
            time      timestamptz,
            CONSTRAINT contribution_dated CHECK (is_dated OR NOT counts)
        );
        COMMENT ON COLUMN contribution.time IS 'of the fact; null if it came before times were kept';
        -- For distinct counts, smallest and largest amounts, which cannot be added up. Registrations are by far the most
        -- contributions, and no measure looks at them one by one.
        CREATE INDEX contribution_place ON contribution (source, territory, day)
            WHERE source <> 'registration';
        CREATE INDEX contribution_session ON contribution (session) WHERE session IS NOT NULL;
        CREATE INDEX contribution_subject ON contribution (subject) WHERE subject IS NOT NULL;

        -- Sessions that something was contributed to, or that were cancelled before.
        CREATE TABLE session (
            id           uuid    PRIMARY KEY,
            is_cancelled boolean NOT NULL
        );

        -- An id that was given up, and the id that replaces it. There are no chains.
        CREATE TABLE person_alias (
            person   uuid PRIMARY KEY,
            survivor uuid NOT NULL CHECK (survivor <> person)
        );
        CREATE INDEX person_alias_survivor ON person_alias (survivor);

        -- Funds and budgets. From the day they open, no payment is known to mean zero.
        CREATE TABLE opened_account (
            id        uuid PRIMARY KEY,
            kind      text NOT NULL,
            programme text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            opened_on date NOT NULL
        );

        -- The sources of money that each kind of account can have.
        CREATE TABLE account_flow (
            kind   text NOT NULL,
            source text COLLATE "C" NOT NULL,
            PRIMARY KEY (kind, source)
        );
        INSERT INTO account_flow (kind, source) VALUES
        ('revolving', 'deposit'), ('revolving', 'disbursement'), ('revolving', 'repayment'),
        ('revolving', 'write_off'), ('revolving', 'overdue'), ('revolving', 'caught_up'),
        ('revolving', 'expiry'),
        ('grant', 'deposit'), ('grant', 'grant'), ('grant', 'grant_return'),
        ('insurance', 'deposit'), ('insurance', 'termination'), ('insurance', 'claim'),
        ('donation', 'donation'), ('donation', 'refund'),
        ('budget', 'deposit'),
        ('allotted', 'grant'), ('allotted', 'grant_return'), ('allotted', 'spending');

        -- Names of territories.
        CREATE TABLE place (
            code       text COLLATE "C" PRIMARY KEY,
            name_zh    text   NOT NULL,
            name_en    text   NOT NULL,
            valid_to   date,
            edition    date   NOT NULL,
            version    bigint NOT NULL,
            valid_from date   NOT NULL DEFAULT '1900-01-01'
        );

        -- A unit as each edition lists it: its first day, and the codes of the units that it took over, whole or in part.
        CREATE TABLE listed_unit (
            id           text COLLATE "C" PRIMARY KEY,
            code         text COLLATE "C" NOT NULL,
            edition      date   NOT NULL,
            version      bigint NOT NULL,
            valid_from   date   NOT NULL,
            predecessors text   NOT NULL
        );

        -- The last rebuild; it goes on while `finished_at` is null.
        CREATE TABLE rebuild (
            name        text        PRIMARY KEY,
            reason      text        NOT NULL,
            started_at  timestamptz NOT NULL,
            sequence    bigint      NOT NULL,
            finished_at timestamptz
        );

        -- Services that have sent their whole journal for the rebuild that goes on, by the fact that says so.
        CREATE TABLE journal_sent (type text COLLATE "C" PRIMARY KEY);

        -- Facts that were sent for the rebuild and are not in the inbox yet.
        CREATE TABLE awaited_fact (id uuid PRIMARY KEY);
        """)
}
