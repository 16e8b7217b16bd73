import ServiceKit

/// What is measured, as a table, because figures are made by the database: one row for each measure.
///
/// To add one, add a row in a new migration.
enum Measures {
    static let migration = Migration(
        "0004_measures",
        """
        -- `reads` says what of its source's contributions a measure is: their sum of times or of amounts,
        -- the distinct persons among them, or their smallest or largest amount.
        -- A flow is what happened in a period. A stock is what there is at its end: the sum of all that
        -- came until then. Only sums may be added up over territories, programmes never.
        CREATE TABLE measure (
            name        text COLLATE "C" PRIMARY KEY,
            dataset     text COLLATE "C" NOT NULL
                        CHECK (dataset IN ('families', 'funding', 'activities')),
            source      text COLLATE "C" NOT NULL,
            reads       text NOT NULL
                        CHECK (reads IN ('times', 'amount', 'subjects', 'smallest', 'largest')),
            is_stock    boolean NOT NULL DEFAULT false,
            is_additive boolean GENERATED ALWAYS AS (reads IN ('times', 'amount')) STORED,
            unit        text NOT NULL,
            dimension   text,
            CHECK (reads IN ('times', 'amount') OR NOT is_stock)
        );

        INSERT INTO measure (name, dataset, source, reads, is_stock, unit, dimension) VALUES
        ('households_registered', 'families', 'registration', 'times', true, 'household', NULL),
        ('persons_registered', 'families', 'registration', 'amount', true, 'person', NULL),
        ('sites_open', 'families', 'site', 'times', true, 'site', 'kind'),
        ('commendations', 'families', 'commendation', 'times', false, 'commendation', 'occasion'),
        ('persons_commended', 'families', 'commendation', 'subjects', false, 'person', 'occasion'),
        ('deposits_fen', 'funding', 'deposit', 'amount', false, 'fen', NULL),
        ('loans_disbursed', 'funding', 'disbursement', 'times', false, 'loan', NULL),
        ('capital_lent_fen', 'funding', 'disbursement', 'amount', false, 'fen', NULL),
        ('borrowers', 'funding', 'disbursement', 'subjects', false, 'person', NULL),
        ('principal_min_fen', 'funding', 'disbursement', 'smallest', false, 'fen', NULL),
        ('principal_max_fen', 'funding', 'disbursement', 'largest', false, 'fen', NULL),
        ('capital_repaid_fen', 'funding', 'repayment', 'amount', false, 'fen', NULL),
        ('capital_written_off_fen', 'funding', 'write_off', 'amount', false, 'fen', NULL),
        ('donations', 'funding', 'donation', 'times', false, 'donation', 'campaign'),
        ('donations_fen', 'funding', 'donation', 'amount', false, 'fen', 'campaign'),
        ('donation_min_fen', 'funding', 'donation', 'smallest', false, 'fen', 'campaign'),
        ('donation_max_fen', 'funding', 'donation', 'largest', false, 'fen', 'campaign'),
        ('insured_households', 'funding', 'insurance', 'times', false, 'household', 'basis'),
        ('premium_paid_fen', 'funding', 'insurance', 'amount', false, 'fen', 'basis'),
        ('sessions_held', 'activities', 'session', 'times', false, 'session', 'kind'),
        ('attendance_person_times', 'activities', 'attendance', 'times', false, 'person-time',
         'kind'),
        ('attendance_identified', 'activities', 'attendance', 'amount', false, 'person-time',
         'kind'),
        ('attendance_persons', 'activities', 'attendance', 'subjects', false, 'person', 'kind');

        CREATE VIEW source AS
        SELECT source AS name, dataset, bool_or(is_stock) AS is_stock
        FROM measure GROUP BY source, dataset;
        """)
}
