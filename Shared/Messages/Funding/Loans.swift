extension Tag {
    public enum Loan {}
    public enum Repayment {}
}
public typealias LoanID = ID<Tag.Loan>
public typealias RepaymentID = ID<Tag.Repayment>

/// Applies for a loan from a revolving fund for a mother. Her community proposes it.
public struct ApplyForLoan: Command, Placed {
    public static let type = "funding.loan.apply.v1"

    public var loan: LoanID
    public var fund: FundID
    public var borrower: PersonID
    public var principalFen: Fen
    public var appliedOn: BusinessDate
    public var actor: Actor
    /// Number of equal monthly instalments. Default: that of the programme's rule.
    public var termMonths: Int?

    public var placement: Placement {
        Placement(actor.territory, on: appliedOn, at: "/actor/territory")
    }

    public init(
        loan: LoanID, fund: FundID, borrower: PersonID, principalFen: Fen, appliedOn: BusinessDate,
        actor: Actor, termMonths: Int? = nil
    ) {
        self.loan = loan
        self.fund = fund
        self.borrower = borrower
        self.principalFen = principalFen
        self.appliedOn = appliedOn
        self.actor = actor
        self.termMonths = termMonths
    }

    public func check(_ checks: inout Checks) {
        checks.happened(appliedOn, "appliedOn")
        checks.positive(principalFen, "principalFen")
        checks.number(termMonths, "termMonths", 1...120)
    }
}

/// The subdistrict endorses an application.
public struct EndorseLoan: Command {
    public static let type = "funding.loan.endorse.v1"

    public var loan: LoanID
    public var endorsedOn: BusinessDate
    public var actor: Actor

    public init(loan: LoanID, endorsedOn: BusinessDate, actor: Actor) {
        self.loan = loan
        self.endorsedOn = endorsedOn
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(endorsedOn, "endorsedOn")
    }
}

/// The district approves an endorsed application, which reserves the principal.
public struct ApproveLoan: Command {
    public static let type = "funding.loan.approve.v1"

    public var loan: LoanID
    public var approvedOn: BusinessDate
    public var actor: Actor

    public init(loan: LoanID, approvedOn: BusinessDate, actor: Actor) {
        self.loan = loan
        self.approvedOn = approvedOn
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(approvedOn, "approvedOn")
    }
}

/// The subdistrict or the district rejects an application.
public struct RejectLoan: Command {
    public static let type = "funding.loan.reject.v1"

    public var loan: LoanID
    public var rejectedOn: BusinessDate
    public var reason: String
    public var actor: Actor

    public init(loan: LoanID, rejectedOn: BusinessDate, reason: String, actor: Actor) {
        self.loan = loan
        self.rejectedOn = rejectedOn
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(rejectedOn, "rejectedOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// Withdraws an application before the money is paid out, at the applicant's wish.
public struct WithdrawLoan: Command {
    public static let type = "funding.loan.withdraw.v1"

    public var loan: LoanID
    public var withdrawnOn: BusinessDate

    public init(loan: LoanID, withdrawnOn: BusinessDate) {
        self.loan = loan
        self.withdrawnOn = withdrawnOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(withdrawnOn, "withdrawnOn")
    }
}

/// Pays the principal out.
public struct DisburseLoan: Command {
    public static let type = "funding.loan.disburse.v1"

    public var loan: LoanID
    public var businessDate: BusinessDate

    public init(loan: LoanID, businessDate: BusinessDate) {
        self.loan = loan
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
    }
}

/// Records that the borrower pays back part or all of a loan.
public struct RepayLoan: Command {
    public static let type = "funding.loan.repay.v1"

    public var repayment: RepaymentID
    public var loan: LoanID
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(repayment: RepaymentID, loan: LoanID, amountFen: Fen, businessDate: BusinessDate) {
        self.repayment = repayment
        self.loan = loan
        self.amountFen = amountFen
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.positive(amountFen, "amountFen")
    }
}

/// The district writes off the amount still owed.
public struct WriteOffLoan: Command {
    public static let type = "funding.loan.write_off.v1"

    public var loan: LoanID
    public var businessDate: BusinessDate
    public var reason: String
    public var actor: Actor

    public init(loan: LoanID, businessDate: BusinessDate, reason: String, actor: Actor) {
        self.loan = loan
        self.businessDate = businessDate
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// The loan that a fact is about.
public struct LoanSubject: Flattened {
    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
    }
}

/// An application for a loan was recorded. Its territory is that of the actor who proposed it.
public struct LoanApplied: Fact, HasSubject {
    public static let type = "funding.loan.applied.v1"

    public var about: LoanSubject
    public var appliedOn: BusinessDate
    /// The staff member or officer who proposed it. Older facts do not have it.
    public var actor: Actor?

    public init(_ about: LoanSubject, appliedOn: BusinessDate, actor: Actor? = nil) {
        self.about = about
        self.appliedOn = appliedOn
        self.actor = actor
    }
}

/// The subdistrict endorsed the application.
public struct LoanEndorsed: Fact, HasSubject {
    public static let type = "funding.loan.endorsed.v1"

    public var about: LoanSubject
    public var endorsedOn: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(_ about: LoanSubject, endorsedOn: BusinessDate, actor: Actor? = nil) {
        self.about = about
        self.endorsedOn = endorsedOn
        self.actor = actor
    }
}

/// The loan is approved and its principal reserved.
public struct LoanApproved: Fact, HasSubject {
    public static let type = "funding.loan.approved.v1"

    public var about: LoanSubject
    public var approvedOn: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(_ about: LoanSubject, approvedOn: BusinessDate, actor: Actor? = nil) {
        self.about = about
        self.approvedOn = approvedOn
        self.actor = actor
    }
}

/// The application was rejected. The reason stays in funding.
public struct LoanRejected: Fact, HasSubject {
    public static let type = "funding.loan.rejected.v1"

    public var about: LoanSubject
    public var rejectedOn: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(_ about: LoanSubject, rejectedOn: BusinessDate, actor: Actor? = nil) {
        self.about = about
        self.rejectedOn = rejectedOn
        self.actor = actor
    }
}

/// The applicant withdrew the application.
public struct LoanWithdrawn: Fact, HasSubject {
    public static let type = "funding.loan.withdrawn.v1"

    public var about: LoanSubject
    public var withdrawnOn: BusinessDate

    public init(_ about: LoanSubject, withdrawnOn: BusinessDate) {
        self.about = about
        self.withdrawnOn = withdrawnOn
    }
}

/// The principal was paid out.
public struct LoanDisbursed: Fact, HasSubject {
    public static let type = "funding.loan.disbursed.v1"

    public var about: LoanSubject
    public var businessDate: BusinessDate
    /// Number of equal monthly instalments; the first is due a month after this day.
    public var termMonths: Int?

    public init(_ about: LoanSubject, businessDate: BusinessDate, termMonths: Int? = nil) {
        self.about = about
        self.businessDate = businessDate
        self.termMonths = termMonths
    }
}

/// The borrower paid back part or all of the loan.
public struct LoanRepaid: Fact, HasSubject {
    public static let type = "funding.loan.repaid.v1"

    public var about: LoanSubject
    public var businessDate: BusinessDate
    public var repayment: RepaymentID
    public var amountFen: Fen
    /// Amount still owed; at 0 the loan is repaid.
    public var outstandingFen: Fen

    public init(
        _ about: LoanSubject, businessDate: BusinessDate, repayment: RepaymentID, amountFen: Fen,
        outstandingFen: Fen
    ) {
        self.about = about
        self.businessDate = businessDate
        self.repayment = repayment
        self.amountFen = amountFen
        self.outstandingFen = outstandingFen
    }
}

/// The amount still owed was written off.
public struct LoanWrittenOff: Fact, HasSubject {
    public static let type = "funding.loan.written_off.v1"

    public var about: LoanSubject
    public var businessDate: BusinessDate
    /// Amount written off.
    public var amountFen: Fen
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(
        _ about: LoanSubject, businessDate: BusinessDate, amountFen: Fen, actor: Actor? = nil
    ) {
        self.about = about
        self.businessDate = businessDate
        self.amountFen = amountFen
        self.actor = actor
    }
}
