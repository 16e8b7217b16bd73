public import FoundationEssentials

/// Asks for the statement of a fund: what each of its accounts held before and after a period, and the postings of the period.
public struct GetFund: Query {
    public static let type = "funding.fund.get.v1"

    public var fund: FundID
    /// The first day; nil for the first posting's.
    public var from: BusinessDate?
    /// The last day; nil for the last posting's.
    public var until: BusinessDate?
    /// The last posting of the page before; nil for the first page.
    public var after: TransferID?
    /// Postings on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(
        fund: FundID, from: BusinessDate? = nil, until: BusinessDate? = nil,
        after: TransferID? = nil, limit: Int? = nil
    ) {
        self.fund = fund
        self.from = from
        self.until = until
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.day(from, "from", .listed)
        checks.day(until, "until", .listed)
        if let from { checks.period(from, until, "until") }
        checks.number(limit, "limit", 1...FundingPage.largest)
    }
}

/// A fund.
public struct FundSummary: Codable, Hashable, Sendable {
    public var fund: FundID
    public var kind: FundKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var nameZh: String
    public var nameEn: String
    public var openedOn: BusinessDate
    /// `open` or `closed`.
    public var state: String

    public init(
        fund: FundID, kind: FundKind, programme: Programme, territory: TerritoryCode,
        nameZh: String, nameEn: String, openedOn: BusinessDate, state: String
    ) {
        self.fund = fund
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.nameZh = nameZh
        self.nameEn = nameEn
        self.openedOn = openedOn
        self.state = state
    }
}

/// What an account of a fund holds: its debits less its credits. So what the fund has and has spent is positive, and what was
/// put into it is negative.
public struct AccountAnswer: Codable, Hashable, Sendable {
    /// Such as `cash`, `reserved`, `receivable` or `capital`.
    public var account: String
    /// In fen, before the first day.
    public var openingFen: Int
    /// In fen, at the end of the last day.
    public var closingFen: Int

    public init(account: String, openingFen: Int, closingFen: Int) {
        self.account = account
        self.openingFen = openingFen
        self.closingFen = closingFen
    }
}

/// A posting of the ledger: an amount that moves from one account of a fund to another.
public struct PostingAnswer: Codable, Hashable, Sendable {
    public var transfer: TransferID
    public var kind: TransferKind
    /// The account to which it moves.
    public var debit: String
    /// The account from which it moves.
    public var credit: String
    public var amountFen: Fen
    public var businessDate: BusinessDate
    /// The message that caused it.
    public var cause: UUID
    /// The posting that it takes back.
    public var reverses: TransferID?
    /// The posting that takes it back.
    public var reversedBy: TransferID?

    public init(
        transfer: TransferID, kind: TransferKind, debit: String, credit: String, amountFen: Fen,
        businessDate: BusinessDate, cause: UUID, reverses: TransferID? = nil,
        reversedBy: TransferID? = nil
    ) {
        self.transfer = transfer
        self.kind = kind
        self.debit = debit
        self.credit = credit
        self.amountFen = amountFen
        self.businessDate = businessDate
        self.cause = cause
        self.reverses = reverses
        self.reversedBy = reversedBy
    }
}

/// A fund's statement, with one page of its postings.
public struct FundAnswer: Codable, Hashable, Sendable {
    public var fund: FundSummary
    /// The accounts that were ever posted to. On the first page only.
    public var accounts: [AccountAnswer]
    /// Postings of the period, by their dates.
    public var postings: [PostingAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: TransferID?

    public init(
        fund: FundSummary, accounts: [AccountAnswer], postings: [PostingAnswer],
        next: TransferID? = nil
    ) {
        self.fund = fund
        self.accounts = accounts
        self.postings = postings
        self.next = next
    }
}
