/// An application for a loan was taken in. Its territory is the one of the actor who proposed it.
public struct LoanApplied: Fact {
    public static let type = "funding.loan.applied.v1"

    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen
    public var appliedOn: BusinessDate

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, appliedOn: BusinessDate
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.appliedOn = appliedOn
    }
}

/// The subdistrict stands behind the application.
public struct LoanEndorsed: Fact {
    public static let type = "funding.loan.endorsed.v1"

    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen
    public var endorsedOn: BusinessDate

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, endorsedOn: BusinessDate
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.endorsedOn = endorsedOn
    }
}

/// The loan is approved and its principal reserved.
public struct LoanApproved: Fact {
    public static let type = "funding.loan.approved.v1"

    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen
    public var approvedOn: BusinessDate

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, approvedOn: BusinessDate
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.approvedOn = approvedOn
    }
}

/// The application was turned down. The reason stays in funding.
public struct LoanRejected: Fact {
    public static let type = "funding.loan.rejected.v1"

    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen
    public var rejectedOn: BusinessDate

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, rejectedOn: BusinessDate
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.rejectedOn = rejectedOn
    }
}

/// The applicant took the application back.
public struct LoanWithdrawn: Fact {
    public static let type = "funding.loan.withdrawn.v1"

    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen
    public var withdrawnOn: BusinessDate

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, withdrawnOn: BusinessDate
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.withdrawnOn = withdrawnOn
    }
}

/// The principal was paid out.
public struct LoanDisbursed: Fact {
    public static let type = "funding.loan.disbursed.v1"

    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen
    public var businessDate: BusinessDate
    /// Equal monthly instalments, the first a month after this day.
    public var termMonths: Int?

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, businessDate: BusinessDate,
        termMonths: Int? = nil
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.businessDate = businessDate
        self.termMonths = termMonths
    }
}

/// The borrower paid some of it back.
public struct LoanRepaid: Fact {
    public static let type = "funding.loan.repaid.v1"

    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen
    public var businessDate: BusinessDate
    public var repayment: RepaymentID
    public var amountFen: Fen
    /// What is still owed; the loan is repaid at 0.
    public var outstandingFen: Fen

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, businessDate: BusinessDate,
        repayment: RepaymentID, amountFen: Fen, outstandingFen: Fen
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.businessDate = businessDate
        self.repayment = repayment
        self.amountFen = amountFen
        self.outstandingFen = outstandingFen
    }
}

/// What was still owed is lost.
public struct LoanWrittenOff: Fact {
    public static let type = "funding.loan.written_off.v1"

    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen
    public var businessDate: BusinessDate
    /// The loss.
    public var amountFen: Fen

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, businessDate: BusinessDate, amountFen: Fen
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.businessDate = businessDate
        self.amountFen = amountFen
    }
}
