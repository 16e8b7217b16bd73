extension Tag { public enum Activity {} }
public typealias ActivityID = ID<Tag.Activity>

public enum ActivityKind: String, WireEnum {
    case activity
    /// 茶话会.
    case teaTalk = "tea_talk"
    case lecture
    case `class`
    case outdoor
    case liveStream = "live_stream"
    case onlineClass = "online_class"
}

/// The audience of an activity.
public enum Audience: String, WireEnum {
    case everyone
    case specialFamilies = "special_families"
    /// With a child under 3 on the day of the session.
    case parents
    case members
}

/// Plans an activity; its sessions are opened one by one.
public struct PlanActivity: Command, Territorial, Placed, Flattened {
    public static let type = "events.activity.plan.v1"

    public var activity: ActivityID
    public var kind: ActivityKind
    public var theme: String
    public var programme: Programme
    public var audience: Audience
    public var territory: TerritoryCode
    public var site: SiteID?
    public var titleZh: String
    public var titleEn: String
    public var plannedOn: BusinessDate

    public var placement: Placement { Placement(territory, on: plannedOn) }

    public init(
        activity: ActivityID, kind: ActivityKind, theme: String, programme: Programme,
        audience: Audience, territory: TerritoryCode, site: SiteID? = nil, titleZh: String,
        titleEn: String, plannedOn: BusinessDate
    ) {
        self.activity = activity
        self.kind = kind
        self.theme = theme
        self.programme = programme
        self.audience = audience
        self.territory = territory
        self.site = site
        self.titleZh = titleZh
        self.titleEn = titleEn
        self.plannedOn = plannedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(plannedOn, "plannedOn")
        checks.text(theme, "theme", TextLimit.name)
        checks.text(titleZh, "titleZh", TextLimit.name)
        checks.text(titleEn, "titleEn", TextLimit.name)
    }
}

/// An activity is planned.
public struct ActivityPlanned: Fact, HasSubject {
    public static let type = "events.activity.planned.v1"

    public var about: PlanActivity

    public init(_ about: PlanActivity) {
        self.about = about
    }
}
