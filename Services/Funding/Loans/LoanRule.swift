import Foundation
import Messages
import Postgres
import ServiceKit

/// The rule of a programme's loans (rule E3): the amounts, terms and borrowers, in its latest version.
/// All versions are kept (`LoanRuleVersion`).
struct LoanRule: Aggregate {
    let programme: Programme
    let version: Int32
    /// The first day on which it is in force.
    let validFrom: BusinessDate
    /// The least principal, inclusive.
    let minimum: Fen
    /// The largest principal, inclusive.
    let maximum: Fen
    /// Only persons of this sex may borrow; nil for everybody.
    let borrowerSex: Sex?
    /// The number of monthly instalments if the application names none.
    var termMonths: Int32 = 12
    /// The largest number of monthly instalments.
    var maximumTermMonths: Int32 = 36
    /// An approved loan that was not paid out after so many days expires.
    var approvalDays: Int32 = 90
    var sequence: Int64 = 0

    var key: String { programme.rawValue }

    static let table = Table<LoanRule>(
        "loan_rule", key: "programme", lock: .share,
        columns: [
            Column("programme", { $0.programme }), Column("version", { $0.version }),
            Column("valid_from", { $0.validFrom }), Column("minimum_fen", { $0.minimum }),
            Column("maximum_fen", { $0.maximum }),
            Column("borrower_sex", optional: { $0.borrowerSex?.rawValue }),
            Column("term_months", { $0.termMonths }),
            Column("maximum_term_months", { $0.maximumTermMonths }),
            Column("approval_days", { $0.approvalDays }), Column("sequence", { $0.sequence }),
        ]
    ) { try read(&$0) }

    static func read(_ row: inout RowCursor) throws -> LoanRule {
        LoanRule(
            programme: try row.next(), version: try row.next(), validFrom: try row.next(),
            minimum: try row.next(), maximum: try row.next(),
            borrowerSex: try row.next(optional: String.self).flatMap(Sex.init(rawValue:)),
            termMonths: try row.next(), maximumTermMonths: try row.next(),
            approvalDays: try row.next(), sequence: try row.next())
    }

    /// Refuses a principal, term or borrower that the rule does not allow.
    func require(
        _ principal: Fen, over months: Int? = nil, to borrower: Person
    ) throws(Refusal) {
        guard principal >= minimum, principal <= maximum else {
            throw Refusal(
                .principalOutOfBounds, at: "/principalFen",
                expected: "an amount from \(minimum.rawValue) to \(maximum.rawValue) fen")
        }
        if let months, months > Int(maximumTermMonths) {
            throw Refusal(
                .termTooLong, at: "/termMonths", expected: "at most \(maximumTermMonths) months")
        }
        if let borrowerSex, borrower.sex != borrowerSex {
            throw Refusal(
                .notEligible, at: "/borrower", expected: "a \(borrowerSex.rawValue) borrower")
        }
    }
}

extension RefusalCode {
    static let noLoanRule = RefusalCode(
        "no_loan_rule", "a fund of a programme with a rule for loans that counts on that day")
    static let principalOutOfBounds = RefusalCode(
        "principal_out_of_bounds", "an amount that the programme lends")
    static let termTooLong = RefusalCode("term_too_long", "a term that the programme lends for")
}
