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
public struct PersonsMerged: PeopleFact {
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
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        survivor: PersonID, merged: PersonID, territory: TerritoryCode,
        household: HouseholdID? = nil, role: Role? = nil, leftHousehold: HouseholdID? = nil,
        mergedOn: BusinessDate, stock: [StockChange]? = nil, records: PeopleRecords? = nil
    ) {
        self.survivor = survivor
        self.merged = merged
        self.territory = territory
        self.household = household
        self.role = role
        self.leftHousehold = leftHousehold
        self.mergedOn = mergedOn
        self.stock = stock
        self.records = records
    }
}

/// Separates two registrations that were merged and are not of one person. Each is as it was. What was sent to registry for
/// either id while they were merged is the survivor's and stays with the survivor: correct there what is the other's. Papers that `wrongPapers` had freed find it again, unless somebody has them by now.
public struct UnmergePersons: Command {
    public static let type = "registry.persons.unmerge.v1"

    public var survivor: PersonID
    /// The registration that was merged, and gets its id back. Those that were merged into it before stay with it.
    public var merged: PersonID
    /// The day on which the error was found.
    public var unmergedOn: BusinessDate
    /// Kept sealed in registry.
    public var reason: String
    /// The id of the membership as staff member or officer of whoever decides. It is active on that day.
    public var actor: Actor

    public init(
        survivor: PersonID, merged: PersonID, unmergedOn: BusinessDate, reason: String,
        actor: Actor
    ) {
        self.survivor = survivor
        self.merged = merged
        self.unmergedOn = unmergedOn
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(unmergedOn, "unmergedOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// Two registrations that were merged are of two persons.
public struct PersonsUnmerged: PeopleFact {
    public static let type = "registry.persons.unmerged.v1"

    public var survivor: PersonID
    public var merged: PersonID
    /// The territory of the survivor.
    public var territory: TerritoryCode
    /// The territory of the one that was merged.
    public var mergedTerritory: TerritoryCode
    /// The registration into which it had been merged, if that one was merged into the survivor later.
    public var into: PersonID?
    /// The day of the merge that was wrong.
    public var mergedOn: BusinessDate
    public var unmergedOn: BusinessDate
    public var actor: Actor
    /// Changes in the numbers of registered households and persons.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it.
    public var records: PeopleRecords?

    public init(
        survivor: PersonID, merged: PersonID, territory: TerritoryCode,
        mergedTerritory: TerritoryCode, into: PersonID? = nil, mergedOn: BusinessDate,
        unmergedOn: BusinessDate, actor: Actor, stock: [StockChange]? = nil,
        records: PeopleRecords? = nil
    ) {
        self.survivor = survivor
        self.merged = merged
        self.territory = territory
        self.mergedTerritory = mergedTerritory
        self.into = into
        self.mergedOn = mergedOn
        self.unmergedOn = unmergedOn
        self.actor = actor
        self.stock = stock
        self.records = records
    }
}
