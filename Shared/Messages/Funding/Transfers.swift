public import FoundationEssentials

/// Why money moves in the ledger, which decides the accounts it moves between.
public enum TransferKind: String, WireEnum {
    case deposit, donation, reserve, release, disbursement, repayment
    case writeOff = "write_off"
    case premium
    /// Of the days that a terminated policy no longer covers.
    case premiumReturn = "premium_return"
    case grant
    case grantReturn = "grant_return"
    case refund
    /// Out of the fund that received a donation.
    case allocation
    /// Into the fund that it was allocated to.
    case endowment
}

/// Takes a posting back by another one the other way round. The district decides.
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
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A posting was taken back, with what followed from it.
public struct TransferReversed: Fact {
    public static let type = "funding.transfer.reversed.v1"

    public var reversal: ReversalID
    public var transfer: TransferID
    /// Of the posting.
    public var kind: TransferKind
    /// The message that had led to the posting; its facts name it as their cause.
    public var cause: UUID
    /// What those facts are about: the deposit, donation, loan or grant; the run of a premium, the policy
    /// of a premium that came back.
    public var subject: UUID
    /// What was recorded: the repayment, refund, return or allocation if it was one, else the subject.
    public var record: UUID
    public var fund: FundID
    public var programme: Programme
    /// As the fact of the posting has it.
    public var territory: TerritoryCode
    public var amountFen: Fen
    /// The business date of the posting.
    public var postedOn: BusinessDate
    public var businessDate: BusinessDate
    /// Only of premiums: the basis of those who are not insured by it after all, or of the policy that goes on.
    public var basis: Basis?

    public init(
        reversal: ReversalID, transfer: TransferID, kind: TransferKind, cause: UUID, subject: UUID,
        record: UUID, fund: FundID, programme: Programme, territory: TerritoryCode, amountFen: Fen,
        postedOn: BusinessDate, businessDate: BusinessDate, basis: Basis? = nil
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
    }
}
