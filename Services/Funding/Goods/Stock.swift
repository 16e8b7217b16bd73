import Foundation
import Messages
import Postgres
import ServiceKit

/// How much of an item a place has. Never below zero: the schema refuses.
struct Stock: Row {
    let item: String
    let place: Place
    var quantity: Int64 = 0

    var key: String { Self.key(item, place) }

    static func key(_ item: String, _ place: Place) -> String {
        "\(place.territory)/\(place.site.map { "\($0)" } ?? "")/\(item)"
    }

    static let table = Table<Stock>(
        "stock", key: "id",
        columns: [
            Column("id", { $0.key }), Column("item", { $0.item }),
            Column("territory", { $0.place.territory }),
            Column("site", optional: { $0.place.site?.uuid }),
            Column("quantity", { $0.quantity }),
        ]
    ) { row in
        _ = try row.next(String.self)
        return Stock(
            item: try row.next(),
            place: Place(
                territory: try row.next(), site: try row.next(optional: SiteID.self)),
            quantity: try row.next())
    }
}

/// A change of a stock, the sum of which the stock is. Only ever added to.
struct StockChange: Record {
    /// The movement, issue or return that caused it.
    let cause: UUID
    let item: String
    let place: Place
    let quantity: Int64
    let businessDate: BusinessDate

    static let table = RecordTable<StockChange>(
        "stock_change",
        columns: [
            Column("cause", { $0.cause }), Column("item", { $0.item }),
            Column("territory", { $0.place.territory }),
            Column("site", optional: { $0.place.site?.uuid }),
            Column("quantity", { $0.quantity }), Column("business_date", { $0.businessDate }),
        ])
}

extension Stock {
    /// Adds to what a place has.
    static func add(
        _ quantity: Int, of item: String, to place: Place, on day: BusinessDate, for cause: UUID,
        _ unit: UnitOfWork
    ) throws {
        try change(Int64(quantity), of: item, at: place, on: day, for: cause, unit)
    }

    /// Takes from what a place has, unless it has less.
    static func take(
        _ quantity: Int, of item: String, from place: Place, on day: BusinessDate, for cause: UUID,
        at pointer: String, _ unit: UnitOfWork
    ) throws {
        let held = try unit.find(Stock.self, key(item, place))?.quantity ?? 0
        guard held >= quantity else {
            throw Refusal(
                .stockExhausted, at: pointer,
                expected: "at most \(held) of \(item), which are there")
        }
        try change(-Int64(quantity), of: item, at: place, on: day, for: cause, unit)
    }

    private static func change(
        _ quantity: Int64, of item: String, at place: Place, on day: BusinessDate, for cause: UUID,
        _ unit: UnitOfWork
    ) throws {
        var stock =
            try unit.find(Stock.self, key(item, place)) ?? Stock(item: item, place: place)
        stock.quantity += quantity
        try unit.store(stock)
        unit.append(
            StockChange(
                cause: cause, item: item, place: place, quantity: quantity, businessDate: day))
    }
}

/// What was received, kitted or written off. It says one thing once, so its only fact is number 1.
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

/// Goods that were given out.
struct GoodsIssue: Aggregate {
    let id: IssueID
    let item: String
    let quantity: Int64
    var returned: Int64 = 0
    /// Where they came from.
    let place: Place
    let recipient: GoodsRecipient?
    let household: HouseholdID?
    /// Where they went.
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

/// What came back of an issue, so that its id counts once.
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

extension Goods {
    static let migration = Migration(
        "0035_goods",
        """
        CREATE TABLE stock (
            id        text   PRIMARY KEY,
            item      text   NOT NULL,
            territory text   COLLATE "C" NOT NULL,
            site      uuid,
            quantity  bigint NOT NULL,
            CONSTRAINT stock_never_negative CHECK (quantity >= 0)
        );

        CREATE TABLE stock_change (
            cause         uuid   NOT NULL,
            item          text   NOT NULL,
            territory     text   COLLATE "C" NOT NULL,
            site          uuid,
            quantity      bigint NOT NULL CHECK (quantity <> 0),
            business_date date   NOT NULL,
            PRIMARY KEY (cause, item)
        );

        CREATE TRIGGER stock_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_change
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        CREATE TABLE goods_movement (
            id            uuid   PRIMARY KEY,
            kind          text   NOT NULL CHECK (kind IN ('received', 'kitted', 'written_off')),
            item          text   NOT NULL,
            quantity      bigint NOT NULL CHECK (quantity > 0),
            territory     text   COLLATE "C" NOT NULL,
            site          uuid,
            programme     text,
            reason        text   CHECK ((reason IS NOT NULL) = (kind = 'written_off')),
            business_date date   NOT NULL
        );

        CREATE TABLE kit (
            item     text    PRIMARY KEY,
            version  integer NOT NULL CHECK (version > 0),
            sequence bigint  NOT NULL CHECK (sequence > 0)
        );

        CREATE TABLE kit_part (
            kit      text    NOT NULL REFERENCES kit DEFERRABLE INITIALLY DEFERRED,
            version  integer NOT NULL,
            item     text    NOT NULL CHECK (item <> kit),
            quantity bigint  NOT NULL CHECK (quantity > 0),
            PRIMARY KEY (kit, version, item)
        );

        CREATE TRIGGER kit_part_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kit_part
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        CREATE TABLE goods_issue (
            id              uuid    PRIMARY KEY,
            item            text    NOT NULL,
            quantity        bigint  NOT NULL CHECK (quantity > 0),
            returned        bigint  NOT NULL,
            place_territory text    COLLATE "C" NOT NULL,
            place_site      uuid,
            recipient_kind  text    CHECK (recipient_kind IN ('household', 'person', 'site')),
            recipient       uuid,
            household       uuid,
            territory       text    COLLATE "C" NOT NULL,
            programme       text,
            families        integer NOT NULL CHECK (families >= 0),
            business_date   date    NOT NULL,
            sequence        bigint  NOT NULL CHECK (sequence > 0),
            CHECK ((recipient_kind IS NULL) = (recipient IS NULL)),
            CONSTRAINT goods_returned_once CHECK (returned BETWEEN 0 AND quantity)
        );

        CREATE TABLE goods_return (
            id            uuid   PRIMARY KEY,
            issue         uuid   NOT NULL REFERENCES goods_issue DEFERRABLE INITIALLY DEFERRED,
            quantity      bigint NOT NULL CHECK (quantity > 0),
            business_date date   NOT NULL
        );

        -- One row for each stock that is wrong; none while they are sound.
        CREATE VIEW goods_check AS
        SELECT coalesce(s.item, c.item) AS item,
               'a stock is not the sum of its changes' AS problem
        FROM stock AS s FULL JOIN (
            SELECT item, territory, site, sum(quantity) AS quantity
            FROM stock_change GROUP BY item, territory, site) AS c
            ON c.item = s.item AND c.territory = s.territory
                AND coalesce(c.site, '00000000-0000-0000-0000-000000000000')
                  = coalesce(s.site, '00000000-0000-0000-0000-000000000000')
        WHERE s.quantity IS DISTINCT FROM c.quantity
        UNION ALL
        SELECT i.item, 'what came back is not what the returns say'
        FROM goods_issue AS i LEFT JOIN (
            SELECT issue, sum(quantity) AS quantity FROM goods_return GROUP BY issue) AS r
            ON r.issue = i.id
        WHERE i.returned <> coalesce(r.quantity, 0);
        """)
}

extension RefusalCode {
    static let stockExhausted = RefusalCode("stock_exhausted", "a quantity that the place has")
    static let movementExists = RefusalCode(
        "movement_exists", "the id of a movement of goods that did not happen yet")
    static let issueExists = RefusalCode("issue_exists", "the id of an issue that was not made yet")
    static let unknownIssue = RefusalCode("unknown_issue", "the id of an issue of goods")
    static let goodsReturnExists = RefusalCode(
        "goods_return_exists", "the id of a return that was not made yet")
    static let moreThanIssued = RefusalCode("more_than_issued", "at most what is still out")
    static let unknownPerson = RefusalCode("unknown_person", "the id of a registered person")
    static let unknownKit = RefusalCode("unknown_kit", "a kit that is defined")
}
