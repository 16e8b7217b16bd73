public import FoundationEssentials

extension Tag {
    public enum Transfer {}
    public enum Reversal {}
}
public typealias TransferID = ID<Tag.Transfer>
public typealias ReversalID = ID<Tag.Reversal>

/// Kind of a posting in the ledger. It decides the accounts between which money moves.
public enum TransferKind: String, WireEnum {
    case deposit, donation, reserve, release, disbursement, repayment
    case writeOff = "write_off"
    case premium
    /// Premium of the days that a terminated policy no longer covers.
    case premiumReturn = "premium_return"
    case grant
    case grantReturn = "grant_return"
    case refund
    /// Out of the fund that received a donation.
    case allocation
    /// Into the fund that it was allocated to.
    case endowment
}

/// Reverses a posting by an opposite posting. The district decides.
public struct ReverseTransfer: Command {
    public static let type = "funding.transfer.reverse.v1"

    public var reversal: ReversalID
    public var transfer: TransferID
    public var reason: String
    public var businessDate: BusinessDate
    public var actor: Actor

    public init(
        reversal: ReversalID, transfer: TransferID, reason: String, businessDate: BusinessDate,
        actor: Actor
    ) {
        self.reversal = reversal
        self.transfer = transfer
        self.reason = reason
        self.businessDate = businessDate
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A posting was reversed, with everything that followed from it.
public struct TransferReversed: Fact {
    public static let type = "funding.transfer.reversed.v1"

    public var reversal: ReversalID
    public var transfer: TransferID
    /// Kind of the reversed posting.
    public var kind: TransferKind
    /// Id of the message that had led to the posting. Its facts name it as their cause.
    public var cause: UUID
    /// Subject of those facts: the deposit, donation, loan or grant; the run of a premium; the
    /// policy of a returned premium.
    public var subject: UUID
    /// The reversed record: the repayment, refund, return or allocation, otherwise the subject.
    public var record: UUID
    public var fund: FundID
    public var programme: Programme
    /// Territory of the posting's fact.
    public var territory: TerritoryCode
    public var amountFen: Fen
    /// The business date of the posting.
    public var postedOn: BusinessDate
    public var businessDate: BusinessDate
    /// Only for premiums: the basis of those who are no longer insured, or of the policy that
    /// continues.
    public var basis: Basis?
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(
        reversal: ReversalID, transfer: TransferID, kind: TransferKind, cause: UUID, subject: UUID,
        record: UUID, fund: FundID, programme: Programme, territory: TerritoryCode, amountFen: Fen,
        postedOn: BusinessDate, businessDate: BusinessDate, basis: Basis? = nil, actor: Actor? = nil
    ) {
        self.reversal = reversal
        self.transfer = transfer
        self.kind = kind
        self.cause = cause
        self.subject = subject
        self.record = record
        self.fund = fund
        self.programme = programme
        self.territory = territory
        self.amountFen = amountFen
        self.postedOn = postedOn
        self.businessDate = businessDate
        self.basis = basis
        self.actor = actor
    }
}
