internal import Foundation
public import Messages
internal import Postgres

/// A site as registry has opened it, in a service that records what happens there.
///
/// A site never moves, and what a closed one still has is given out or written off. So its opening is all that is kept.
struct KnownSite: Row {
    let id: SiteID
    let territory: TerritoryCode

    var key: UUID { id.uuid }

    static let table = Table(
        "known_site", key: "id", lock: .share, KnownSite.init,
        Field("id", \.id), Field("territory", \.territory))
}

/// Registry's sites in the other services: nothing is recorded at a site that there is not, or of another office.
public enum KnownSites {
    public static func register(in router: inout Router) {
        router.on(SiteOpened.self, keys: { $1.need(KnownSite.self, $0.site.uuid) }, opened)
    }

    public static func keys(_ site: SiteID?, _ keys: inout Keys) {
        if let site { keys.need(KnownSite.self, site.uuid) }
    }

    static func opened(_ fact: SiteOpened, _ unit: UnitOfWork) throws {
        guard try unit.find(KnownSite.self, fact.site.uuid) == nil else { return }
        try unit.store(KnownSite(id: fact.site, territory: fact.territory))
    }

    /// Refuses a site outside the publisher's scope. A command waits for a site that is not known.
    public static func require(
        _ site: SiteID?, at pointer: @autoclosure () -> String, _ unit: UnitOfWork
    ) throws {
        guard let site else { return }
        let known = try unit.require(
            KnownSite.self, site.uuid, else: .unknownSite, at: pointer())
        try unit.requireScope(known.territory, at: pointer())
    }

    public static func migration(_ name: String) -> Migration {
        Migration(
            name,
            """
            -- Where registry's sites are.
            CREATE TABLE known_site (
                id        uuid PRIMARY KEY,
                territory text COLLATE "C" NOT NULL
            );
            """)
    }
}

extension RefusalCode {
    static let unknownSite = RefusalCode(
        "unknown_site", "the id of a site that was opened")
}
