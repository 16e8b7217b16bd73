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
            received_on date   NOT NULL
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

        CREATE INDEX refund_donation ON refund (donation);
        CREATE INDEX allocation_share_donation ON allocation_share (donation);

        -- The uses of donations, with the days from which and before which they count.
        CREATE VIEW donation_use_day AS
        SELECT r.donation, r.amount_fen, r.business_date AS day, r.reversed_on FROM refund AS r
        UNION ALL
        SELECT s.donation, s.amount_fen, a.business_date, s.reversed_on
        FROM allocation_share AS s JOIN allocation AS a ON a.id = s.allocation;

        -- The sum of the uses that count at the end of a day.
        CREATE FUNCTION donation_used(of_donation uuid, on_day date) RETURNS bigint
        LANGUAGE sql STABLE
        RETURN (
            SELECT coalesce(sum(u.amount_fen), 0)::bigint FROM donation_use_day AS u
            WHERE u.donation = of_donation AND u.day <= on_day
              AND (u.reversed_on IS NULL OR u.reversed_on > on_day));

        -- No donation is used beyond its amount on any business date. Its use is locked by whoever adds to it.
        CREATE FUNCTION check_donation_uses() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM (SELECT DISTINCT donation FROM added) AS a
                JOIN donation AS d ON d.id = a.donation
                JOIN donation_use_day AS u ON u.donation = d.id
                WHERE donation_used(d.id, u.day) > d.amount_fen)
            THEN
                RAISE EXCEPTION 'a donation would be used beyond its amount on a business date'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'donation_never_overspent',
                          TABLE = 'donation_use';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER check_donation_uses AFTER INSERT ON refund
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION check_donation_uses();
        CREATE TRIGGER check_donation_uses AFTER INSERT ON allocation_share
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION check_donation_uses();

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
        SELECT d.fund, 'a donation is used beyond its amount on a business date'
        FROM donation AS d JOIN donation_use_day AS u ON u.donation = d.id
        WHERE donation_used(d.id, u.day) > d.amount_fen
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
