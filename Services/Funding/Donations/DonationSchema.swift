import ServiceKit

/// The tables of donations, their receipts, refunds and allocations.
enum DonationSchema {
    static let migration = Migration(
        "0006_donations",
        """
        -- This is the busiest table. It has no foreign key to the fund, because its transfer has one.
        CREATE TABLE donation (
            id          uuid   PRIMARY KEY,
            fund        uuid   NOT NULL,
            campaign    text   NOT NULL,
            donor       uuid,
            territory   text   COLLATE "C" NOT NULL,
            amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
            received_on date   NOT NULL,
            note        text   CHECK (char_length(note) <= 500)
        );

        CREATE TABLE donation_use (
            id             uuid    PRIMARY KEY REFERENCES donation DEFERRABLE INITIALLY DEFERRED,
            fund           uuid    NOT NULL,
            amount_fen     bigint  NOT NULL,
            allocated_fen  bigint  NOT NULL CHECK (allocated_fen >= 0),
            refunded_fen   bigint  NOT NULL CHECK (refunded_fen >= 0),
            receipt_year   integer,
            receipt_number integer CHECK (receipt_number > 0),
            reversed_on    date,
            sequence       bigint  NOT NULL CHECK (sequence > 0),
            CHECK ((receipt_year IS NULL) = (receipt_number IS NULL)),
            CONSTRAINT donation_never_overspent CHECK (
                allocated_fen + refunded_fen
                    <= CASE WHEN reversed_on IS NULL THEN amount_fen ELSE 0 END),
            CONSTRAINT receipt_once UNIQUE (fund, receipt_year, receipt_number)
        );

        CREATE TABLE receipt_book (
            id          text    PRIMARY KEY,
            fund        uuid    NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            year        integer NOT NULL,
            last_number integer NOT NULL CHECK (last_number > 0),
            UNIQUE (fund, year)
        );

        CREATE TABLE refund (
            id            uuid   PRIMARY KEY,
            donation      uuid   NOT NULL REFERENCES donation DEFERRABLE INITIALLY DEFERRED,
            amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
            business_date date   NOT NULL,
            staff         uuid   NOT NULL,
            reason        text   NOT NULL,
            reversed_on   date
        );

        CREATE TABLE campaign (
            name      text   PRIMARY KEY,
            territory text   COLLATE "C" NOT NULL,
            programme text,
            sequence  bigint NOT NULL CHECK (sequence > 0)
        );

        CREATE TABLE allocation (
            id            uuid PRIMARY KEY,
            donation      uuid NOT NULL REFERENCES donation DEFERRABLE INITIALLY DEFERRED,
            business_date date NOT NULL,
            staff         uuid NOT NULL
        );

        CREATE TABLE allocation_share (
            id          uuid   PRIMARY KEY REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
            endowment   uuid   NOT NULL UNIQUE
                        REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
            allocation  uuid   NOT NULL REFERENCES allocation DEFERRABLE INITIALLY DEFERRED,
            donation    uuid   NOT NULL,
            fund        uuid   NOT NULL,
            programme   text   NOT NULL,
            amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
            reversed_on date
        );

        -- The part of ledger_check about donations.
        CREATE VIEW ledger_check_giving AS
        SELECT b.fund, 'donation income is not what the donations say' AS problem
        FROM account_balance AS b
        WHERE b.account = 'donation_income' AND -b.fen <>
            (SELECT coalesce(sum(d.amount_fen), 0) FROM donation AS d WHERE d.fund = b.fund)
            - (SELECT coalesce(sum(u.refunded_fen
                   + CASE WHEN u.reversed_on IS NULL THEN 0 ELSE u.amount_fen END), 0)
               FROM donation_use AS u WHERE u.fund = b.fund)
        UNION ALL
        SELECT b.fund, 'what was handed on is not what the donations say'
        FROM account_balance AS b
        WHERE b.account = 'allocated' AND b.fen <> (
            SELECT coalesce(sum(u.allocated_fen), 0) FROM donation_use AS u WHERE u.fund = b.fund)
        UNION ALL
        SELECT u.fund, 'a donation is not what its allocations and refunds say'
        FROM donation_use AS u
        LEFT JOIN (
            SELECT donation, sum(amount_fen) AS fen FROM allocation_share
            WHERE reversed_on IS NULL GROUP BY donation) AS s ON s.donation = u.id
        LEFT JOIN (
            SELECT donation, sum(amount_fen) AS fen FROM refund
            WHERE reversed_on IS NULL GROUP BY donation) AS r ON r.donation = u.id
        WHERE (u.allocated_fen, u.refunded_fen)
            IS DISTINCT FROM (coalesce(s.fen, 0), coalesce(r.fen, 0))
        UNION ALL
        SELECT b.fund, 'the receipts of a year have a gap'
        FROM receipt_book AS b
        LEFT JOIN (
            SELECT fund, receipt_year, count(*) AS count, max(receipt_number) AS last
            FROM donation_use WHERE receipt_number IS NOT NULL
            GROUP BY fund, receipt_year) AS u ON u.fund = b.fund AND u.receipt_year = b.year
        WHERE (b.last_number, b.last_number) IS DISTINCT FROM (u.count, u.last);
        """)
}
