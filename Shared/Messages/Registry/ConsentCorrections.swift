/// Takes back a decision that was recorded by mistake. Those that were recorded besides it decide what stands.
public struct VoidConsent: Command {
    public static let type = "registry.consent.void.v1"

    public var person: PersonID
    public var purpose: ConsentPurpose
    /// The decision, and its day, as they were recorded.
    public var decision: ConsentDecision
    public var decidedOn: BusinessDate
    /// Stays in registry.
    public var reason: String
    /// The office of whoever decides. It is held today.
    public var actor: Actor

    public init(
        person: PersonID, purpose: ConsentPurpose, decision: ConsentDecision,
        decidedOn: BusinessDate, reason: String, actor: Actor
    ) {
        self.person = person
        self.purpose = purpose
        self.decision = decision
        self.decidedOn = decidedOn
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(decidedOn, "decidedOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A decision was never made.
public struct ConsentVoided: Fact {
    public static let type = "registry.consent.voided.v1"

    public var person: PersonID
    public var territory: TerritoryCode
    public var purpose: ConsentPurpose
    public var decision: ConsentDecision
    public var decidedOn: BusinessDate
    /// The decision in force now; nil if no other was recorded.
    public var standing: ConsentDecision?
    public var standingSince: BusinessDate?
    /// The day of the decision. Older facts do not have it.
    public var voidedOn: BusinessDate?
    /// The office of whoever decided.
    public var actor: Actor

    public init(
        person: PersonID, territory: TerritoryCode, purpose: ConsentPurpose,
        decision: ConsentDecision, decidedOn: BusinessDate, standing: ConsentDecision? = nil,
        standingSince: BusinessDate? = nil, voidedOn: BusinessDate? = nil, actor: Actor
    ) {
        self.person = person
        self.territory = territory
        self.purpose = purpose
        self.decision = decision
        self.decidedOn = decidedOn
        self.standing = standing
        self.standingSince = standingSince
        self.voidedOn = voidedOn
        self.actor = actor
    }
}
