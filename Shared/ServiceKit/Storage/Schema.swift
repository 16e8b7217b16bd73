/// The tables that every service has: what came in, what went out, what waits.
enum Schema {
    /// The first migration of every database. Databases that were made before the first release have another one, by which
    /// the migrator recognises them.
    static let common = Migration(
        "0000_common",
        """
        -- The runtime role may do with a table what the service does, and nothing else. By default it may read and write all
        -- rows. `rights` are as in GRANT.
        CREATE FUNCTION permit_only(of_table regclass, rights text) RETURNS void
        LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        DECLARE
            permitted record;
        BEGIN
            FOR permitted IN
                SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC'
                                ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS role
                FROM pg_class AS c, LATERAL aclexplode(c.relacl) AS a
                WHERE c.oid = of_table AND a.grantee <> c.relowner
            LOOP
                EXECUTE format('REVOKE ALL ON %s FROM %s', of_table, permitted.role);
                EXECUTE format('GRANT %s ON %s TO %s', rights, of_table, permitted.role);
            END LOOP;
        END $$;
        SELECT permit_only('migration', 'SELECT');

        -- Every message that was decided, with enough of its answer to give it again. Rows are purged
        -- by the day of the message's own time, which is bounded on arrival, so that a message that
        -- could still be accepted always finds its row.
        CREATE TABLE inbox (
            id        uuid     NOT NULL,
            -- Publishers choose the ids of their messages, so that an id alone says nothing. A service publishes its facts.
            publisher text     NOT NULL,
            is_fact   boolean  NOT NULL,
            day       date     NOT NULL,
            -- HMAC of publisher and body under the service's secret; none of a query.
            digest    bytea    CHECK (octet_length(digest) = 32),
            state     smallint NOT NULL CHECK (state BETWEEN 1 AND 5),
            facts     smallint NOT NULL DEFAULT 0 CHECK (facts >= 0),
            code      text,
            pointer   text,
            expected  text,
            -- What became of an accepted command, and its place in a line.
            outcome   text,
            place     bigint,
            -- When the wait of a parked message ends at the latest.
            until     timestamptz,
            PRIMARY KEY (id, publisher, is_fact)
        );
        CREATE INDEX inbox_day ON inbox (day);

        -- One row for each worker that ever wrote to the journal. `published` is the last position
        -- that the broker has confirmed, with all before it.
        CREATE TABLE journal_owner (
            owner     integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
            published bigint  NOT NULL DEFAULT 0 CHECK (published >= 0),
            is_closed boolean NOT NULL DEFAULT false
        );

        -- Facts in the order in which their owner recorded them, kept for ever.
        CREATE TABLE journal (
            owner    integer     NOT NULL,
            position bigint      NOT NULL CHECK (position > 0),
            id       uuid        NOT NULL,
            type     text        NOT NULL,
            subject  text        NOT NULL,
            sequence bigint      NOT NULL CHECK (sequence > 0),
            cause    uuid        NOT NULL,
            -- Who has published the cause.
            publisher text,
            time     timestamptz NOT NULL,
            body     bytea       NOT NULL,
            PRIMARY KEY (owner, position)
        );
        -- For the history of a record. Subjects are only compared, and a hash is smaller than the text.
        CREATE INDEX journal_subject ON journal USING hash (subject);

        -- Which facts of other services' journals have arrived, and which must have been there before them: one bit for each
        -- of 64 positions of an owner.
        CREATE TABLE fact_arrival (
            source     text        NOT NULL,
            owner      integer     NOT NULL,
            block      bigint      NOT NULL,
            arrived    bigint      NOT NULL,
            expected   bigint      NOT NULL,
            changed_at timestamptz NOT NULL,
            PRIMARY KEY (source, owner, block)
        );
        CREATE INDEX fact_arrival_missing ON fact_arrival (changed_at) WHERE expected & ~arrived <> 0;

        -- The keys of the days, sealed by the service's secret. A key is destroyed some days after
        -- its own, and with it all bodies that it sealed, in copies of the database too.
        CREATE TABLE message_key (
            day     date  PRIMARY KEY,
            wrapped bytea NOT NULL
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 0);

        -- Free text that people wrote, such as a reason, apart from the rows that it belongs to:
        -- they are kept for ever, and this is not. Sealed by the service's secret.
        CREATE TABLE free_text (
            record     uuid  NOT NULL,
            field      text  NOT NULL,
            -- Follows from the message that brought it: records of two kinds may have one id.
            origin     uuid  NOT NULL,
            -- The type of that message.
            type       text  NOT NULL,
            -- The persons and households that it may name. The erasure of any takes it along.
            about      uuid[] NOT NULL,
            written_on date  NOT NULL,
            sealed     bytea NOT NULL,
            PRIMARY KEY (record, field, origin)
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 0);
        CREATE INDEX free_text_about ON free_text USING gin (about);
        CREATE INDEX free_text_written_on ON free_text (written_on);

        -- Messages that wait: for their next try, or for a row with the id `waits_for`. The body is
        -- sealed by the key of the day `sealed_on`.
        CREATE TABLE parked (
            digest         bytea       PRIMARY KEY,
            message_id     uuid,
            origin         text        NOT NULL,
            routing_key    text        NOT NULL,
            publisher      text,
            reply_to       text,
            correlation_id text,
            body           bytea       NOT NULL,
            sealed_on      date        NOT NULL,
            attempt        smallint    NOT NULL,
            due_at         timestamptz NOT NULL,
            waits_for      uuid,
            code           text        NOT NULL,
            -- How often a worker has taken it out, and when last.
            takes          integer     NOT NULL DEFAULT 0,
            taken_at       timestamptz
        );
        CREATE INDEX parked_due ON parked (due_at);
        CREATE INDEX parked_waits_for ON parked (waits_for) WHERE waits_for IS NOT NULL;

        -- Messages that are tried alone, because one of them may have ended a process. A row that a process leaves behind
        -- says that it ended with this message in hand.
        CREATE TABLE trial (
            digest      bytea       PRIMARY KEY,
            process     uuid        NOT NULL,
            -- The process id of the server's side of the session.
            session     integer     NOT NULL,
            began_at    timestamptz NOT NULL,
            is_readable boolean     NOT NULL DEFAULT false,
            has_ended   boolean     NOT NULL DEFAULT false
        );

        -- Receipts for messages that were parked, and those that a full queue refused, until the broker has them.
        CREATE TABLE owed_receipt (
            id             uuid  PRIMARY KEY,
            -- As the routing key has it, after the name of the service.
            publisher      text  NOT NULL,
            type           text  NOT NULL,
            correlation_id text,
            body           bytea NOT NULL
        );
        CREATE INDEX owed_receipt_publisher ON owed_receipt (publisher, id);
        -- Publishers whose queue has refused a receipt, until it takes one.
        CREATE TABLE owed_pause (
            publisher text        PRIMARY KEY,
            tries     integer     NOT NULL,
            due_at    timestamptz NOT NULL
        );

        -- Who asked for a record with a receipt: to be told of its later changes, for a stated time.
        CREATE TABLE asker (
            -- The kind of the record and its id, for records of two kinds may have one id.
            key            text COLLATE "C" PRIMARY KEY,
            record         uuid NOT NULL,
            publisher      text NOT NULL,
            command        uuid NOT NULL,
            correlation_id text,
            asked_on       date NOT NULL
        );
        CREATE INDEX asker_asked_on ON asker (asked_on);

        -- Messages that cannot be handled, for an operator to redrive or discard.
        CREATE TABLE dead_letter (
            digest         bytea       PRIMARY KEY,
            message_id     uuid,
            origin         text        NOT NULL,
            routing_key    text        NOT NULL,
            publisher      text,
            reply_to       text,
            correlation_id text,
            -- What the document says that it is; null if it says nothing.
            type           text,
            -- Bytes of the body.
            size           integer     NOT NULL,
            -- Sealed by the key of the day `sealed_on`; null if it is of no type of this service,
            -- if it went with its key, or when an operator has dealt with it.
            body           bytea,
            sealed_on      date,
            code           text        NOT NULL,
            pointer        text        NOT NULL,
            found          text        NOT NULL,
            expected       text        NOT NULL,
            times          integer     NOT NULL DEFAULT 1,
            first_at       timestamptz NOT NULL,
            last_at        timestamptz NOT NULL,
            state          text        NOT NULL DEFAULT 'open'
                           CHECK (state IN ('open', 'redriven', 'discarded')),
            note           text,
            CONSTRAINT dead_letter_is_whole CHECK ((body IS NULL) = (sealed_on IS NULL)),
            CONSTRAINT dead_letter_closed_is_empty CHECK (body IS NULL OR state = 'open')
        );
        CREATE INDEX dead_letter_open ON dead_letter (last_at) WHERE state = 'open';
        CREATE INDEX dead_letter_closed ON dead_letter (last_at) WHERE state <> 'open';
        CREATE INDEX dead_letter_sealed_on ON dead_letter (sealed_on) WHERE sealed_on IS NOT NULL;

        -- Journals that are being sent again: for a rebuild, to everybody, or to one service.
        CREATE TABLE replay (
            owner       integer     NOT NULL,
            destination text        NOT NULL,
            sent        bigint      NOT NULL DEFAULT 0,
            until       bigint      NOT NULL,
            -- The rebuild that asked for it, by its sequence; null if it is for everybody.
            rebuild     bigint,
            asked_at    timestamptz,
            -- The last message that has told reporting what was sent.
            told        uuid,
            PRIMARY KEY (destination, owner)
        );

        -- The service's copy of what registry has granted to publishers.
        CREATE TABLE publisher_grant (
            name        text    PRIMARY KEY,
            types       text    NOT NULL,
            territories text    NOT NULL,
            is_granted  boolean NOT NULL,
            sequence    bigint  NOT NULL,
            taken_at    timestamptz NOT NULL DEFAULT now()
        );

        -- The trigger function of tables whose rows stay as they were written. A wrong row is corrected by another one.
        CREATE FUNCTION refuse_change() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only',
                      TABLE = TG_TABLE_NAME;
        END $$;

        -- What was recorded stays as it was.
        SELECT permit_only('journal', 'SELECT, INSERT'),
               permit_only('journal_owner', 'SELECT, INSERT, UPDATE (published, is_closed)'),
               permit_only('inbox',
                   'SELECT, INSERT, DELETE, UPDATE (state, facts, code, pointer, expected, outcome,
                        place, until)'),
               permit_only('fact_arrival',
                   'SELECT, INSERT, UPDATE (arrived, expected, changed_at)'),
               permit_only('owed_receipt', 'SELECT, INSERT, DELETE'),
               -- A row that is locked needs the right to change one of its columns.
               permit_only('asker', 'SELECT, INSERT, DELETE, UPDATE (asked_on)'),
               permit_only('publisher_grant', 'SELECT, INSERT, UPDATE');
        -- All that becomes of a dead letter, and nothing of what it is.
        SELECT permit_only('dead_letter', format('SELECT, INSERT, DELETE, UPDATE (%s)',
                                                 string_agg(quote_ident(attname), ', ')))
        FROM pg_attribute
        WHERE attrelid = 'dead_letter'::regclass AND attnum > 0
          AND attname NOT IN ('digest', 'message_id', 'publisher', 'reply_to', 'first_at');
        """)
}
