public import FoundationEssentials

/// What somebody has to decide.
public enum DecisionKind: String, WireEnum {
    /// A loan that was applied for, to be endorsed, or one that was endorsed, to be approved.
    case loan
    /// So for a grant.
    case grant
    /// A claim that was filed.
    case claim
    /// The list of an enrolment run that was evaluated.
    case run
}

/// Asks what waits for a decision in a territory, and whose it is. What has waited longest comes first.
public struct ListDecisions: Query, Territorial {
    public static let type = "funding.decisions.list.v1"

    /// The territory, with everything inside it.
    public var territory: TerritoryCode
    public var kind: DecisionKind?
    /// Only what a branch of this level decides next: `subdistrict` or `district`.
    public var level: AuthorityLevel?
    /// `next` of the page before; nil for the first page.
    public var after: DecisionPlace?
    /// Decisions on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(
        territory: TerritoryCode, kind: DecisionKind? = nil, level: AuthorityLevel? = nil,
        after: DecisionPlace? = nil, limit: Int? = nil
    ) {
        self.territory = territory
        self.kind = kind
        self.level = level
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        if let after { checks.nested(after, "after") { $1.day($0.since, "since", .listed) } }
        checks.number(limit, "limit", 1...FundingPage.largest)
    }
}

/// A place in the order of days and records.
public struct DecisionPlace: Codable, Hashable, Sendable {
    public var since: BusinessDate
    public var record: UUID

    public init(since: BusinessDate, record: UUID) {
        self.since = since
        self.record = record
    }
}

/// A loan, grant, claim or run that waits for a decision, by ids.
public struct DecisionAnswer: Codable, Hashable, Sendable {
    public var kind: DecisionKind
    /// The id of the loan, grant, claim or run.
    public var record: UUID
    public var state: String
    public var programme: Programme
    /// The territory of the record.
    public var territory: TerritoryCode
    /// The borrower, the household that the grant is for, or whom the policy insures; nil for programme spending and for a run.
    public var subject: UUID?
    /// Amount asked for; nil for a run.
    public var amountFen: Fen?
    /// The level of the branch that must decide next.
    public var level: AuthorityLevel
    /// That branch's territory; nil if no branch of the level is around the record any more, because its unit was split.
    public var decidedBy: TerritoryCode?
    /// The date of the step before. Of a run it is that of its opening.
    public var since: BusinessDate
    /// Days for which it has waited.
    public var daysWaiting: Int

    public init(
        kind: DecisionKind, record: UUID, state: String, programme: Programme,
        territory: TerritoryCode, subject: UUID? = nil, amountFen: Fen? = nil,
        level: AuthorityLevel, decidedBy: TerritoryCode? = nil, since: BusinessDate,
        daysWaiting: Int
    ) {
        self.kind = kind
        self.record = record
        self.state = state
        self.programme = programme
        self.territory = territory
        self.subject = subject
        self.amountFen = amountFen
        self.level = level
        self.decidedBy = decidedBy
        self.since = since
        self.daysWaiting = daysWaiting
    }
}

/// One page of what waits for a decision.
public struct DecisionsAnswer: Codable, Hashable, Sendable {
    public var decisions: [DecisionAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: DecisionPlace?

    public init(decisions: [DecisionAnswer], next: DecisionPlace? = nil) {
        self.decisions = decisions
        self.next = next
    }
}
