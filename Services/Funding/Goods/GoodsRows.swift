import Foundation
import Messages
import Postgres
import ServiceKit

/// Goods that were received, kitted or written off. Its only fact is number 1.
struct GoodsMovement: Aggregate {
    enum Kind: String {
        case received, kitted
        case writtenOff = "written_off"
    }

    let id: UUID
    let kind: Kind
    let item: String
    let quantity: Int64
    let place: Place
    let programme: Programme?
    let reason: String?
    let businessDate: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id }

    static let table = Table<GoodsMovement>(
        "goods_movement", key: "id",
        columns: [
            Column("id", { $0.id }), Column("kind", { $0.kind.rawValue }),
            Column("item", { $0.item }), Column("quantity", { $0.quantity }),
            Column("territory", { $0.place.territory }),
            Column("site", optional: { $0.place.site?.uuid }),
            Column("programme", optional: { $0.programme }),
            Column("reason", optional: { $0.reason }),
            Column("business_date", { $0.businessDate }),
        ]
    ) { row in
        GoodsMovement(
            id: try row.next(), kind: try row.next(enum: Kind.self), item: try row.next(),
            quantity: try row.next(),
            place: Place(territory: try row.next(), site: try row.next(optional: SiteID.self)),
            programme: try row.next(optional: Programme.self),
            reason: try row.next(optional: String.self), businessDate: try row.next(), sequence: 1)
    }
}

/// Goods that were issued.
struct GoodsIssue: Aggregate {
    let id: IssueID
    let item: String
    let quantity: Int64
    var returned: Int64 = 0
    /// The place from which they came.
    let place: Place
    let recipient: GoodsRecipient?
    let household: HouseholdID?
    /// The territory to which they went.
    let territory: TerritoryCode
    let programme: Programme?
    let families: Int32
    let businessDate: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }
    var left: Int64 { quantity - returned }

    static let table = Table<GoodsIssue>(
        "goods_issue", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("item", { $0.item }),
            Column("quantity", { $0.quantity }), Column("returned", { $0.returned }),
            Column("place_territory", { $0.place.territory }),
            Column("place_site", optional: { $0.place.site?.uuid }),
            Column("recipient_kind", optional: { $0.recipient?.kind.rawValue }),
            Column("recipient", optional: { $0.recipient?.id }),
            Column("household", optional: { $0.household?.uuid }),
            Column("territory", { $0.territory }),
            Column("programme", optional: { $0.programme }),
            Column("families", { $0.families }), Column("business_date", { $0.businessDate }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        let (id, item) = (IssueID(try row.next()), try row.next(String.self))
        let (quantity, returned) = (try row.next(Int64.self), try row.next(Int64.self))
        let place = Place(territory: try row.next(), site: try row.next(optional: SiteID.self))
        let kind = try row.next(optional: String.self).flatMap(GoodsRecipient.Kind.init(rawValue:))
        let recipient = try row.next(optional: UUID.self)
        return GoodsIssue(
            id: id, item: item, quantity: quantity, returned: returned, place: place,
            recipient: kind.flatMap { kind in
                recipient.map { GoodsRecipient(kind: kind, id: $0) }
            },
            household: try row.next(optional: HouseholdID.self), territory: try row.next(),
            programme: try row.next(optional: Programme.self), families: try row.next(),
            businessDate: try row.next(), sequence: try row.next())
    }
}

/// Goods of an issue that came back. The row makes sure that its id counts once.
struct GoodsReturn: Row {
    let id: GoodsReturnID
    let issue: IssueID
    let quantity: Int64
    let businessDate: BusinessDate

    var key: UUID { id.uuid }

    static let table = Table<GoodsReturn>(
        "goods_return", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("issue", { $0.issue.uuid }),
            Column("quantity", { $0.quantity }), Column("business_date", { $0.businessDate }),
        ]
    ) { row in
        GoodsReturn(
            id: GoodsReturnID(try row.next()), issue: IssueID(try row.next()),
            quantity: try row.next(), businessDate: try row.next())
    }
}
