/// A purpose to which a person can consent.
public enum ConsentPurpose: String, WireEnum {
    case service, insurer
    /// To be named in the press; without it, nobody is named in any output.
    case namedPressUse = "named_press_use"
}

public enum ConsentDecision: String, WireEnum {
    case given, withdrawn
}

/// Records a person's decision about one purpose. The decision with the latest date counts; of
/// several on one day, a withdrawal. If another decision stands, the receipt says which
/// (`other_decision_stands`).
public struct RecordConsent: Command {
    public static let type = "registry.consent.record.v1"

    public var person: PersonID
    public var purpose: ConsentPurpose
    public var decision: ConsentDecision
    public var decidedOn: BusinessDate

    public init(
        person: PersonID, purpose: ConsentPurpose, decision: ConsentDecision,
        decidedOn: BusinessDate
    ) {
        self.person = person
        self.purpose = purpose
        self.decision = decision
        self.decidedOn = decidedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(decidedOn, "decidedOn")
    }
}

/// A person has decided about one purpose.
public struct ConsentRecorded: Fact {
    public static let type = "registry.consent.recorded.v1"

    public var person: PersonID
    public var territory: TerritoryCode
    public var purpose: ConsentPurpose
    public var decision: ConsentDecision
    public var decidedOn: BusinessDate
    /// The decision in force now: one with a later date may have been recorded earlier.
    public var standing: ConsentDecision
    public var standingSince: BusinessDate

    public init(
        person: PersonID, territory: TerritoryCode, purpose: ConsentPurpose,
        decision: ConsentDecision, decidedOn: BusinessDate, standing: ConsentDecision,
        standingSince: BusinessDate
    ) {
        self.person = person
        self.territory = territory
        self.purpose = purpose
        self.decision = decision
        self.decidedOn = decidedOn
        self.standing = standing
        self.standingSince = standingSince
    }
}
