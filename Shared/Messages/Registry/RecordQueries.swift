public import FoundationEssentials

/// Sizes of pages of the queries for lists of registry.
public enum RegistryPage {
    public static let largest = 200
    public static let usual = 50
}

/// Asks for the memberships of a person: applied for, active and ended.
public struct ListMemberships: Query {
    public static let type = "registry.memberships.list.v1"

    /// Any of the person's ids.
    public var person: PersonID
    /// The last membership of the page before; nil for the first page.
    public var after: MemberID?
    /// Memberships on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(person: PersonID, after: MemberID? = nil, limit: Int? = nil) {
        self.person = person
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.number(limit, "limit", 1...RegistryPage.largest)
    }
}

/// Asks for the categories of a person or of a household, current and past. Those of a person are found in whatever household
/// they were asserted; those of a household are all that were asserted in it.
public struct ListCategories: Query {
    public static let type = "registry.categories.list.v1"

    /// The id of a household, or any of a person's ids.
    public var subject: UUID
    /// The last assertion of the page before; nil for the first page.
    public var after: AssertionID?
    /// Assertions on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(subject: UUID, after: AssertionID? = nil, limit: Int? = nil) {
        self.subject = subject
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.number(limit, "limit", 1...RegistryPage.largest)
    }
}

/// Asks for all decisions of a person about consent, and which are in force.
public struct ListConsents: Query {
    public static let type = "registry.consents.list.v1"

    /// Any of the person's ids.
    public var person: PersonID
    /// The command that recorded the last decision of the page before; nil for the first page.
    public var after: UUID?
    /// Decisions on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(person: PersonID, after: UUID? = nil, limit: Int? = nil) {
        self.person = person
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.number(limit, "limit", 1...RegistryPage.largest)
    }
}

/// Asks for the sites of a territory.
public struct ListSites: Query, Territorial {
    public static let type = "registry.sites.list.v1"

    /// The territory, with everything inside it.
    public var territory: TerritoryCode
    /// The last site of the page before; nil for the first page.
    public var after: SiteID?
    /// Sites on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(territory: TerritoryCode, after: SiteID? = nil, limit: Int? = nil) {
        self.territory = territory
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.number(limit, "limit", 1...RegistryPage.largest)
    }
}

/// Asks which publishers may send something about a territory: the grants of the territory, of those around it, and of those inside it.
public struct ListPublishers: Query, Territorial {
    public static let type = "registry.publishers.list.v1"

    public var territory: TerritoryCode
    /// The last publisher of the page before; nil for the first page.
    public var after: String?
    /// Publishers on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(territory: TerritoryCode, after: String? = nil, limit: Int? = nil) {
        self.territory = territory
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.text(after, "after", TextLimit.key)
        checks.number(limit, "limit", 1...RegistryPage.largest)
    }
}

/// Asks who has read what registry holds of a person or household, and when.
public struct ListReads: Query {
    public static let type = "registry.reads.list.v1"

    /// The id of a household, or any of a person's ids.
    public var subject: UUID
    /// The query of the last read of the page before; nil for the first page.
    public var after: UUID?
    /// Reads on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(subject: UUID, after: UUID? = nil, limit: Int? = nil) {
        self.subject = subject
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.number(limit, "limit", 1...RegistryPage.largest)
    }
}
