import Messages
import Postgres
import ServiceKit

/// Puts right what was recorded wrongly of sites.
enum SiteCorrections {
    static func register(in router: inout Router) {
        // Alone, because it reads what the site follows and works on.
        router.on(
            CorrectSite.self,
            keys: { $1.need(Site.self, $0.site.uuid) }, alone: true, correct)
        router.on(
            ReopenSite.self,
            keys: { $1.need(Site.self, $0.site.uuid) }, reopen)
    }

    static func correct(_ command: CorrectSite, _ unit: UnitOfWork) throws -> Emission {
        var site = try require(command.site, command.actor, unit)
        try Territories.requireInForce(site.territory, on: command.openedOn, at: "/openedOn", unit)
        let first = [site.closedOn, site.councilOn].compactMap(\.self).min()
        if let first, command.openedOn > first {
            throw Refusal(
                .opensTooLate, at: "/openedOn", expected: "a date on or before \(first)")
        }
        try Sites.requireTerms(command.ruleSets, at: "/ruleSets")
        try Sites.requireTerms(command.themes, at: "/themes")
        let held = try terms(of: site, unit)
        guard
            (site.kind, site.openedOn, site.nameZh, site.nameEn)
                != (command.kind, command.openedOn, command.nameZh, command.nameEn)
                || held.ruleSets != command.ruleSets || held.themes != command.themes
        else { throw Refusal(.nothingToCorrect, at: "/site") }
        (site.kind, site.openedOn) = (command.kind, command.openedOn)
        (site.nameZh, site.nameEn) = (command.nameZh, command.nameEn)
        unit.keep(command.reason, "reason", of: unit.message.id)
        let corrected = try unit.save(
            &site,
            SiteCorrected(
                site.told(ruleSets: command.ruleSets, themes: command.themes),
                closedOn: site.closedOn, correctedOn: unit.days.today, actor: command.actor))
        Sites.append(command.ruleSets, command.themes, to: site, unit)
        return corrected
    }

    /// What the site follows and works on, in the order in which it was said.
    private static func terms(
        of site: Site, _ unit: UnitOfWork
    ) throws -> (ruleSets: [String], themes: [String]) {
        let rows = try unit.query(
            """
            SELECT kind, name FROM site_term AS t
            WHERE site = \(site.id) AND edition = (
                SELECT max(edition) FROM site_term WHERE site = t.site)
            ORDER BY position
            """
        ).map {
            (
                kind: try $0.decode(SiteTerm.Kind.self, at: 0),
                name: try $0.decode(String.self, at: 1)
            )
        }
        return (
            rows.filter { $0.kind == .ruleSet }.map(\.name),
            rows.filter { $0.kind == .theme }.map(\.name)
        )
    }

    static func reopen(_ command: ReopenSite, _ unit: UnitOfWork) throws -> Emission {
        var site = try require(command.site, command.actor, unit)
        guard let closedOn = site.closedOn else { throw Refusal(.siteOpen, at: "/site") }
        site.closedOn = nil
        unit.keep(command.reason, "reason", of: unit.message.id)
        return try unit.save(
            &site,
            SiteReopened(
                site: site.id, kind: site.kind, territory: site.territory,
                openedOn: site.openedOn, closedOn: closedOn, reopenedOn: unit.days.today,
                actor: command.actor))
    }

    /// The site, open or closed, if it is in the publisher's scope.
    private static func require(_ id: SiteID, _ actor: Actor, _ unit: UnitOfWork) throws -> Site {
        let site = try unit.require(Site.self, id.uuid, else: .unknownSite, at: "/site")
        try unit.requireScope(site.territory, at: "/site")
        try Actors.require(actor, over: site.territory, on: unit.days.today, unit)
        return site
    }
}

extension RefusalCode {
    static let opensTooLate = RefusalCode(
        "opens_too_late", "a date before the site's council and closing")
    static let siteOpen = RefusalCode("site_open", "a site that is closed")
}
