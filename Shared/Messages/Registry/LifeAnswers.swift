/// How a stay has begun, which says what can take it back.
public enum StayBeginning: String, WireEnum {
    /// The person was registered there.
    case registered
    /// The person has moved: `registry.person.void_move.v1` takes it back with the day of the stay as `movedOn`.
    case moved
    /// A registration that was merged into this one lived there: `registry.persons.unmerge.v1` takes it back.
    case merged
    /// The household has moved, or has ended: `registry.household.restore.v1` takes an end back.
    case household
}

/// Where a person has lived from a day on, until the next stay.
public struct StayAnswer: Codable, Hashable, Sendable {
    public var from: BusinessDate
    /// Nil while the person lives outside the association's area.
    public var territory: TerritoryCode?
    /// Nil if the person is in no household.
    public var household: HouseholdID?
    /// Role in that household.
    public var role: Role?
    public var beginning: StayBeginning

    public init(
        from: BusinessDate, territory: TerritoryCode? = nil, household: HouseholdID? = nil,
        role: Role? = nil, beginning: StayBeginning
    ) {
        self.from = from
        self.territory = territory
        self.household = household
        self.role = role
        self.beginning = beginning
    }
}

/// The merge of a registration into another one of the same person.
public struct MergeAnswer: Codable, Hashable, Sendable {
    public var merged: PersonID
    /// The registration into which it was merged, which may have been merged since.
    public var into: PersonID
    public var mergedOn: BusinessDate

    public init(merged: PersonID, into: PersonID, mergedOn: BusinessDate) {
        self.merged = merged
        self.into = into
        self.mergedOn = mergedOn
    }
}
