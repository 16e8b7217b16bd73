import Foundation
import Messages
import Postgres
import ServiceKit

/// A place of the association. The three tiers that manage it together follow from its territory.
struct Site: Aggregate {
    let id: SiteID
    var kind: SiteKind
    let territory: TerritoryCode
    var nameZh: String
    var nameEn: String
    var openedOn: BusinessDate
    /// The first day on which it is closed.
    var closedOn: BusinessDate?
    /// When the council that stands was appointed, and the sequence of the fact that appointed it.
    var councilOn: BusinessDate?
    var council: Int64?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "site", key: "id", Site.init,
        Field("id", \.id), Field("kind", \.kind), Field("territory", \.territory),
        Field("name_zh", \.nameZh), Field("name_en", \.nameEn), Field("opened_on", \.openedOn),
        Field("closed_on", \.closedOn), Field("council_on", \.councilOn),
        Field("council", \.council),
        Field("sequence", \.sequence))
}

/// A rule set that a site keeps, or a theme of its work. Rows are never changed; those of the newest edition hold.
struct SiteTerm: Record {
    enum Kind: String, PostgresValue {
        case ruleSet = "rule_set"
        case theme
    }

    let site: SiteID
    /// The sequence of the site's fact that says it.
    let edition: Int64
    let kind: Kind
    let position: Int16
    let name: String

    static let table = RecordTable<SiteTerm>(
        "site_term",
        columns: [
            Column("site", \.site), Column("edition", \.edition), Column("kind", \.kind),
            Column("position", \.position),
            Column("name", \.name),
        ])
}
