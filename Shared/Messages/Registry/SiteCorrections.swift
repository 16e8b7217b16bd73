/// Says anew what was recorded wrongly when a site was opened: all of it, also what was right. A site in another community is
/// another site.
public struct CorrectSite: Command {
    public static let type = "registry.site.correct.v1"

    public var site: SiteID
    public var kind: SiteKind
    public var nameZh: String
    public var nameEn: String
    public var openedOn: BusinessDate
    /// Names of the rules that the site follows.
    public var ruleSets: [String]
    public var themes: [String]
    /// Stays in registry.
    public var reason: String
    /// The office of whoever decides. It is held today.
    public var actor: Actor

    public init(
        site: SiteID, kind: SiteKind, nameZh: String, nameEn: String, openedOn: BusinessDate,
        ruleSets: [String], themes: [String], reason: String, actor: Actor
    ) {
        self.site = site
        self.kind = kind
        self.nameZh = nameZh
        self.nameEn = nameEn
        self.openedOn = openedOn
        self.ruleSets = ruleSets
        self.themes = themes
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(openedOn, "openedOn")
        checks.text(nameZh, "nameZh", TextLimit.name)
        checks.text(nameEn, "nameEn", TextLimit.name)
        checks.count(ruleSets, "ruleSets", 0...20)
        checks.count(themes, "themes", 0...20)
        checks.each(ruleSets, "ruleSets") { $1.text($0, "", TextLimit.name) }
        checks.each(themes, "themes") { $1.text($0, "", TextLimit.name) }
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// What was said of a site was corrected.
public struct SiteCorrected: Fact, HasSubject {
    public static let type = "registry.site.corrected.v1"

    public var about: OpenSite
    /// The first day on which it is closed; nil for a site that is open.
    public var closedOn: BusinessDate?
    /// The day of the decision. Older facts do not have it.
    public var correctedOn: BusinessDate?
    /// The office of whoever decided.
    public var actor: Actor

    public init(
        _ about: OpenSite, closedOn: BusinessDate? = nil, correctedOn: BusinessDate? = nil,
        actor: Actor
    ) {
        self.about = about
        self.closedOn = closedOn
        self.correctedOn = correctedOn
        self.actor = actor
    }
}

/// Takes back the closing of a site, which was a mistake.
public struct ReopenSite: Command {
    public static let type = "registry.site.reopen.v1"

    public var site: SiteID
    /// Stays in registry.
    public var reason: String
    /// The office of whoever decides. It is held today.
    public var actor: Actor

    public init(site: SiteID, reason: String, actor: Actor) {
        self.site = site
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A site was never closed.
public struct SiteReopened: Fact {
    public static let type = "registry.site.reopened.v1"

    public var site: SiteID
    public var kind: SiteKind
    public var territory: TerritoryCode
    public var openedOn: BusinessDate
    /// The day that was taken back.
    public var closedOn: BusinessDate
    /// The day of the decision. Older facts do not have it.
    public var reopenedOn: BusinessDate?
    /// The office of whoever decided.
    public var actor: Actor

    public init(
        site: SiteID, kind: SiteKind, territory: TerritoryCode, openedOn: BusinessDate,
        closedOn: BusinessDate, reopenedOn: BusinessDate? = nil, actor: Actor
    ) {
        self.site = site
        self.kind = kind
        self.territory = territory
        self.openedOn = openedOn
        self.closedOn = closedOn
        self.reopenedOn = reopenedOn
        self.actor = actor
    }
}
