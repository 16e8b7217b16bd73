/// Sets a new version of a programme's loan rule (rule E3): how much it lends, to whom and for how
/// long. The version applies from a day on. A loan keeps the version under which it was applied
/// for.
public struct DefineLoanRule: Command, Flattened {
    public static let type = "funding.loan_rule.define.v1"

    /// The longest term of a loan, in months.
    static let terms = 1...120

    public var programme: Programme
    /// Higher than all earlier versions of this programme's rule.
    public var version: Int
    public var validFrom: BusinessDate
    /// The smallest principal, inclusive.
    public var minimumFen: Fen
    /// The largest principal, inclusive.
    public var maximumFen: Fen
    /// The sex of its borrowers; nil if it lends to everybody.
    public var borrowerSex: Sex?
    /// Number of monthly instalments if an application names none.
    public var termMonths: Int
    /// Largest number of monthly instalments in an application.
    public var maximumTermMonths: Int
    /// Number of days after which an approval expires if the loan was not paid out.
    public var approvalDays: Int

    public init(
        programme: Programme, version: Int, validFrom: BusinessDate, minimumFen: Fen,
        maximumFen: Fen, borrowerSex: Sex? = nil, termMonths: Int, maximumTermMonths: Int,
        approvalDays: Int
    ) {
        self.programme = programme
        self.version = version
        self.validFrom = validFrom
        self.minimumFen = minimumFen
        self.maximumFen = maximumFen
        self.borrowerSex = borrowerSex
        self.termMonths = termMonths
        self.maximumTermMonths = maximumTermMonths
        self.approvalDays = approvalDays
    }

    public func check(_ checks: inout Checks) {
        checks.planned(validFrom, "validFrom")
        checks.number(version, "version", 1...1_000_000)
        checks.positive(minimumFen, "minimumFen")
        checks.require(
            maximumFen >= minimumFen, "maximumFen", "an amount that is not below minimumFen")
        checks.number(maximumTermMonths, "maximumTermMonths", Self.terms)
        checks.number(termMonths, "termMonths", Self.terms)
        checks.require(
            termMonths <= maximumTermMonths, "termMonths", "at most maximumTermMonths")
        checks.number(approvalDays, "approvalDays", 1...366)
    }
}

/// A version of a programme's loan rule is set.
public struct LoanRuleDefined: Fact, HasSubject {
    public static let type = "funding.loan_rule.defined.v1"

    public var about: DefineLoanRule

    public init(_ about: DefineLoanRule) {
        self.about = about
    }
}
