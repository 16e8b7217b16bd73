import ServiceKit

extension Contributions {
    static let migration = Migration(
        "0001_contributions",
        """
        -- The contribution of each record to the figures. The table keeps the newest version, which is the sequence of its
        -- fact or the version that the fact gives the record. Version 0 reserves the record of a fact that has not arrived yet.
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
            -- The message from which the fact follows.
            cause     uuid,
            -- The causes of postings that were taken back.
            reversed  text    NOT NULL DEFAULT '',
            is_dated  boolean NOT NULL DEFAULT true,
            time      timestamptz,
            -- The record is over: it counts nothing, on whatever ground.
            is_void   boolean NOT NULL DEFAULT false,
            CONSTRAINT contribution_void CHECK (NOT (is_void AND counts)),
            CONSTRAINT contribution_dated CHECK (is_dated OR NOT counts)
        );
        COMMENT ON COLUMN contribution.time IS 'the time of the fact; null if it came before times were kept';
        -- Distinct counts, smallest and largest amounts cannot be added up, so they are made from these rows. The index leaves
        -- out registrations: most contributions are registrations, and no measure reads them one by one.
        CREATE INDEX contribution_place ON contribution (source, territory, day)
            WHERE source <> 'registration';
        CREATE INDEX contribution_session ON contribution (session) WHERE session IS NOT NULL;
        CREATE INDEX contribution_subject ON contribution (subject) WHERE subject IS NOT NULL;

        -- Sessions that have contributions, and sessions that were cancelled before they had any.
        CREATE TABLE session (
            id           uuid    PRIMARY KEY,
            is_cancelled boolean NOT NULL,
            -- The sequence of the fact that says so; 0 if none does.
            version      bigint  NOT NULL DEFAULT 0
        );

        -- Persons who were merged, or whose merge was taken back, by the newest version of their records. `survivor` is the id
        -- that stands for the person, null if that is the person's own. It is never one of a merged person.
        CREATE TABLE person_alias (
            person   uuid   PRIMARY KEY,
            survivor uuid   CHECK (survivor <> person),
            version  bigint NOT NULL CHECK (version > 0)
        );
        CREATE INDEX person_alias_survivor ON person_alias (survivor);

        -- Funds and budgets. From the day on which one opens, a period without a payment has the figure 0.
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

        -- The names of territories.
        CREATE TABLE place (
            code       text COLLATE "C" PRIMARY KEY,
            name_zh    text   NOT NULL,
            name_en    text   NOT NULL,
            valid_to   date,
            edition    date   NOT NULL,
            version    bigint NOT NULL,
            valid_from date   NOT NULL DEFAULT '1900-01-01'
        );

        -- Each unit as each edition of the territories lists it: its first day, and the codes of the units that it took over,
        -- whole or in part.
        CREATE TABLE listed_unit (
            id           text COLLATE "C" PRIMARY KEY,
            code         text COLLATE "C" NOT NULL,
            edition      date   NOT NULL,
            version      bigint NOT NULL,
            valid_from   date   NOT NULL,
            predecessors text   NOT NULL
        );

        -- The last rebuild. It goes on while `finished_at` is null.
        CREATE TABLE rebuild (
            name        text        PRIMARY KEY,
            reason      text        NOT NULL,
            started_at  timestamptz NOT NULL,
            sequence    bigint      NOT NULL,
            finished_at timestamptz
        );

        -- The services that have sent their whole journal for this rebuild, each with the fact that says so.
        CREATE TABLE journal_sent (type text COLLATE "C" PRIMARY KEY);

        -- The number of facts that were sent for the rebuild and are not in the inbox yet.
        CREATE TABLE awaited_fact (id uuid PRIMARY KEY);
        """)
}
