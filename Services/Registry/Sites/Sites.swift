import Foundation
import Messages
import Postgres
import ServiceKit

/// A place of the association. The three tiers that manage it together follow from its territory.
struct Site: Aggregate {
    let id: SiteID
    let kind: SiteKind
    let territory: TerritoryCode
    let nameZh: String
    let nameEn: String
    let openedOn: BusinessDate
    /// The first day on which it is closed.
    var closedOn: BusinessDate?
    /// When its council was last appointed.
    var councilOn: BusinessDate?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<Site>(
        "site", key: "id",
        columns: [
            Column("id", { $0.id }), Column("kind", { $0.kind.rawValue }),
            Column("territory", { $0.territory }), Column("name_zh", { $0.nameZh }),
            Column("name_en", { $0.nameEn }), Column("opened_on", { $0.openedOn }),
            Column("closed_on", optional: { $0.closedOn }),
            Column("council_on", optional: { $0.councilOn }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Site(
            id: try row.next(SiteID.self), kind: try row.next(enum: SiteKind.self),
            territory: try row.next(TerritoryCode.self), nameZh: try row.next(String.self),
            nameEn: try row.next(String.self), openedOn: try row.next(BusinessDate.self),
            closedOn: try row.next(optional: BusinessDate.self),
            councilOn: try row.next(optional: BusinessDate.self),
            sequence: try row.next(Int64.self))
    }
}

/// A rule set that a site keeps, or a theme of its work.
struct SiteTerm: Record {
    enum Kind: String, Sendable {
        case ruleSet = "rule_set"
        case theme
    }

    let site: SiteID
    let kind: Kind
    let position: Int16
    let name: String

    static let table = RecordTable<SiteTerm>(
        "site_term",
        columns: [
            Column("site", { $0.site }), Column("kind", { $0.kind.rawValue }),
            Column("position", { $0.position }), Column("name", { $0.name }),
        ])
}

/// Opens and closes sites: warm homes and clubs, each managed by a district, a subdistrict and a community.
enum Sites {
    /// The levels that manage a site together, the widest first.
    static let tiers: [TerritoryCode.Level] = [.district, .subdistrict, .community]

    static func keys(_ command: OpenSite, _ keys: inout Keys) {
        keys.need(Site.self, command.site.uuid)
        keys.need(Territory.self, command.territory)
    }

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
        append(command.ruleSets, .ruleSet, command.site, unit)
        append(command.themes, .theme, command.site, unit)
        var site = Site(
            id: command.site, kind: command.kind, territory: command.territory,
            nameZh: command.nameZh, nameEn: command.nameEn, openedOn: command.openedOn)
        return try unit.save(
            &site,
            SiteOpened(
                site: site.id, kind: site.kind, territory: site.territory, nameZh: site.nameZh,
                nameEn: site.nameEn, openedOn: site.openedOn, tiers: tiers,
                ruleSets: command.ruleSets, themes: command.themes))
    }

    private static func requireTerms(_ names: [String], at pointer: String) throws(Refusal) {
        guard !names.isEmpty else { throw Refusal(.noTerms, at: pointer) }
        guard Set(names).count == names.count else {
            throw Refusal(.termListedTwice, at: pointer)
        }
    }

    private static func append(
        _ names: [String], _ kind: SiteTerm.Kind, _ site: SiteID, _ unit: UnitOfWork
    ) {
        for (position, name) in names.enumerated() {
            unit.append(
                SiteTerm(site: site, kind: kind, position: Int16(position + 1), name: name))
        }
    }

    static func close(_ command: CloseSite, _ unit: UnitOfWork) throws -> Emission {
        var site = try require(command.site, unit)
        try command.closedOn.require(
            from: site.openedOn, else: .closesBeforeOpening, at: "/closedOn")
        site.closedOn = command.closedOn
        return try unit.save(
            &site,
            SiteClosed(
                site: site.id, kind: site.kind, territory: site.territory, openedOn: site.openedOn,
                closedOn: command.closedOn))
    }

    /// A site that is open and of which the publisher may speak; a message waits for one that is not known.
    static func require(_ id: SiteID, _ unit: UnitOfWork) throws -> Site {
        let site = try unit.require(Site.self, id.uuid, else: .unknownSite, at: "/site")
        try Territories.requireScope(site.territory, at: "/site", unit)
        guard site.closedOn == nil else { throw Refusal(.siteClosed, at: "/site") }
        return site
    }

    static let closingMigration = Migration(
        "0010_site_closing",
        "ALTER TABLE site ADD closed_on date CHECK (closed_on >= opened_on)")

    static let migration = Migration(
        "0005_sites",
        """
        CREATE TABLE site (
            id        uuid   PRIMARY KEY,
            kind      text   NOT NULL CHECK (kind IN ('warm_home', 'youth_health_club')),
            territory text   NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED
                      CHECK (length(territory) >= 12),
            name_zh   text   NOT NULL,
            name_en   text   NOT NULL,
            opened_on date   NOT NULL,
            sequence  bigint NOT NULL CHECK (sequence > 0)
        );

        CREATE TABLE site_term (
            site     uuid     NOT NULL REFERENCES site DEFERRABLE INITIALLY DEFERRED,
            kind     text     NOT NULL CHECK (kind IN ('rule_set', 'theme')),
            position smallint NOT NULL CHECK (position BETWEEN 1 AND 20),
            name     text     NOT NULL,
            PRIMARY KEY (site, kind, position),
            UNIQUE (site, kind, name)
        );
        """)
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
