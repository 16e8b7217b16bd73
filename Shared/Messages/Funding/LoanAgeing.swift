/// Brings the loans of a fund up to a day: approvals that were not paid out in time expire, loans
/// with too little paid back fall overdue, and overdue ones that were paid up are so no longer.
///
/// To be sent once a day. One message ages 1,000 loans at most; the fact says whether more are left.
public struct AgeLoans: Command {
    public static let type = "funding.loan.age.v1"

    public var ageing: AgeingID
    public var fund: FundID
    public var asOf: BusinessDate

    public init(ageing: AgeingID, fund: FundID, asOf: BusinessDate) {
        self.ageing = ageing
        self.fund = fund
        self.asOf = asOf
    }
}

/// The loans of a fund were brought up to a day.
public struct LoansAged: Fact {
    public static let type = "funding.loan.aged.v1"

    public var ageing: AgeingID
    public var fund: FundID
    public var programme: Programme
    public var territory: TerritoryCode
    public var asOf: BusinessDate
    public var expired: Int
    public var fellOverdue: Int
    public var caughtUp: Int
    /// Whether no loan of the fund is left to be aged.
    public var isComplete: Bool

    public init(
        ageing: AgeingID, fund: FundID, programme: Programme, territory: TerritoryCode,
        asOf: BusinessDate, expired: Int, fellOverdue: Int, caughtUp: Int, isComplete: Bool
    ) {
        self.ageing = ageing
        self.fund = fund
        self.programme = programme
        self.territory = territory
        self.asOf = asOf
        self.expired = expired
        self.fellOverdue = fellOverdue
        self.caughtUp = caughtUp
        self.isComplete = isComplete
    }
}

/// An approved loan was not paid out in time; what was reserved for it is free again.
public struct LoanExpired: Fact {
    public static let type = "funding.loan.expired.v1"

    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen
    public var businessDate: BusinessDate

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, businessDate: BusinessDate
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.businessDate = businessDate
    }
}

/// Less was paid back than was due.
public struct LoanFellOverdue: Fact {
    public static let type = "funding.loan.fell_overdue.v1"

    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen
    /// Due and not paid.
    public var overdueFen: Fen
    /// All that is owed, due or not.
    public var outstandingFen: Fen
    public var businessDate: BusinessDate
    /// The posting that it follows from: once that is taken back, it did not happen.
    public var posting: TransferID?

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, overdueFen: Fen, outstandingFen: Fen,
        businessDate: BusinessDate, posting: TransferID? = nil
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.overdueFen = overdueFen
        self.outstandingFen = outstandingFen
        self.businessDate = businessDate
        self.posting = posting
    }
}

/// An overdue loan is paid as far as it is due.
public struct LoanCaughtUp: Fact {
    public static let type = "funding.loan.caught_up.v1"

    public var loan: LoanID
    public var fund: FundID
    public var programme: Programme
    public var borrower: PersonID
    public var territory: TerritoryCode
    public var principalFen: Fen
    public var outstandingFen: Fen
    public var businessDate: BusinessDate
    /// The posting that it follows from: once that is taken back, it did not happen.
    public var posting: TransferID?

    public init(
        loan: LoanID, fund: FundID, programme: Programme, borrower: PersonID,
        territory: TerritoryCode, principalFen: Fen, outstandingFen: Fen,
        businessDate: BusinessDate, posting: TransferID? = nil
    ) {
        self.loan = loan
        self.fund = fund
        self.programme = programme
        self.borrower = borrower
        self.territory = territory
        self.principalFen = principalFen
        self.outstandingFen = outstandingFen
        self.businessDate = businessDate
        self.posting = posting
    }
}
