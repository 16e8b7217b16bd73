/// Takes a registered person into a household, to live where it lives.
public struct JoinHousehold: Command {
    public static let type = "registry.household.join.v1"

    public var household: HouseholdID
    public var person: PersonID
    public var role: Role
    public var movedOn: BusinessDate

    public init(household: HouseholdID, person: PersonID, role: Role, movedOn: BusinessDate) {
        self.household = household
        self.person = person
        self.role = role
        self.movedOn = movedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(movedOn, "movedOn")
    }
}

/// Takes a person out of the household. The person lives on in the same territory, in no household.
public struct LeaveHousehold: Command {
    public static let type = "registry.household.leave.v1"

    public var household: HouseholdID
    public var person: PersonID
    public var movedOn: BusinessDate

    public init(household: HouseholdID, person: PersonID, movedOn: BusinessDate) {
        self.household = household
        self.person = person
        self.movedOn = movedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(movedOn, "movedOn")
    }
}

/// The role of a person in a household from then on.
public struct MemberRoleInHousehold: Codable, Hashable, Sendable {
    public var person: PersonID
    public var role: Role

    public init(person: PersonID, role: Role) {
        self.person = person
        self.role = role
    }
}

/// Gives members of a household other roles from a day on, such as a new head when the head has died or left.
public struct ChangeHouseholdRoles: Command {
    public static let type = "registry.household.change_roles.v1"

    public var household: HouseholdID
    /// 1 to 20 members, each once.
    public var members: [MemberRoleInHousehold]
    public var changedOn: BusinessDate

    public init(
        household: HouseholdID, members: [MemberRoleInHousehold], changedOn: BusinessDate
    ) {
        self.household = household
        self.members = members
        self.changedOn = changedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(changedOn, "changedOn")
        checks.count(members, "members", 1...20)
    }
}

/// Makes a household of its own of some members of another one.
public struct SplitHousehold: Command, Territorial {
    public static let type = "registry.household.split.v1"

    /// The household that they leave.
    public var household: HouseholdID
    /// The id of the new household.
    public var into: HouseholdID
    /// Where the new household lives.
    public var territory: TerritoryCode
    /// 1 to 20 members of the household, each once, with their roles in the new one.
    public var members: [MemberRoleInHousehold]
    public var splitOn: BusinessDate

    public init(
        household: HouseholdID, into: HouseholdID, territory: TerritoryCode,
        members: [MemberRoleInHousehold], splitOn: BusinessDate
    ) {
        self.household = household
        self.into = into
        self.territory = territory
        self.members = members
        self.splitOn = splitOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(splitOn, "splitOn")
        checks.count(members, "members", 1...20)
        checks.require(
            household != into, "into", "the id of a household that is not registered yet")
    }
}

/// Makes one household of two, because they are one family or were registered twice.
public struct MergeHouseholds: Command {
    public static let type = "registry.households.merge.v1"

    public var survivor: HouseholdID
    /// The household whose members join the survivor. It is dissolved.
    public var merged: HouseholdID
    /// At most 20: all living members of the merged household, each once, with their roles in the survivor. The dead
    /// may be left out.
    public var members: [MemberRoleInHousehold]
    public var mergedOn: BusinessDate

    public init(
        survivor: HouseholdID, merged: HouseholdID, members: [MemberRoleInHousehold],
        mergedOn: BusinessDate
    ) {
        self.survivor = survivor
        self.merged = merged
        self.members = members
        self.mergedOn = mergedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(mergedOn, "mergedOn")
        checks.count(members, "members", 0...20)
        checks.require(survivor != merged, "merged", "the id of another household")
    }
}

/// Ends a household. Its members live on where they live, in no household.
public struct DissolveHousehold: Command {
    public static let type = "registry.household.dissolve.v1"

    public var household: HouseholdID
    /// The first day without it.
    public var dissolvedOn: BusinessDate
    /// Stays in registry.
    public var reason: String?

    public init(household: HouseholdID, dissolvedOn: BusinessDate, reason: String? = nil) {
        self.household = household
        self.dissolvedOn = dissolvedOn
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.happened(dissolvedOn, "dissolvedOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// There is no such household any more.
public struct HouseholdDissolved: PeopleFact {
    public static let type = "registry.household.dissolved.v1"

    public var household: HouseholdID
    /// Where it has lived.
    public var territory: TerritoryCode
    public var dissolvedOn: BusinessDate
    /// The household that its members joined; nil if they joined none.
    public var survivor: HouseholdID?
    /// Changes in the numbers of registered households and persons.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it.
    public var records: PeopleRecords?

    public init(
        household: HouseholdID, territory: TerritoryCode, dissolvedOn: BusinessDate,
        survivor: HouseholdID? = nil, stock: [StockChange]? = nil, records: PeopleRecords? = nil
    ) {
        self.household = household
        self.territory = territory
        self.dissolvedOn = dissolvedOn
        self.survivor = survivor
        self.stock = stock
        self.records = records
    }
}
