/// Sizes of pages of the queries of funding.
public enum FundingPage {
    public static let largest = 200
    public static let usual = 50
    /// Lines of an enrolment, of which a run has as many as there are households.
    public static let mostLines = 1_000
}

/// Asks for a loan: its state, its rule, its instalments with what is due and paid, and its postings.
public struct GetLoan: Query {
    public static let type = "funding.loan.get.v1"

    public var loan: LoanID
    /// The day at whose end it is told; nil for how it stands now.
    public var asOf: BusinessDate?
    /// The last posting of the page before; nil for the first page.
    public var after: TransferID?
    /// Postings on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(
        loan: LoanID, asOf: BusinessDate? = nil, after: TransferID? = nil, limit: Int? = nil
    ) {
        self.loan = loan
        self.asOf = asOf
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.happened(asOf, "asOf")
        checks.number(limit, "limit", 1...FundingPage.largest)
    }
}

/// Asks for the loans of a territory: all of them, or those of a borrower, of a fund, or in a state.
public struct ListLoans: Query, Territorial {
    public static let type = "funding.loans.list.v1"

    /// The territory, with everything inside it.
    public var territory: TerritoryCode
    /// Any of the person's ids.
    public var borrower: PersonID?
    public var fund: FundID?
    /// `applied`, `endorsed`, `approved`, `active`, `overdue`, `repaid`, `rejected`, `withdrawn`, `expired` or
    /// `written_off`.
    public var state: String?
    /// The last loan of the page before; nil for the first page.
    public var after: LoanID?
    /// Loans on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(
        territory: TerritoryCode, borrower: PersonID? = nil, fund: FundID? = nil,
        state: String? = nil, after: LoanID? = nil, limit: Int? = nil
    ) {
        self.territory = territory
        self.borrower = borrower
        self.fund = fund
        self.state = state
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.text(state, "state", TextLimit.key)
        checks.number(limit, "limit", 1...FundingPage.largest)
    }
}

/// A loan, by ids.
public struct LoanSummary: Codable, Hashable, Sendable {
    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    /// The id under which the person applied.
    public var borrower: PersonID
    /// The community that proposed it.
    public var territory: TerritoryCode
    public var principalFen: Fen
    /// Number of monthly instalments.
    public var termMonths: Int
    /// The version of the programme's rule under which it was applied for.
    public var ruleVersion: Int
    /// As in `funding.loans.list.v1`. More may be added.
    public var state: String
    /// The date since which it is in this state; nil for a day of the past.
    public var since: BusinessDate?
    public var disbursedOn: BusinessDate?
    /// Amount still owed.
    public var outstandingFen: Fen

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, termMonths: Int, ruleVersion: Int,
        state: String, since: BusinessDate? = nil, disbursedOn: BusinessDate? = nil,
        outstandingFen: Fen
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.termMonths = termMonths
        self.ruleVersion = ruleVersion
        self.state = state
        self.since = since
        self.disbursedOn = disbursedOn
        self.outstandingFen = outstandingFen
    }
}

/// One page of loans, by their territories and ids.
public struct LoansAnswer: Codable, Hashable, Sendable {
    public var loans: [LoanSummary]
    /// `after` of the next page; nil on the last page.
    public var next: LoanID?

    public init(loans: [LoanSummary], next: LoanID? = nil) {
        self.loans = loans
        self.next = next
    }
}

/// A version of a programme's loan rule.
public struct LoanRuleAnswer: Codable, Hashable, Sendable {
    public var version: Int
    public var validFrom: BusinessDate
    public var minimumFen: Fen
    public var maximumFen: Fen
    /// The sex of its borrowers; nil if it lends to everybody.
    public var borrowerSex: Sex?
    public var maximumTermMonths: Int
    /// Number of days after which an approval expires if the loan was not paid out.
    public var approvalDays: Int

    public init(
        version: Int, validFrom: BusinessDate, minimumFen: Fen, maximumFen: Fen,
        borrowerSex: Sex? = nil, maximumTermMonths: Int, approvalDays: Int
    ) {
        self.version = version
        self.validFrom = validFrom
        self.minimumFen = minimumFen
        self.maximumFen = maximumFen
        self.borrowerSex = borrowerSex
        self.maximumTermMonths = maximumTermMonths
        self.approvalDays = approvalDays
    }
}

/// An instalment of a loan. What was paid back counts for the earliest instalments first.
public struct InstalmentAnswer: Codable, Hashable, Sendable {
    /// From 1.
    public var number: Int
    /// It is overdue from the next day on.
    public var dueOn: BusinessDate
    public var amountFen: Fen
    public var paidFen: Fen

    public init(number: Int, dueOn: BusinessDate, amountFen: Fen, paidFen: Fen) {
        self.number = number
        self.dueOn = dueOn
        self.amountFen = amountFen
        self.paidFen = paidFen
    }
}

/// A loan at the end of a day, with one page of its postings.
public struct LoanAnswer: Codable, Hashable, Sendable {
    /// Without `asOf` in the query it is in the state in which the next step finds it. Of a day, it is `overdue` if an
    /// instalment was not paid by then, whether an ageing has found that or not.
    public var loan: LoanSummary
    public var asOf: BusinessDate
    /// The rule under which it was applied for.
    public var rule: LoanRuleAnswer?
    /// Sum of the instalments that are due by that day.
    public var dueFen: Fen
    /// Amount paid back by that day.
    public var paidFen: Fen
    /// What was due before that day and is not paid.
    public var overdueFen: Fen
    /// All instalments; none before the loan is paid out.
    public var schedule: [InstalmentAnswer]
    /// Postings up to that day, by their dates.
    public var postings: [PostingAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: TransferID?

    public init(
        loan: LoanSummary, asOf: BusinessDate, rule: LoanRuleAnswer? = nil, dueFen: Fen,
        paidFen: Fen, overdueFen: Fen, schedule: [InstalmentAnswer], postings: [PostingAnswer],
        next: TransferID? = nil
    ) {
        self.loan = loan
        self.asOf = asOf
        self.rule = rule
        self.dueFen = dueFen
        self.paidFen = paidFen
        self.overdueFen = overdueFen
        self.schedule = schedule
        self.postings = postings
        self.next = next
    }
}
