/// Takes back the end of a household that was dissolved, or merged into another one, by mistake. It stands again from the day of its
/// end on.
///
/// Those who lived in it until then come back to it, with the roles that they had. What dated steps say after that day stays: who
/// has moved on since lives there from the day of that move on.
public struct RestoreHousehold: Command {
    public static let type = "registry.household.restore.v1"

    /// The household that has ended.
    public var household: HouseholdID
    /// The day on which the error was found.
    public var restoredOn: BusinessDate
    /// Kept sealed in registry.
    public var reason: String
    /// The id of the membership as staff member or officer of whoever decides. It is active on that day, and of nobody who has
    /// lived in the household.
    public var actor: Actor

    public init(
        household: HouseholdID, restoredOn: BusinessDate, reason: String, actor: Actor
    ) {
        self.household = household
        self.restoredOn = restoredOn
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(restoredOn, "restoredOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// The end of a household was a mistake: it stands from that day on, as before.
public struct HouseholdRestored: PeopleFact {
    public static let type = "registry.household.restored.v1"

    public var household: HouseholdID
    /// Where it lives.
    public var territory: TerritoryCode
    /// The day that was said to be the first without it.
    public var wrong: BusinessDate
    /// The household that its members had joined, if it was a merge.
    public var survivor: HouseholdID?
    /// Those who live in it again on that day.
    public var members: [PersonID]
    public var restoredOn: BusinessDate
    public var actor: Actor
    /// Changes in the numbers of registered households and persons.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it.
    public var records: PeopleRecords?

    public init(
        household: HouseholdID, territory: TerritoryCode, wrong: BusinessDate,
        survivor: HouseholdID? = nil, members: [PersonID], restoredOn: BusinessDate, actor: Actor,
        stock: [StockChange]? = nil, records: PeopleRecords? = nil
    ) {
        self.household = household
        self.territory = territory
        self.wrong = wrong
        self.survivor = survivor
        self.members = members
        self.restoredOn = restoredOn
        self.actor = actor
        self.stock = stock
        self.records = records
    }
}
