/// Says who the council of a site is from a day on: all its members, in the place of those before.
public struct AppointCouncil: Command {
    public static let type = "registry.site.appoint_council.v1"

    public var site: SiteID
    /// 1 to 50 persons, each once.
    public var council: [PersonID]
    public var appointedOn: BusinessDate

    public init(site: SiteID, council: [PersonID], appointedOn: BusinessDate) {
        self.site = site
        self.council = council
        self.appointedOn = appointedOn
    }

    public func check(_ checks: inout Checks) {
        checks.count(council, "council", 1...50)
    }
}

/// Who the council of a site is, under the ids that count.
public struct CouncilAppointed: Fact {
    public static let type = "registry.site.council_appointed.v1"

    public var site: SiteID
    public var kind: SiteKind
    public var territory: TerritoryCode
    public var council: [PersonID]
    public var appointedOn: BusinessDate

    public init(
        site: SiteID, kind: SiteKind, territory: TerritoryCode, council: [PersonID],
        appointedOn: BusinessDate
    ) {
        self.site = site
        self.kind = kind
        self.territory = territory
        self.council = council
        self.appointedOn = appointedOn
    }
}
