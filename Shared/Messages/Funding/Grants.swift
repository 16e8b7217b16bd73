extension Tag {
    public enum Grant {}
    public enum GrantReturn {}
}
public typealias GrantID = ID<Tag.Grant>
public typealias GrantReturnID = ID<Tag.GrantReturn>

/// The purpose of a grant.
public enum GrantKind: String, WireEnum {
    /// 慰问, to a special family.
    case condolence
    /// 助学, to a family with a girl in hardship.
    case tuition
    /// For the costs of a programme; goes to no household.
    case programmeSpending = "programme_spending"

    public var isForHousehold: Bool { self != .programmeSpending }
}

/// Proposes a grant out of a budget.
///
/// A community proposes a grant to a household. A community, a subdistrict or the district proposes
/// programme spending.
public struct RequestGrant: Command {
    public static let type = "funding.grant.request.v1"

    public var grant: GrantID
    public var kind: GrantKind
    public var budget: BudgetID
    /// Required for condolence and tuition; absent for programme spending.
    public var household: HouseholdID?
    public var amountFen: Fen
    /// At most 500 characters; stays in funding.
    public var note: String?
    public var businessDate: BusinessDate
    public var actor: Actor

    public init(
        grant: GrantID, kind: GrantKind, budget: BudgetID, household: HouseholdID? = nil,
        amountFen: Fen, note: String? = nil, businessDate: BusinessDate, actor: Actor
    ) {
        self.grant = grant
        self.kind = kind
        self.budget = budget
        self.household = household
        self.amountFen = amountFen
        self.note = note
        self.businessDate = businessDate
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.positive(amountFen, "amountFen")
        checks.text(note, "note", TextLimit.note)
        checks.require(
            (household != nil) == kind.isForHousehold, "household",
            "a household for condolence and tuition, none for programme_spending")
    }
}

/// The subdistrict endorses a request. The district endorses its own requests.
public struct EndorseGrant: Command {
    public static let type = "funding.grant.endorse.v1"

    public var grant: GrantID
    public var businessDate: BusinessDate
    public var actor: Actor

    public init(grant: GrantID, businessDate: BusinessDate, actor: Actor) {
        self.grant = grant
        self.businessDate = businessDate
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
    }
}

/// The district approves an endorsed request, which reserves it in the budget.
public struct ApproveGrant: Command {
    public static let type = "funding.grant.approve.v1"

    public var grant: GrantID
    public var businessDate: BusinessDate
    public var actor: Actor

    public init(grant: GrantID, businessDate: BusinessDate, actor: Actor) {
        self.grant = grant
        self.businessDate = businessDate
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
    }
}

/// The subdistrict or the district rejects a request. Only the district rejects one that is
/// approved and not yet paid.
public struct RejectGrant: Command {
    public static let type = "funding.grant.reject.v1"

    public var grant: GrantID
    public var reason: String
    public var businessDate: BusinessDate
    public var actor: Actor

    public init(grant: GrantID, reason: String, businessDate: BusinessDate, actor: Actor) {
        self.grant = grant
        self.reason = reason
        self.businessDate = businessDate
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// Pays an approved grant.
public struct PayGrant: Command {
    public static let type = "funding.grant.pay.v1"

    public var grant: GrantID
    public var businessDate: BusinessDate

    public init(grant: GrantID, businessDate: BusinessDate) {
        self.grant = grant
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
    }
}

/// The recipient acknowledges a grant.
public struct AcknowledgeGrant: Command {
    public static let type = "funding.grant.acknowledge.v1"

    public var grant: GrantID
    public var businessDate: BusinessDate

    public init(grant: GrantID, businessDate: BusinessDate) {
        self.grant = grant
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
    }
}

/// Returns part or all of a paid grant to the fund and to the budget.
public struct ReturnGrant: Command {
    public static let type = "funding.grant.return.v1"

    public var grantReturn: GrantReturnID
    public var grant: GrantID
    public var amountFen: Fen
    public var reason: String
    public var businessDate: BusinessDate

    public init(
        grantReturn: GrantReturnID, grant: GrantID, amountFen: Fen, reason: String,
        businessDate: BusinessDate
    ) {
        self.grantReturn = grantReturn
        self.grant = grant
        self.amountFen = amountFen
        self.reason = reason
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.positive(amountFen, "amountFen")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// The grant that a fact is about.
public struct GrantSubject: Flattened {
    public var grant: GrantID
    public var kind: GrantKind
    public var budget: BudgetID
    public var fund: FundID
    public var programme: Programme
    public var household: HouseholdID?
    /// Territory that proposed it: for a household, its community.
    public var territory: TerritoryCode

    public init(
        grant: GrantID, kind: GrantKind, budget: BudgetID, fund: FundID, programme: Programme,
        household: HouseholdID? = nil, territory: TerritoryCode
    ) {
        self.grant = grant
        self.kind = kind
        self.budget = budget
        self.fund = fund
        self.programme = programme
        self.household = household
        self.territory = territory
    }
}

/// A grant is proposed.
public struct GrantRequested: Fact, HasSubject {
    public static let type = "funding.grant.requested.v1"

    public var about: GrantSubject
    public var amountFen: Fen
    public var businessDate: BusinessDate
    /// The staff member or officer who proposed it. Older facts do not have it.
    public var actor: Actor?

    public init(
        _ about: GrantSubject, amountFen: Fen, businessDate: BusinessDate, actor: Actor? = nil
    ) {
        self.about = about
        self.amountFen = amountFen
        self.businessDate = businessDate
        self.actor = actor
    }
}

/// A request is endorsed.
public struct GrantEndorsed: Fact, HasSubject {
    public static let type = "funding.grant.endorsed.v1"

    public var about: GrantSubject
    public var amountFen: Fen
    public var businessDate: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(
        _ about: GrantSubject, amountFen: Fen, businessDate: BusinessDate, actor: Actor? = nil
    ) {
        self.about = about
        self.amountFen = amountFen
        self.businessDate = businessDate
        self.actor = actor
    }
}

/// A grant is approved and its amount reserved in the budget.
public struct GrantApproved: Fact, HasSubject {
    public static let type = "funding.grant.approved.v1"

    public var about: GrantSubject
    public var amountFen: Fen
    public var businessDate: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(
        _ about: GrantSubject, amountFen: Fen, businessDate: BusinessDate, actor: Actor? = nil
    ) {
        self.about = about
        self.amountFen = amountFen
        self.businessDate = businessDate
        self.actor = actor
    }
}

/// A request was rejected.
public struct GrantRejected: Fact, HasSubject {
    public static let type = "funding.grant.rejected.v1"

    public var about: GrantSubject
    public var amountFen: Fen
    public var businessDate: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(
        _ about: GrantSubject, amountFen: Fen, businessDate: BusinessDate, actor: Actor? = nil
    ) {
        self.about = about
        self.amountFen = amountFen
        self.businessDate = businessDate
        self.actor = actor
    }
}

/// A grant was paid. It is spent, not lent.
public struct GrantPaid: Fact, HasSubject {
    public static let type = "funding.grant.paid.v1"

    public var about: GrantSubject
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(_ about: GrantSubject, amountFen: Fen, businessDate: BusinessDate) {
        self.about = about
        self.amountFen = amountFen
        self.businessDate = businessDate
    }
}

/// The recipient has acknowledged the grant.
public struct GrantAcknowledged: Fact, HasSubject {
    public static let type = "funding.grant.acknowledged.v1"

    public var about: GrantSubject
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(_ about: GrantSubject, amountFen: Fen, businessDate: BusinessDate) {
        self.about = about
        self.amountFen = amountFen
        self.businessDate = businessDate
    }
}

/// Part or all of a grant was returned.
public struct GrantReturned: Fact, HasSubject {
    public static let type = "funding.grant.returned.v1"

    public var grantReturn: GrantReturnID
    public var about: GrantSubject
    /// Returned this time.
    public var amountFen: Fen
    /// Paid originally.
    public var paidFen: Fen
    /// Paid and not returned: 0 once all was returned.
    public var keptFen: Fen
    public var businessDate: BusinessDate

    public init(
        _ about: GrantSubject, grantReturn: GrantReturnID, amountFen: Fen, paidFen: Fen,
        keptFen: Fen, businessDate: BusinessDate
    ) {
        self.about = about
        self.grantReturn = grantReturn
        self.amountFen = amountFen
        self.paidFen = paidFen
        self.keptFen = keptFen
        self.businessDate = businessDate
    }
}
