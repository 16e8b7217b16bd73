import Messages
import Testing

@testable import Funding

/// The reference rules, for tests that are about something else: a new database has none.
extension FundingSamples {
    /// For a database to start with.
    static let rules = """
        INSERT INTO loan_rule (programme, version, minimum_fen, maximum_fen, borrower_sex)
        VALUES ('happiness-project', 1, 1000000, 3000000, 'female');
        INSERT INTO loan_rule_version
            (programme, version, valid_from, minimum_fen, maximum_fen, borrower_sex, term_months,
             maximum_term_months, approval_days)
        SELECT programme, version, valid_from, minimum_fen, maximum_fen, borrower_sex, term_months,
               maximum_term_months, approval_days
        FROM loan_rule;

        INSERT INTO family_rule (rule, version, sequence) VALUES
            ('home_service', 1, 0), ('condolence', 1, 0), ('tuition', 1, 0);
        INSERT INTO family_rule_version (rule, version, valid_from, member_minimum_age) VALUES
            ('home_service', 1, '1900-01-01', 60), ('condolence', 1, '1900-01-01', NULL),
            ('tuition', 1, '1900-01-01', NULL);
        INSERT INTO family_rule_category (rule, version, category) VALUES
            ('home_service', 1, 'bereaved'), ('home_service', 1, 'disabled_child'),
            ('condolence', 1, 'bereaved'), ('condolence', 1, 'disabled_child'),
            ('tuition', 1, 'hardship_girl');

        """ + officeRows

    static func loanRule(
        version: Int, from day: String, programme: String = "happiness-project",
        _ yuan: ClosedRange<Int64> = 10_000...30_000, to sex: Sex? = .female,
        terms: ClosedRange<Int> = 12...36, approvalDays: Int = 90
    ) throws -> DefineLoanRule {
        DefineLoanRule(
            programme: try Self.programme(programme), version: version, validFrom: try date(day),
            minimumFen: .yuan(yuan.lowerBound), maximumFen: .yuan(yuan.upperBound),
            borrowerSex: sex, termMonths: terms.lowerBound, maximumTermMonths: terms.upperBound,
            approvalDays: approvalDays)
    }
}
