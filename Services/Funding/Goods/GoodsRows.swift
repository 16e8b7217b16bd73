import Foundation
import Messages
import Postgres
import ServiceKit

/// Goods that were received, kitted or written off. Its only fact is number 1.
struct GoodsMovement: Aggregate {
    enum Kind: String, PostgresValue {
        case received, kitted
        case writtenOff = "written_off"
    }

    let id: UUID
    let kind: Kind
    let item: String
    let quantity: Int64
    let place: Place
    let programme: Programme?
    let businessDate: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id }

    static let table = Table(
        "goods_movement", key: "id", GoodsMovement.init,
        Field("id", \.id), Field("kind", \.kind), Field("item", \.item),
        Field("quantity", \.quantity), Field("territory", "site", \.place),
        Field("programme", \.programme),
        Field("business_date", \.businessDate), Field(always: 1))
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

    static let table = Table(
        "goods_issue", key: "id", GoodsIssue.init,
        Field("id", \.id), Field("item", \.item), Field("quantity", \.quantity),
        Field("returned", \.returned), Field("place_territory", "place_site", \.place),
        Field([
            Column("recipient_kind", \.recipient?.kind), Column("recipient", \.recipient?.id),
        ]) { row in
            let kind = try row.next(optional: GoodsRecipient.Kind.self)
            let id = try row.next(optional: UUID.self)
            return kind.flatMap { kind in id.map { GoodsRecipient(kind: kind, id: $0) } }
        },
        Field("household", \.household), Field("territory", \.territory),
        Field("programme", \.programme), Field("families", \.families),
        Field("business_date", \.businessDate), Field("sequence", \.sequence))
}

/// Goods of an issue that came back. The row makes sure that its id counts once.
struct GoodsReturn: Row {
    let id: GoodsReturnID
    let issue: IssueID
    let quantity: Int64
    let businessDate: BusinessDate

    var key: UUID { id.uuid }

    static let table = Table(
        "goods_return", key: "id", GoodsReturn.init,
        Field("id", \.id), Field("issue", \.issue), Field("quantity", \.quantity),
        Field("business_date", \.businessDate))
}
