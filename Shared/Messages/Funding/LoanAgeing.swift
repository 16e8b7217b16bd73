extension Tag { public enum Ageing {} }
public typealias AgeingID = ID<Tag.Ageing>

/// Updates the loans of a fund to a day. Approvals that were not paid out in time expire, loans
/// with too little paid back fall overdue, and overdue loans that were paid up become current
/// again.
///
/// Each step is dated on the day on which it was due. The service does this itself every day; the
/// message does it as of a day before. As of today, a loan that was changed in the last 24 hours is
/// left for tomorrow, because its papers may still be coming in. One message ages at most 1,000
/// loans; the fact says whether more are left.
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

    public func check(_ checks: inout Checks) {
        checks.happened(asOf, "asOf")
    }
}

/// The loans of a fund were updated to a day.
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
    /// False if more loans of the fund are left to be aged.
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

/// An approved loan was not paid out in time. Its reservation is released.
public struct LoanExpired: Fact, HasSubject {
    public static let type = "funding.loan.expired.v1"

    public var about: LoanSubject
    public var businessDate: BusinessDate

    public init(_ about: LoanSubject, businessDate: BusinessDate) {
        self.about = about
        self.businessDate = businessDate
    }
}

/// A borrower has paid back less than was due.
public struct LoanFellOverdue: Fact, HasSubject {
    public static let type = "funding.loan.fell_overdue.v1"

    public var about: LoanSubject
    /// Due and not paid.
    public var overdueFen: Fen
    /// Still owed, whether due or not.
    public var outstandingFen: Fen
    public var businessDate: BusinessDate
    /// The posting that caused it. If that posting is reversed, this fact no longer holds.
    public var posting: TransferID?

    public init(
        _ about: LoanSubject, overdueFen: Fen, outstandingFen: Fen, businessDate: BusinessDate,
        posting: TransferID? = nil
    ) {
        self.about = about
        self.overdueFen = overdueFen
        self.outstandingFen = outstandingFen
        self.businessDate = businessDate
        self.posting = posting
    }
}

/// An overdue loan is current again: all that was due is paid.
public struct LoanCaughtUp: Fact, HasSubject {
    public static let type = "funding.loan.caught_up.v1"

    public var about: LoanSubject
    public var outstandingFen: Fen
    public var businessDate: BusinessDate
    /// The posting that caused it. If that posting is reversed, this fact no longer holds.
    public var posting: TransferID?

    public init(
        _ about: LoanSubject, outstandingFen: Fen, businessDate: BusinessDate,
        posting: TransferID? = nil
    ) {
        self.about = about
        self.outstandingFen = outstandingFen
        self.businessDate = businessDate
        self.posting = posting
    }
}
