extension Tag { public enum Handover {} }
public typealias HandoverID = ID<Tag.Handover>

/// Asks the office where a person is registered to hand the person over: the person lives in a territory of the asker now.
///
/// The person is named by id, which stands in a paper that the person brings, or that another office has told. The receipt
/// does not say whether there is such a person.
public struct RequestHandover: Command, Territorial {
    public static let type = "registry.handover.request.v1"

    public var handover: HandoverID
    public var person: PersonID
    /// Where the person lives now.
    public var territory: TerritoryCode
    /// The household there that the person joins; nil for none.
    public var household: HouseholdID?
    /// Role of the person in that household.
    public var role: Role?
    /// Since when the person lives there.
    public var movedOn: BusinessDate
    /// Stays in registry.
    public var reason: String?

    public init(
        handover: HandoverID, person: PersonID, territory: TerritoryCode,
        household: HouseholdID? = nil, role: Role? = nil, movedOn: BusinessDate,
        reason: String? = nil
    ) {
        self.handover = handover
        self.person = person
        self.territory = territory
        self.household = household
        self.role = role
        self.movedOn = movedOn
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.happened(movedOn, "movedOn")
        checks.text(reason, "reason", TextLimit.reason)
        checks.require(
            (household == nil) == (role == nil), "role",
            "a role together with a household, or neither")
    }
}

/// A handover is asked for. It names nobody: only the office of the person learns whom it is about.
public struct HandoverRequested: Fact {
    public static let type = "registry.handover.requested.v1"

    public var handover: HandoverID
    /// Where the person is to be registered.
    public var territory: TerritoryCode
    public var movedOn: BusinessDate

    public init(handover: HandoverID, territory: TerritoryCode, movedOn: BusinessDate) {
        self.handover = handover
        self.territory = territory
        self.movedOn = movedOn
    }
}

/// Agrees to a handover, for the office where the person is registered. The person moves as the request says.
public struct AcceptHandover: Command {
    public static let type = "registry.handover.accept.v1"

    public var handover: HandoverID

    public init(handover: HandoverID) {
        self.handover = handover
    }
}

/// Refuses a handover, for the office where the person is registered.
public struct DeclineHandover: Command {
    public static let type = "registry.handover.decline.v1"

    public var handover: HandoverID
    /// Stays in registry.
    public var reason: String

    public init(handover: HandoverID, reason: String) {
        self.handover = handover
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// Whether the office of a person agreed to a handover. If it did, `PersonMoved` says where the person lives.
public struct HandoverDecided: Fact {
    public static let type = "registry.handover.decided.v1"

    public var handover: HandoverID
    public var territory: TerritoryCode
    public var isAccepted: Bool
    /// The day of the decision. Older facts do not have it.
    public var decidedOn: BusinessDate?

    public init(
        handover: HandoverID, territory: TerritoryCode, isAccepted: Bool,
        decidedOn: BusinessDate? = nil
    ) {
        self.handover = handover
        self.territory = territory
        self.isAccepted = isAccepted
        self.decidedOn = decidedOn
    }
}
