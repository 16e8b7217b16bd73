extension Tag { public enum Site {} }
public typealias SiteID = ID<Tag.Site>

public enum SiteKind: String, WireEnum {
    /// 暖心家园.
    case warmHome = "warm_home"
    /// 青春健康俱乐部.
    case youthHealthClub = "youth_health_club"
}

/// Opens a site of the association.
public struct OpenSite: Command, Territorial, Flattened {
    public static let type = "registry.site.open.v1"

    public var site: SiteID
    public var kind: SiteKind
    public var territory: TerritoryCode
    public var nameZh: String
    public var nameEn: String
    public var openedOn: BusinessDate
    /// The territories that manage it together, the widest first.
    public var tiers: [TerritoryCode]
    /// Names of the rules that the site follows.
    public var ruleSets: [String]
    public var themes: [String]

    public init(
        site: SiteID, kind: SiteKind, territory: TerritoryCode, nameZh: String, nameEn: String,
        openedOn: BusinessDate, tiers: [TerritoryCode], ruleSets: [String], themes: [String]
    ) {
        self.site = site
        self.kind = kind
        self.territory = territory
        self.nameZh = nameZh
        self.nameEn = nameEn
        self.openedOn = openedOn
        self.tiers = tiers
        self.ruleSets = ruleSets
        self.themes = themes
    }

    public func check(_ checks: inout Checks) {
        checks.happened(openedOn, "openedOn")
        checks.text(nameZh, "nameZh", TextLimit.name)
        checks.text(nameEn, "nameEn", TextLimit.name)
        checks.count(tiers, "tiers", 0...6)
        checks.count(ruleSets, "ruleSets", 0...20)
        checks.count(themes, "themes", 0...20)
        checks.each(ruleSets, "ruleSets") { $1.text($0, "", TextLimit.name) }
        checks.each(themes, "themes") { $1.text($0, "", TextLimit.name) }
    }
}

/// A site of the association is open.
public struct SiteOpened: Fact, HasSubject {
    public static let type = "registry.site.opened.v1"

    public var about: OpenSite

    public init(_ about: OpenSite) {
        self.about = about
    }
}

/// Closes a site of the association.
public struct CloseSite: Command {
    public static let type = "registry.site.close.v1"

    public var site: SiteID
    /// The first day on which it is closed.
    public var closedOn: BusinessDate

    public init(site: SiteID, closedOn: BusinessDate) {
        self.site = site
        self.closedOn = closedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(closedOn, "closedOn")
    }
}

/// A site of the association is closed.
public struct SiteClosed: Fact {
    public static let type = "registry.site.closed.v1"

    public var site: SiteID
    public var kind: SiteKind
    public var territory: TerritoryCode
    public var openedOn: BusinessDate
    public var closedOn: BusinessDate

    public init(
        site: SiteID, kind: SiteKind, territory: TerritoryCode, openedOn: BusinessDate,
        closedOn: BusinessDate
    ) {
        self.site = site
        self.kind = kind
        self.territory = territory
        self.openedOn = openedOn
        self.closedOn = closedOn
    }
}
