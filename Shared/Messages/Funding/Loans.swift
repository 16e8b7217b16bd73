/// A mother applies for a loan of a revolving fund; her community proposes it.
public struct ApplyForLoan: Command, Placed {
    public static let type = "funding.loan.apply.v1"

    public var loan: LoanID
    public var fund: FundID
    public var borrower: PersonID
    public var principalFen: Fen
    public var appliedOn: BusinessDate
    public var actor: Actor
    /// In so many equal monthly instalments it is to be paid back. Default: as the programme's rule
    /// says.
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
}

/// The subdistrict or the district turns an application down.
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
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// The applicant takes an application back before the money is paid out.
public struct WithdrawLoan: Command {
    public static let type = "funding.loan.withdraw.v1"

    public var loan: LoanID
    public var withdrawnOn: BusinessDate

    public init(loan: LoanID, withdrawnOn: BusinessDate) {
        self.loan = loan
        self.withdrawnOn = withdrawnOn
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
}

/// The borrower pays back a part or all of it.
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
        checks.positive(amountFen, "amountFen")
    }
}

/// The district gives up what is still owed.
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
        checks.text(reason, "reason", TextLimit.reason)
    }
}
