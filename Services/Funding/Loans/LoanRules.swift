import Messages
import Postgres
import ServiceKit

/// A version of a programme's rule. All versions are kept.
struct LoanRuleVersion: Record {
    let rule: LoanRule

    static let table = RecordTable<LoanRuleVersion>(
        "loan_rule_version",
        columns: [
            Column("programme", \.rule.programme), Column("version", \.rule.version),
            Column("valid_from", \.rule.validFrom), Column("minimum_fen", \.rule.minimum),
            Column("maximum_fen", \.rule.maximum), Column("borrower_sex", \.rule.borrowerSex),
            Column("term_months", \.rule.termMonths),
            Column("maximum_term_months", \.rule.maximumTermMonths),
            Column("approval_days", \.rule.approvalDays),
        ])
}

/// Defines the rules by which programmes lend, and finds the version in force.
enum LoanRules {
    static func register(in router: inout Router) {
        router.on(
            DefineLoanRule.self, keys: { $1.need(LoanRule.self, $0.programme.rawValue) }, define)
    }

    static func define(_ command: DefineLoanRule, _ unit: UnitOfWork) throws -> Emission {
        let held = try unit.find(LoanRule.self, command.programme.rawValue)
        let version = try Versions.requireNew(command.version, above: held?.version ?? 0)
        var rule = LoanRule(command, version, sequence: held?.sequence ?? 0)
        unit.append(LoanRuleVersion(rule: rule))
        return try unit.save(&rule, LoanRuleDefined(command))
    }

    /// The latest version in force on that day; nil if there is none. Only for handlers registered
    /// `alone`: unless the last version is in force, it queries the database.
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

    /// The version under which a loan was applied for.
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
            return try LoanRule.table.decode(&row)
        }
    }
}

extension LoanRule {
    init(_ command: DefineLoanRule, _ version: Int32, sequence: Int64) {
        self.init(
            programme: command.programme, version: version,
            validFrom: command.validFrom, minimum: command.minimumFen, maximum: command.maximumFen,
            borrowerSex: command.borrowerSex, termMonths: Int32(command.termMonths),
            maximumTermMonths: Int32(command.maximumTermMonths),
            approvalDays: Int32(command.approvalDays), sequence: sequence)
    }
}
