/// What a grant is for.
public enum GrantKind: String, WireEnum {
    /// 慰问, to a special family.
    case condolence
    /// 助学, to a family with a girl in hardship.
    case tuition
    /// What a programme costs; goes to no household.
    case programmeSpending = "programme_spending"

    public var isForHousehold: Bool { self != .programmeSpending }
}

/// Proposes a grant out of a budget.
///
/// A community proposes what goes to a household; what a programme costs is proposed by a community,
/// a subdistrict or the district.
public struct RequestGrant: Command {
    public static let type = "funding.grant.request.v1"

    public var grant: GrantID
    public var kind: GrantKind
    public var budget: BudgetID
    /// Of a condolence or tuition grant.
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
        checks.positive(amountFen, "amountFen")
        checks.text(note, "note", TextLimit.note)
        checks.require(
            (household != nil) == kind.isForHousehold, "household",
            "a household for condolence and tuition, none for programme_spending")
    }
}

/// The subdistrict endorses a request; the district does so for what it proposed itself.
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
}

/// The subdistrict or the district turns a request down. What is approved and not yet paid, the
/// district alone.
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
}

/// Whoever got a grant says so.
public struct AcknowledgeGrant: Command {
    public static let type = "funding.grant.acknowledge.v1"

    public var grant: GrantID
    public var businessDate: BusinessDate

    public init(grant: GrantID, businessDate: BusinessDate) {
        self.grant = grant
        self.businessDate = businessDate
    }
}

/// Gives a part or all of a paid grant back, to the fund and to the budget.
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
        checks.positive(amountFen, "amountFen")
        checks.text(reason, "reason", TextLimit.reason)
    }
}
