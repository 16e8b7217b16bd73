import ServiceKit

/// The tables of funds, deposits and budgets.
enum FundSchema {
    static let migration = Migration(
        "0003_funds",
        """
        CREATE TABLE fund (
            id        uuid   PRIMARY KEY,
            kind      text   NOT NULL
                      CHECK (kind IN ('revolving', 'grant', 'insurance', 'donation', 'budget')),
            programme text   NOT NULL,
            territory text   COLLATE "C" NOT NULL,
            name_zh   text   NOT NULL,
            name_en   text   NOT NULL,
            opened_on date   NOT NULL,
            state     text   NOT NULL CHECK (state IN ('open', 'closed')),
            sequence  bigint NOT NULL CHECK (sequence > 0)
        );

        CREATE TABLE deposit (
            id            uuid   PRIMARY KEY,
            fund          uuid   NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
            business_date date   NOT NULL
        );

        CREATE TABLE budget (
            id           uuid    PRIMARY KEY,
            fund         uuid    NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            programme    text    NOT NULL,
            year         integer NOT NULL,
            allotted_fen bigint  NOT NULL CHECK (allotted_fen > 0),
            reserved_fen bigint  NOT NULL CHECK (reserved_fen >= 0),
            paid_fen     bigint  NOT NULL CHECK (paid_fen >= 0),
            sequence     bigint  NOT NULL CHECK (sequence > 0),
            CONSTRAINT budget_once UNIQUE (fund, programme, year),
            CONSTRAINT budget_never_exceeded CHECK (reserved_fen + paid_fen <= allotted_fen)
        );

        CREATE TABLE allotment (
            id            uuid   PRIMARY KEY,
            budget        uuid   NOT NULL REFERENCES budget DEFERRABLE INITIALLY DEFERRED,
            amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
            business_date date   NOT NULL,
            staff         uuid   NOT NULL
        );

        CREATE TRIGGER allotment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON allotment
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}
