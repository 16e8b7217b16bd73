extension Tag { public enum Casework {} }
public typealias CaseworkID = ID<Tag.Casework>

/// Kind of an individual service.
public enum CaseworkKind: String, WireEnum {
    case counselling
    /// 入户指导.
    case homeVisit = "home_visit"
    case assessment
    /// 个性化指导.
    case guidance
    case referral
}

/// Records one individual service for one person. It counts as one person-time.
public struct RecordCasework: Command, Territorial, Placed, Flattened, Hashable {
    public static let type = "events.casework.record.v1"

    public var casework: CaseworkID
    public var kind: CaseworkKind
    public var programme: Programme
    public var territory: TerritoryCode
    /// Nil for a person who did not give a name.
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

    public func check(_ checks: inout Checks) {
        checks.happened(servedOn, "servedOn")
    }
}

/// An individual service was given.
public struct CaseworkRecorded: Fact, HasSubject {
    public static let type = "events.casework.recorded.v1"

    public var about: RecordCasework

    public init(_ about: RecordCasework) {
        self.about = about
    }
}
