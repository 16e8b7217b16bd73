extension Tag { public enum Casework {} }
public typealias CaseworkID = ID<Tag.Casework>

/// What an individual service is.
public enum CaseworkKind: String, WireEnum {
    case counselling
    /// 入户指导.
    case homeVisit = "home_visit"
    case assessment
    /// 个性化指导.
    case guidance
    case referral
}

/// Records one individual service for one person: one person-time.
public struct RecordCasework: Command, Territorial, Placed {
    public static let type = "events.casework.record.v1"

    public var casework: CaseworkID
    public var kind: CaseworkKind
    public var programme: Programme
    public var territory: TerritoryCode
    /// Nil for someone who did not say who they are.
    public var person: PersonID?
    public var servedOn: BusinessDate

    public var placement: Placement { Placement(territory, on: servedOn) }

    public init(
        casework: CaseworkID, kind: CaseworkKind, programme: Programme, territory: TerritoryCode,
        person: PersonID? = nil, servedOn: BusinessDate
    ) {
        self.casework = casework
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.person = person
        self.servedOn = servedOn
    }
}

/// An individual service was given.
public struct CaseworkRecorded: Fact {
    public static let type = "events.casework.recorded.v1"

    public var casework: CaseworkID
    public var kind: CaseworkKind
    public var programme: Programme
    public var territory: TerritoryCode
    /// Nil for someone who did not say who they are.
    public var person: PersonID?
    public var servedOn: BusinessDate

    public init(
        casework: CaseworkID, kind: CaseworkKind, programme: Programme, territory: TerritoryCode,
        person: PersonID? = nil, servedOn: BusinessDate
    ) {
        self.casework = casework
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.person = person
        self.servedOn = servedOn
    }
}
