public import FoundationEssentials

extension Tag {
    public enum GoodsReceipt {}
    public enum Kitting {}
    public enum Issue {}
    public enum GoodsReturn {}
    public enum GoodsWriteOff {}
}
public typealias GoodsReceiptID = ID<Tag.GoodsReceipt>
public typealias KittingID = ID<Tag.Kitting>
public typealias IssueID = ID<Tag.Issue>
public typealias GoodsReturnID = ID<Tag.GoodsReturn>
public typealias GoodsWriteOffID = ID<Tag.GoodsWriteOff>

/// The place of goods: a territory, and a site in it if they are kept at a site.
public struct Place: Codable, Hashable, Sendable {
    public var territory: TerritoryCode
    public var site: SiteID?

    /// Largest number of pieces of one item in one message.
    static let maximumQuantity = 100_000_000

    public init(territory: TerritoryCode, site: SiteID? = nil) {
        self.territory = territory
        self.site = site
    }
}

/// Takes goods into the stock of a place.
public struct ReceiveGoods: Command, Placed, Flattened {
    public static let type = "funding.goods.receive.v1"

    public var receipt: GoodsReceiptID
    /// Such as `mask` or `pressure-cooker`.
    public var item: String
    public var quantity: Int
    public var place: Place
    /// The programme for which they are meant.
    public var programme: Programme?
    public var businessDate: BusinessDate

    public var placement: Placement {
        Placement(place.territory, on: businessDate, at: "/place/territory")
    }

    public init(
        receipt: GoodsReceiptID, item: String, quantity: Int, place: Place,
        programme: Programme? = nil, businessDate: BusinessDate
    ) {
        self.receipt = receipt
        self.item = item
        self.quantity = quantity
        self.place = place
        self.programme = programme
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.text(item, "item", TextLimit.key)
        checks.number(quantity, "quantity", 1...Place.maximumQuantity)
    }
}

/// Defines the parts of one kit. Each change is a new version.
public struct DefineKit: Command, Flattened {
    public static let type = "funding.kit.define.v1"

    /// The item that a finished kit is.
    public var kit: String
    public var version: Int
    /// 1 to 50 parts. No item occurs twice, and none is the kit itself.
    public var parts: [KitPart]

    public init(kit: String, version: Int, parts: [KitPart]) {
        self.kit = kit
        self.version = version
        self.parts = parts
    }

    public func check(_ checks: inout Checks) {
        checks.text(kit, "kit", TextLimit.key)
        checks.number(version, "version", 1...1_000_000)
        checks.count(parts, "parts", 1...50)
        checks.each(parts, "parts") { $0.check(&$1) }
        let items = Set(parts.map(\.item))
        checks.require(
            items.count == parts.count && !items.contains(kit), "parts",
            "each item once and not the kit itself")
    }
}

/// An item and its quantity.
public struct KitPart: Codable, Hashable, Sendable {
    public var item: String
    public var quantity: Int

    public init(item: String, quantity: Int) {
        self.item = item
        self.quantity = quantity
    }

    func check(_ checks: inout Checks) {
        checks.text(item, "item", TextLimit.key)
        checks.number(quantity, "quantity", 1...Place.maximumQuantity)
    }
}

/// Assembles kits from the stock of a place, by the current version of the kit.
public struct KitGoods: Command {
    public static let type = "funding.goods.kit.v1"

    public var kitting: KittingID
    public var kit: String
    public var quantity: Int
    public var place: Place
    public var businessDate: BusinessDate

    public init(
        kitting: KittingID, kit: String, quantity: Int, place: Place, businessDate: BusinessDate
    ) {
        self.kitting = kitting
        self.kit = kit
        self.quantity = quantity
        self.place = place
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.text(kit, "kit", TextLimit.key)
        checks.number(quantity, "quantity", 1...Place.maximumQuantity)
    }
}

/// The recipient of goods.
public struct GoodsRecipient: Codable, Hashable, Sendable {
    public enum Kind: String, WireEnum { case household, person, site }

    public var kind: Kind
    /// Id of the household, person or site.
    public var id: UUID

    public init(kind: Kind, id: UUID) {
        self.kind = kind
        self.id = id
    }
}

/// Issues goods of a place to one recipient, or to several families together.
public struct IssueGoods: Command {
    public static let type = "funding.goods.issue.v1"

    public var issue: IssueID
    public var item: String
    public var quantity: Int
    public var place: Place
    /// Absent for families of the place's territory that are only counted.
    public var recipient: GoodsRecipient?
    public var programme: Programme?
    /// Number of families supplied. Default: 1 for a household or person, 0 for a site.
    public var familiesSupplied: Int?
    public var businessDate: BusinessDate

    public init(
        issue: IssueID, item: String, quantity: Int, place: Place, recipient: GoodsRecipient? = nil,
        programme: Programme? = nil, familiesSupplied: Int? = nil, businessDate: BusinessDate
    ) {
        self.issue = issue
        self.item = item
        self.quantity = quantity
        self.place = place
        self.recipient = recipient
        self.programme = programme
        self.familiesSupplied = familiesSupplied
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.text(item, "item", TextLimit.key)
        checks.number(quantity, "quantity", 1...Place.maximumQuantity)
        checks.number(familiesSupplied, "familiesSupplied", 0...1_000_000)
    }
}

/// Returns part or all of an issue to the stock it came from.
public struct ReturnGoods: Command {
    public static let type = "funding.goods.return.v1"

    public var goodsReturn: GoodsReturnID
    public var issue: IssueID
    public var quantity: Int
    public var businessDate: BusinessDate

    public init(
        goodsReturn: GoodsReturnID, issue: IssueID, quantity: Int, businessDate: BusinessDate
    ) {
        self.goodsReturn = goodsReturn
        self.issue = issue
        self.quantity = quantity
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.number(quantity, "quantity", 1...Place.maximumQuantity)
    }
}

/// Writes off goods of a place that are spoilt or lost.
public struct WriteOffGoods: Command {
    public static let type = "funding.goods.write_off.v1"

    public var writeOff: GoodsWriteOffID
    public var item: String
    public var quantity: Int
    public var place: Place
    public var reason: String
    public var businessDate: BusinessDate

    public init(
        writeOff: GoodsWriteOffID, item: String, quantity: Int, place: Place, reason: String,
        businessDate: BusinessDate
    ) {
        self.writeOff = writeOff
        self.item = item
        self.quantity = quantity
        self.place = place
        self.reason = reason
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.text(item, "item", TextLimit.key)
        checks.number(quantity, "quantity", 1...Place.maximumQuantity)
        checks.text(reason, "reason", TextLimit.reason)
    }
}
