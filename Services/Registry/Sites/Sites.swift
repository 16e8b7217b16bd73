import Foundation
import Messages
import ServiceKit

/// Opens and closes sites: warm homes and clubs, each managed by a district, a subdistrict and a
/// community.
enum Sites {
    static func register(in router: inout Router) {
        router.on(
            OpenSite.self,
            keys: {
                $1.need(Site.self, $0.site.uuid)
                $1.need(Territory.self, $0.territory)
            }, open)
        router.on(CloseSite.self, keys: { $1.need(Site.self, $0.site.uuid) }, close)
        SiteCorrections.register(in: &router)
        router.on(
            AppointCouncil.self,
            keys: { command, keys in
                keys.need(Site.self, command.site.uuid)
                for person in command.council { keys.need(Person.self, person.uuid) }
            }, Councils.appoint)
    }

    /// The levels that manage a site together, the widest first.
    static let tiers: [TerritoryCode.Level] = [.district, .subdistrict, .community]

    static func open(_ command: OpenSite, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(Site.self, command.site.uuid, else: .siteExists, at: "/site")
        try Territories.requireInForce(command.territory, on: command.openedOn, unit)
        guard command.territory.level >= .community else {
            throw Refusal(.siteTerritoryTooWide, at: "/territory")
        }
        let tiers = Self.tiers.compactMap(command.territory.ancestor(at:))
        guard command.tiers == tiers else {
            let expected = tiers.map(\.rawValue).joined(separator: ", ")
            throw Refusal(.wrongTiers, at: "/tiers", expected: expected)
        }
        try requireTerms(command.ruleSets, at: "/ruleSets")
        try requireTerms(command.themes, at: "/themes")
        unit.claim(command.site.uuid, as: .site)
        var site = Site(
            id: command.site, kind: command.kind, territory: command.territory,
            nameZh: command.nameZh, nameEn: command.nameEn, openedOn: command.openedOn)
        let opened = try unit.save(
            &site,
            SiteOpened(site.told(ruleSets: command.ruleSets, themes: command.themes)))
        append(command.ruleSets, command.themes, to: site, unit)
        return opened
    }

    static func requireTerms(_ names: [String], at pointer: String) throws(Refusal) {
        guard !names.isEmpty else { throw Refusal(.noTerms, at: pointer) }
        guard Set(names).count == names.count else {
            throw Refusal(.termListedTwice, at: pointer)
        }
    }

    /// Says what the site, just saved, follows and works on from now on.
    static func append(
        _ ruleSets: [String], _ themes: [String], to site: Site, _ unit: UnitOfWork
    ) {
        let terms: [(SiteTerm.Kind, [String])] = [(.ruleSet, ruleSets), (.theme, themes)]
        for (kind, names) in terms {
            for (position, name) in names.enumerated() {
                unit.append(
                    SiteTerm(
                        site: site.id, edition: site.sequence, kind: kind,
                        position: Int16(position + 1), name: name))
            }
        }
    }

    static func close(_ command: CloseSite, _ unit: UnitOfWork) throws -> Emission {
        var site = try require(command.site, on: nil, unit)
        try command.closedOn.require(
            from: site.openedOn, else: .closesBeforeOpening, at: "/closedOn")
        site.closedOn = command.closedOn
        return try unit.save(
            &site,
            SiteClosed(
                site: site.id, kind: site.kind, territory: site.territory, openedOn: site.openedOn,
                closedOn: command.closedOn))
    }

    /// The site, if it is in the publisher's scope and open. A message waits for a site that is not known.
    /// - Parameter day: a day on which it was open is enough; nil if it must be open still.
    static func require(_ id: SiteID, on day: BusinessDate?, _ unit: UnitOfWork) throws -> Site {
        let site = try unit.require(Site.self, id.uuid, else: .unknownSite, at: "/site")
        try unit.requireScope(site.territory, at: "/site")
        if let closedOn = site.closedOn, day.map({ $0 >= closedOn }) ?? true {
            throw Refusal(.siteClosed, at: "/site")
        }
        return site
    }
}

extension Site {
    /// The site as facts tell it.
    func told(ruleSets: [String], themes: [String]) -> OpenSite {
        OpenSite(
            site: id, kind: kind, territory: territory, nameZh: nameZh, nameEn: nameEn,
            openedOn: openedOn, tiers: Sites.tiers.compactMap(territory.ancestor(at:)),
            ruleSets: ruleSets, themes: themes)
    }
}

extension RefusalCode {
    static let siteExists = RefusalCode(
        "site_exists", "the id of a site that was not opened yet")
    static let unknownSite = RefusalCode("unknown_site", "the id of a site that was opened")
    static let siteClosed = RefusalCode("site_closed", "a site that is not closed yet")
    static let closesBeforeOpening = RefusalCode(
        "closes_before_opening", "a date on or after the opening")
    static let siteTerritoryTooWide = RefusalCode(
        "site_territory_too_wide", "a community or a compound")
    static let wrongTiers = RefusalCode(
        "wrong_tiers", "the district, subdistrict and community of the site's territory")
    static let noTerms = RefusalCode("none_named", "1 to 20 names")
    static let termListedTwice = RefusalCode("listed_twice", "each name once")
}
