/// What a person agrees to.
public enum ConsentPurpose: String, WireEnum {
    case service, insurer
    /// To be named in the press; without it, nobody is named in any output.
    case namedPressUse = "named_press_use"
}

public enum ConsentDecision: String, WireEnum {
    case given, withdrawn
}

/// Records what a person decided about one purpose. The latest date counts; on one day, what was
/// recorded last.
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
}

/// A person has decided about one purpose.
public struct ConsentRecorded: Fact {
    public static let type = "registry.consent.recorded.v1"

    public var person: PersonID
    public var territory: TerritoryCode
    public var purpose: ConsentPurpose
    public var decision: ConsentDecision
    public var decidedOn: BusinessDate
    /// What holds now: a later decision may have been recorded before.
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
