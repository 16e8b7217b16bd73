import Foundation
import Messages
import People
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

    static let table = Table(
        "loan_rule", key: "programme", lock: .share, LoanRule.init,
        Field("programme", \.programme), Field("version", \.version),
        Field("valid_from", \.validFrom), Field("minimum_fen", \.minimum),
        Field("maximum_fen", \.maximum), Field("borrower_sex", \.borrowerSex),
        Field("term_months", \.termMonths), Field("maximum_term_months", \.maximumTermMonths),
        Field("approval_days", \.approvalDays), Field("sequence", \.sequence))

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
