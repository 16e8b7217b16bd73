/// Says that two registrations are of one person. From then on either id means the survivor.
public struct MergePersons: Command {
    public static let type = "registry.persons.merge.v1"

    public var survivor: PersonID
    /// The id that is given up.
    public var merged: PersonID
    public var mergedOn: BusinessDate

    public init(survivor: PersonID, merged: PersonID, mergedOn: BusinessDate) {
        self.survivor = survivor
        self.merged = merged
        self.mergedOn = mergedOn
    }
}

/// Two registrations are of one person. Counts of persons fall by one, counts of what was done never.
public struct PersonsMerged: Fact {
    public static let type = "registry.persons.merged.v1"

    public var survivor: PersonID
    public var merged: PersonID
    /// The survivor's.
    public var territory: TerritoryCode
    /// The one household the survivor is in from then on.
    public var household: HouseholdID?
    public var role: Role?
    /// A household that the merged registration was in and the survivor is not.
    public var leftHousehold: HouseholdID?
    public var mergedOn: BusinessDate
    /// What it changes of those who are registered; missing if registry did not say so yet.
    public var stock: [StockChange]?

    public init(
        survivor: PersonID, merged: PersonID, territory: TerritoryCode,
        household: HouseholdID? = nil, role: Role? = nil, leftHousehold: HouseholdID? = nil,
        mergedOn: BusinessDate, stock: [StockChange]? = nil
    ) {
        self.survivor = survivor
        self.merged = merged
        self.territory = territory
        self.household = household
        self.role = role
        self.leftHousehold = leftHousehold
        self.mergedOn = mergedOn
        self.stock = stock
    }
}
