/// Goods came into the stock of a place.
public struct GoodsReceived: Fact {
    public static let type = "funding.goods.received.v1"

    public var receipt: GoodsReceiptID
    public var item: String
    public var quantity: Int
    public var place: Place
    public var programme: Programme?
    public var businessDate: BusinessDate

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
}

/// It is known what a kit is made of.
public struct KitDefined: Fact {
    public static let type = "funding.kit.defined.v1"

    public var kit: String
    public var version: Int
    public var parts: [KitPart]

    public init(kit: String, version: Int, parts: [KitPart]) {
        self.kit = kit
        self.version = version
        self.parts = parts
    }
}

/// Kits were made at a place.
public struct GoodsKitted: Fact {
    public static let type = "funding.goods.kitted.v1"

    public var kitting: KittingID
    public var kit: String
    public var version: Int
    public var quantity: Int
    /// What all of them took together.
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

/// Goods were given out.
public struct GoodsIssued: Fact {
    public static let type = "funding.goods.issued.v1"

    public var issue: IssueID
    public var item: String
    public var quantity: Int
    /// Where they came from.
    public var place: Place
    /// Where they went: the household's, or else the place's.
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

/// Issued goods came back.
public struct GoodsReturned: Fact {
    public static let type = "funding.goods.returned.v1"

    public var goodsReturn: GoodsReturnID
    public var issue: IssueID
    public var item: String
    /// What came back now.
    public var quantity: Int
    public var place: Place
    /// Where they had gone.
    public var territory: TerritoryCode
    public var programme: Programme?
    public var household: HouseholdID?
    /// What is left of the issue: 0 once all came back.
    public var leftQuantity: Int
    /// The families still supplied: 0 once all came back.
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

/// Goods of a place are spoilt or lost.
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
