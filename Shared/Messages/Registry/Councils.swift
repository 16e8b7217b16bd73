/// Appoints the council of a site from a day on. It names all members, and replaces the council
/// before. One of an earlier day than the last is kept as history.
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
        checks.happened(appointedOn, "appointedOn")
        checks.count(council, "council", 1...50)
    }
}

/// The council of a site is appointed. Ids are those of survivors of merged registrations.
public struct CouncilAppointed: Fact {
    public static let type = "registry.site.council_appointed.v1"

    public var site: SiteID
    public var kind: SiteKind
    public var territory: TerritoryCode
    public var council: [PersonID]
    public var appointedOn: BusinessDate
    /// False if it arrived late, and a council of a later day stands. Older facts do not have it, and it stood then.
    public var stands: Bool?

    public init(
        site: SiteID, kind: SiteKind, territory: TerritoryCode, council: [PersonID],
        appointedOn: BusinessDate, stands: Bool? = nil
    ) {
        self.site = site
        self.kind = kind
        self.territory = territory
        self.council = council
        self.appointedOn = appointedOn
        self.stands = stands
    }
}
