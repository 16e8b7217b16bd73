import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers about places and publishers of a territory.
enum SiteQueries {
    static func sites(_ query: ListSites, _ unit: UnitOfWork) throws -> SitesAnswer {
        let limit = query.limit ?? RegistryPage.usual
        let ids = try unit.query(
            """
            SELECT id FROM site
            WHERE territory COLLATE "C" >= \(query.territory)
              AND territory COLLATE "C" < \(query.territory) || ':'
              AND (\(query.after == nil) OR id > \(query.after?.uuid))
            ORDER BY id LIMIT \(limit + 1)
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        let page = try unit.find(Site.self, all: Array(ids.prefix(limit)))
        let shown = try page.filter { try unit.covers($0.territory) }
        let councils = try councils(of: shown.map(\.key), unit)
        unit.logReading(of: councils.values.flatMap { $0 }.map(\.uuid))
        return SitesAnswer(
            sites: shown.map { site in
                SiteAnswer(
                    site: site.id, kind: site.kind, territory: site.territory,
                    nameZh: site.nameZh, nameEn: site.nameEn, openedOn: site.openedOn,
                    closedOn: site.closedOn, councilOn: site.councilOn,
                    council: councils[site.key] ?? [])
            }, next: ids.count > limit ? page.last?.id : nil)
    }

    /// The seats of each site's newest appointment, in their order.
    private static func councils(
        of sites: [UUID], _ unit: UnitOfWork
    ) throws -> [UUID: [PersonID]] {
        let rows = try unit.query(
            """
            SELECT site, person FROM council_seat AS s
            WHERE site = ANY(\(sites)) AND appointment = (
                SELECT max(appointment) FROM council_seat WHERE site = s.site)
            ORDER BY site, position
            """)
        var councils: [UUID: [PersonID]] = [:]
        for row in rows {
            councils[try row.decode(UUID.self, at: 0), default: []].append(
                PersonID(try row.decode(UUID.self, at: 1)))
        }
        return councils
    }

    /// A grant has to do with a territory if it names the territory, one around it or one inside it.
    static func publishers(
        _ query: ListPublishers, _ unit: UnitOfWork
    ) throws -> PublishersAnswer {
        let limit = query.limit ?? RegistryPage.usual
        let names = try unit.query(
            """
            SELECT name FROM publisher_grant
            WHERE is_granted AND (\(query.after == nil) OR name COLLATE "C" > \(query.after))
              AND EXISTS (
                SELECT FROM unnest(string_to_array(territories, ' ')) AS t (code)
                WHERE starts_with(t.code, \(query.territory))
                   OR starts_with(\(query.territory), t.code))
            ORDER BY name COLLATE "C" LIMIT \(limit + 1)
            """
        ).map { try $0.decode(String.self, at: 0) }
        let page = try unit.find(PublisherGrant.self, all: Array(names.prefix(limit)))
        unit.logReading(of: [])
        return PublishersAnswer(
            publishers: page.map { grant in
                let codes = grant.territories.split(separator: " ").compactMap {
                    TerritoryCode(String($0))
                }
                return PublisherAnswer(
                    publisher: grant.name,
                    types: grant.types.split(separator: " ").map(String.init),
                    territories: codes.filter {
                        $0.contains(query.territory) || query.territory.contains($0)
                    })
            }, next: names.count > limit ? page.last?.name : nil)
    }
}
