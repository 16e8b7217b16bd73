/// Goods came into the stock of a place.
public struct GoodsReceived: Fact, HasSubject {
    public static let type = "funding.goods.received.v1"

    public var about: ReceiveGoods

    public init(_ about: ReceiveGoods) {
        self.about = about
    }
}

/// A version of a kit is defined.
public struct KitDefined: Fact, HasSubject {
    public static let type = "funding.kit.defined.v1"

    public var about: DefineKit

    public init(_ about: DefineKit) {
        self.about = about
    }
}

/// Kits were assembled at a place.
public struct GoodsKitted: Fact {
    public static let type = "funding.goods.kitted.v1"

    public var kitting: KittingID
    public var kit: String
    public var version: Int
    public var quantity: Int
    /// Quantities that all kits together took.
    public var parts: [KitPart]
    public var place: Place
    public var businessDate: BusinessDate

    public init(
        kitting: KittingID, kit: String, version: Int, quantity: Int, parts: [KitPart],
        place: Place, businessDate: BusinessDate
    ) {
        self.kitting = kitting
        self.kit = kit
        self.version = version
        self.quantity = quantity
        self.parts = parts
        self.place = place
        self.businessDate = businessDate
    }
}

/// Goods were issued.
public struct GoodsIssued: Fact {
    public static let type = "funding.goods.issued.v1"

    public var issue: IssueID
    public var item: String
    public var quantity: Int
    /// The place they came from.
    public var place: Place
    /// Territory they went to: the household's, otherwise that of the place.
    public var territory: TerritoryCode
    public var programme: Programme?
    public var household: HouseholdID?
    public var person: PersonID?
    public var site: SiteID?
    public var familiesSupplied: Int
    public var businessDate: BusinessDate

    public init(
        issue: IssueID, item: String, quantity: Int, place: Place, territory: TerritoryCode,
        programme: Programme? = nil, household: HouseholdID? = nil, person: PersonID? = nil,
        site: SiteID? = nil, familiesSupplied: Int, businessDate: BusinessDate
    ) {
        self.issue = issue
        self.item = item
        self.quantity = quantity
        self.place = place
        self.territory = territory
        self.programme = programme
        self.household = household
        self.person = person
        self.site = site
        self.familiesSupplied = familiesSupplied
        self.businessDate = businessDate
    }
}

/// Issued goods were returned.
public struct GoodsReturned: Fact {
    public static let type = "funding.goods.returned.v1"

    public var goodsReturn: GoodsReturnID
    public var issue: IssueID
    public var item: String
    /// Returned this time.
    public var quantity: Int
    public var place: Place
    /// Territory they had gone to.
    public var territory: TerritoryCode
    public var programme: Programme?
    public var household: HouseholdID?
    /// Issued and not returned: 0 once all was returned.
    public var leftQuantity: Int
    /// Number of families still supplied: 0 once all was returned.
    public var familiesSupplied: Int
    public var businessDate: BusinessDate

    public init(
        goodsReturn: GoodsReturnID, issue: IssueID, item: String, quantity: Int, place: Place,
        territory: TerritoryCode, programme: Programme? = nil, household: HouseholdID? = nil,
        leftQuantity: Int, familiesSupplied: Int, businessDate: BusinessDate
    ) {
        self.goodsReturn = goodsReturn
        self.issue = issue
        self.item = item
        self.quantity = quantity
        self.place = place
        self.territory = territory
        self.programme = programme
        self.household = household
        self.leftQuantity = leftQuantity
        self.familiesSupplied = familiesSupplied
        self.businessDate = businessDate
    }
}

/// Goods of a place were written off as spoilt or lost.
public struct GoodsWrittenOff: Fact {
    public static let type = "funding.goods.written_off.v1"

    public var writeOff: GoodsWriteOffID
    public var item: String
    public var quantity: Int
    public var place: Place
    public var businessDate: BusinessDate

    public init(
        writeOff: GoodsWriteOffID, item: String, quantity: Int, place: Place,
        businessDate: BusinessDate
    ) {
        self.writeOff = writeOff
        self.item = item
        self.quantity = quantity
        self.place = place
        self.businessDate = businessDate
    }
}
