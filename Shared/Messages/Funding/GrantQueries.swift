/// Asks for the grants of a territory: all of them, or those of a household, or in a state.
public struct ListGrants: Query, Territorial {
    public static let type = "funding.grants.list.v1"

    /// The territory, with everything inside it.
    public var territory: TerritoryCode
    public var household: HouseholdID?
    /// `requested`, `endorsed`, `approved`, `rejected`, `paid`, `acknowledged` or `returned`.
    public var state: String?
    /// The last grant of the page before; nil for the first page.
    public var after: GrantID?
    /// Grants on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(
        territory: TerritoryCode, household: HouseholdID? = nil, state: String? = nil,
        after: GrantID? = nil, limit: Int? = nil
    ) {
        self.territory = territory
        self.household = household
        self.state = state
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.text(state, "state", TextLimit.key)
        checks.number(limit, "limit", 1...FundingPage.largest)
    }
}

/// A grant, by ids.
public struct GrantAnswer: Codable, Hashable, Sendable {
    public var grant: GrantID
    public var kind: GrantKind
    public var budget: BudgetID
    public var fund: FundID
    public var programme: Programme
    /// Nil for programme spending.
    public var household: HouseholdID?
    /// The territory that proposed it.
    public var territory: TerritoryCode
    public var amountFen: Fen
    /// Amount that is paid and was not given back.
    public var keptFen: Fen
    /// As in `funding.grants.list.v1`. More may be added.
    public var state: String
    /// The date since which it is in this state.
    public var since: BusinessDate

    public init(
        grant: GrantID, kind: GrantKind, budget: BudgetID, fund: FundID, programme: Programme,
        household: HouseholdID? = nil, territory: TerritoryCode, amountFen: Fen, keptFen: Fen,
        state: String, since: BusinessDate
    ) {
        self.grant = grant
        self.kind = kind
        self.budget = budget
        self.fund = fund
        self.programme = programme
        self.household = household
        self.territory = territory
        self.amountFen = amountFen
        self.keptFen = keptFen
        self.state = state
        self.since = since
    }
}

/// One page of grants, by their territories and ids.
public struct GrantsAnswer: Codable, Hashable, Sendable {
    public var grants: [GrantAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: GrantID?

    public init(grants: [GrantAnswer], next: GrantID? = nil) {
        self.grants = grants
        self.next = next
    }
}
