/// A grant is proposed.
public struct GrantRequested: Fact {
    public static let type = "funding.grant.requested.v1"

    public var grant: GrantID
    public var kind: GrantKind
    public var budget: BudgetID
    public var fund: FundID
    public var programme: Programme
    public var household: HouseholdID?
    /// Where it was proposed: the community, for a household.
    public var territory: TerritoryCode
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(
        grant: GrantID, kind: GrantKind, budget: BudgetID, fund: FundID, programme: Programme,
        household: HouseholdID? = nil, territory: TerritoryCode, amountFen: Fen,
        businessDate: BusinessDate
    ) {
        self.grant = grant
        self.kind = kind
        self.budget = budget
        self.fund = fund
        self.programme = programme
        self.household = household
        self.territory = territory
        self.amountFen = amountFen
        self.businessDate = businessDate
    }
}

/// A request is endorsed.
public struct GrantEndorsed: Fact {
    public static let type = "funding.grant.endorsed.v1"

    public var grant: GrantID
    public var kind: GrantKind
    public var budget: BudgetID
    public var fund: FundID
    public var programme: Programme
    public var household: HouseholdID?
    public var territory: TerritoryCode
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(
        grant: GrantID, kind: GrantKind, budget: BudgetID, fund: FundID, programme: Programme,
        household: HouseholdID? = nil, territory: TerritoryCode, amountFen: Fen,
        businessDate: BusinessDate
    ) {
        self.grant = grant
        self.kind = kind
        self.budget = budget
        self.fund = fund
        self.programme = programme
        self.household = household
        self.territory = territory
        self.amountFen = amountFen
        self.businessDate = businessDate
    }
}

/// A grant is approved and its amount reserved in the budget.
public struct GrantApproved: Fact {
    public static let type = "funding.grant.approved.v1"

    public var grant: GrantID
    public var kind: GrantKind
    public var budget: BudgetID
    public var fund: FundID
    public var programme: Programme
    public var household: HouseholdID?
    public var territory: TerritoryCode
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(
        grant: GrantID, kind: GrantKind, budget: BudgetID, fund: FundID, programme: Programme,
        household: HouseholdID? = nil, territory: TerritoryCode, amountFen: Fen,
        businessDate: BusinessDate
    ) {
        self.grant = grant
        self.kind = kind
        self.budget = budget
        self.fund = fund
        self.programme = programme
        self.household = household
        self.territory = territory
        self.amountFen = amountFen
        self.businessDate = businessDate
    }
}

/// A request was turned down.
public struct GrantRejected: Fact {
    public static let type = "funding.grant.rejected.v1"

    public var grant: GrantID
    public var kind: GrantKind
    public var budget: BudgetID
    public var fund: FundID
    public var programme: Programme
    public var household: HouseholdID?
    public var territory: TerritoryCode
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(
        grant: GrantID, kind: GrantKind, budget: BudgetID, fund: FundID, programme: Programme,
        household: HouseholdID? = nil, territory: TerritoryCode, amountFen: Fen,
        businessDate: BusinessDate
    ) {
        self.grant = grant
        self.kind = kind
        self.budget = budget
        self.fund = fund
        self.programme = programme
        self.household = household
        self.territory = territory
        self.amountFen = amountFen
        self.businessDate = businessDate
    }
}

/// A grant was paid. It is spent, not lent.
public struct GrantPaid: Fact {
    public static let type = "funding.grant.paid.v1"

    public var grant: GrantID
    public var kind: GrantKind
    public var budget: BudgetID
    public var fund: FundID
    public var programme: Programme
    public var household: HouseholdID?
    public var territory: TerritoryCode
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(
        grant: GrantID, kind: GrantKind, budget: BudgetID, fund: FundID, programme: Programme,
        household: HouseholdID? = nil, territory: TerritoryCode, amountFen: Fen,
        businessDate: BusinessDate
    ) {
        self.grant = grant
        self.kind = kind
        self.budget = budget
        self.fund = fund
        self.programme = programme
        self.household = household
        self.territory = territory
        self.amountFen = amountFen
        self.businessDate = businessDate
    }
}

/// Whoever got the grant has said so.
public struct GrantAcknowledged: Fact {
    public static let type = "funding.grant.acknowledged.v1"

    public var grant: GrantID
    public var kind: GrantKind
    public var budget: BudgetID
    public var fund: FundID
    public var programme: Programme
    public var household: HouseholdID?
    public var territory: TerritoryCode
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(
        grant: GrantID, kind: GrantKind, budget: BudgetID, fund: FundID, programme: Programme,
        household: HouseholdID? = nil, territory: TerritoryCode, amountFen: Fen,
        businessDate: BusinessDate
    ) {
        self.grant = grant
        self.kind = kind
        self.budget = budget
        self.fund = fund
        self.programme = programme
        self.household = household
        self.territory = territory
        self.amountFen = amountFen
        self.businessDate = businessDate
    }
}

/// A part or all of a grant came back.
public struct GrantReturned: Fact {
    public static let type = "funding.grant.returned.v1"

    public var grantReturn: GrantReturnID
    public var grant: GrantID
    public var kind: GrantKind
    public var budget: BudgetID
    public var fund: FundID
    public var programme: Programme
    public var household: HouseholdID?
    public var territory: TerritoryCode
    /// What came back now.
    public var amountFen: Fen
    /// What was paid once.
    public var paidFen: Fen
    /// What is left of it: nothing once all came back.
    public var keptFen: Fen
    public var businessDate: BusinessDate

    public init(
        grantReturn: GrantReturnID, grant: GrantID, kind: GrantKind, budget: BudgetID, fund: FundID,
        programme: Programme, household: HouseholdID? = nil, territory: TerritoryCode,
        amountFen: Fen, paidFen: Fen, keptFen: Fen, businessDate: BusinessDate
    ) {
        self.grantReturn = grantReturn
        self.grant = grant
        self.kind = kind
        self.budget = budget
        self.fund = fund
        self.programme = programme
        self.household = household
        self.territory = territory
        self.amountFen = amountFen
        self.paidFen = paidFen
        self.keptFen = keptFen
        self.businessDate = businessDate
    }
}
