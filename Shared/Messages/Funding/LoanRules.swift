/// Sets a new version of what a programme lends, to whom and for how long (rule E3). It counts from a day on; a loan keeps the
/// version that it was applied for under.
public struct DefineLoanRule: Command {
    public static let type = "funding.loan_rule.define.v1"

    /// The longest term of a loan, in months.
    static let terms = 1...120

    public var programme: Programme
    /// Above all versions of this programme's rule so far.
    public var version: Int
    public var validFrom: BusinessDate
    /// The smallest principal, inclusive.
    public var minimumFen: Fen
    /// The largest principal, inclusive.
    public var maximumFen: Fen
    /// Whom it lends to; nil for everybody.
    public var borrowerSex: Sex?
    /// Monthly instalments, where the application says nothing.
    public var termMonths: Int
    /// The most that may be applied for.
    public var maximumTermMonths: Int
    /// An approval that was not paid out after so many days expires.
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

/// A version of what a programme lends is set.
public struct LoanRuleDefined: Fact {
    public static let type = "funding.loan_rule.defined.v1"

    public var programme: Programme
    public var version: Int
    public var validFrom: BusinessDate
    public var minimumFen: Fen
    public var maximumFen: Fen
    public var borrowerSex: Sex?
    public var termMonths: Int
    public var maximumTermMonths: Int
    public var approvalDays: Int

    public init(_ command: DefineLoanRule) {
        programme = command.programme
        version = command.version
        validFrom = command.validFrom
        minimumFen = command.minimumFen
        maximumFen = command.maximumFen
        borrowerSex = command.borrowerSex
        termMonths = command.termMonths
        maximumTermMonths = command.maximumTermMonths
        approvalDays = command.approvalDays
    }
}
