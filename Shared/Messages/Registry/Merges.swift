/// The registration of two that carried somebody else's papers.
public enum WrongPapers: String, WireEnum {
    case survivor, merged
}

/// Merges two registrations of one person. From then on either id means the survivor.
public struct MergePersons: Command {
    public static let type = "registry.persons.merge.v1"

    public var survivor: PersonID
    /// The registration that is merged into the survivor.
    public var merged: PersonID
    public var mergedOn: BusinessDate
    /// The registration whose papers are another person's, who can then be registered with them; nil if all papers
    /// are this person's.
    public var wrongPapers: WrongPapers?

    public init(
        survivor: PersonID, merged: PersonID, mergedOn: BusinessDate,
        wrongPapers: WrongPapers? = nil
    ) {
        self.survivor = survivor
        self.merged = merged
        self.mergedOn = mergedOn
        self.wrongPapers = wrongPapers
    }

    public func check(_ checks: inout Checks) {
        checks.happened(mergedOn, "mergedOn")
    }
}

/// Two registrations of one person were merged. Counts of persons fall by one; counts of services
/// do not change.
public struct PersonsMerged: Fact {
    public static let type = "registry.persons.merged.v1"

    public var survivor: PersonID
    public var merged: PersonID
    /// The territory of the survivor.
    public var territory: TerritoryCode
    /// The household of the survivor from then on.
    public var household: HouseholdID?
    public var role: Role?
    /// The household of the merged registration, if the survivor is not in it.
    public var leftHousehold: HouseholdID?
    public var mergedOn: BusinessDate
    /// Changes in the numbers of registered households and persons. Older facts do not have it.
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
