import Messages
import Postgres
import ServiceKit

/// A version of what a programme lends, kept with all others.
struct LoanRuleVersion: Record {
    let rule: LoanRule

    static let table = RecordTable<LoanRuleVersion>(
        "loan_rule_version",
        columns: [
            Column("programme", { $0.rule.programme }), Column("version", { $0.rule.version }),
            Column("valid_from", { $0.rule.validFrom }),
            Column("minimum_fen", { $0.rule.minimum }), Column("maximum_fen", { $0.rule.maximum }),
            Column("borrower_sex", optional: { $0.rule.borrowerSex?.rawValue }),
            Column("term_months", { $0.rule.termMonths }),
            Column("maximum_term_months", { $0.rule.maximumTermMonths }),
            Column("approval_days", { $0.rule.approvalDays }),
        ])
}

/// Takes new versions of what programmes lend in, and says which one counts.
enum LoanRules {
    static func register(in router: inout Router) {
        router.on(
            DefineLoanRule.self, keys: { $1.need(LoanRule.self, $0.programme.rawValue) }, define)
    }

    /// A rule is of all territories, so the operator sends it.
    static func define(_ command: DefineLoanRule, _ unit: UnitOfWork) throws -> Emission {
        guard unit.isUnlimited else { throw Refusal(.outOfScope, at: "") }
        let held = try unit.find(LoanRule.self, command.programme.rawValue)
        let version = held?.version ?? 0
        guard command.version > Int(version) else {
            throw Refusal(
                .versionExists, at: "/version", expected: "a version above \(version)")
        }
        var rule = LoanRule(command, sequence: held?.sequence ?? 0)
        unit.append(LoanRuleVersion(rule: rule))
        return try unit.save(&rule, LoanRuleDefined(command))
    }

    /// The latest version that counts on that day. The last of all usually does; earlier ones are looked for in the database, so
    /// that is for handlers registered `alone`.
    static func inForce(
        of programme: Programme, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> LoanRule? {
        guard let last = try unit.find(LoanRule.self, programme.rawValue) else { return nil }
        guard last.validFrom > day else { return last }
        return try version(
            """
            SELECT programme, version, valid_from, minimum_fen, maximum_fen, borrower_sex,
                   term_months, maximum_term_months, approval_days, \(last.sequence)
            FROM loan_rule_version
            WHERE programme = \(programme) AND valid_from <= \(day)
            ORDER BY version DESC LIMIT 1
            """, unit)
    }

    /// The version that a loan was applied for under.
    static func version(of loan: Loan, _ unit: UnitOfWork) throws -> LoanRule? {
        let last = try unit.find(LoanRule.self, loan.programme.rawValue)
        if let last, last.version == loan.ruleVersion { return last }
        return try version(
            """
            SELECT programme, version, valid_from, minimum_fen, maximum_fen, borrower_sex,
                   term_months, maximum_term_months, approval_days, 0::bigint
            FROM loan_rule_version
            WHERE programme = \(loan.programme) AND version = \(loan.ruleVersion)
            """, unit)
    }

    private static func version(_ statement: Statement, _ unit: UnitOfWork) throws -> LoanRule? {
        try unit.query(statement).first.map { row in
            var row = row.cursor()
            return try LoanRule.read(&row)
        }
    }

    static let migration = Migration(
        "0048_loan_rule_versions",
        """
        ALTER TABLE loan_rule
            ADD COLUMN valid_from date   NOT NULL DEFAULT '1900-01-01',
            ADD COLUMN sequence   bigint NOT NULL DEFAULT 0 CHECK (sequence >= 0),
            ALTER COLUMN borrower_sex DROP NOT NULL;
        COMMENT ON TABLE loan_rule IS 'the last version of what each programme lends';

        CREATE TABLE loan_rule_version (
            programme           text    NOT NULL REFERENCES loan_rule DEFERRABLE INITIALLY DEFERRED,
            version             integer NOT NULL CHECK (version > 0),
            valid_from          date    NOT NULL,
            minimum_fen         bigint  NOT NULL CHECK (minimum_fen > 0),
            maximum_fen         bigint  NOT NULL CHECK (maximum_fen >= minimum_fen),
            borrower_sex        text    CHECK (borrower_sex IN ('male', 'female')),
            term_months         integer NOT NULL CHECK (term_months > 0),
            maximum_term_months integer NOT NULL CHECK (maximum_term_months >= term_months),
            approval_days       integer NOT NULL CHECK (approval_days > 0),
            PRIMARY KEY (programme, version)
        );
        -- Of a database from before rules came by messages.
        INSERT INTO loan_rule_version
            (programme, version, valid_from, minimum_fen, maximum_fen, borrower_sex, term_months,
             maximum_term_months, approval_days)
        SELECT programme, version, valid_from, minimum_fen, maximum_fen, borrower_sex, term_months,
               maximum_term_months, approval_days
        FROM loan_rule;

        CREATE TRIGGER loan_rule_version_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON loan_rule_version
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}

extension LoanRule {
    init(_ command: DefineLoanRule, sequence: Int64) {
        self.init(
            programme: command.programme, version: Int32(command.version),
            validFrom: command.validFrom, minimum: command.minimumFen, maximum: command.maximumFen,
            borrowerSex: command.borrowerSex, termMonths: Int32(command.termMonths),
            maximumTermMonths: Int32(command.maximumTermMonths),
            approvalDays: Int32(command.approvalDays), sequence: sequence)
    }
}
