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
