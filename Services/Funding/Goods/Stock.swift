import Foundation
import Messages
import Postgres
import ServiceKit

/// The quantity of an item at a place. Never below zero: the schema refuses that too.
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

/// A change of a stock. The stock is the sum of its changes. Rows are only added.
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
    /// Adds to the stock of a place.
    static func add(
        _ quantity: Int, of item: String, to place: Place, on day: BusinessDate, for cause: UUID,
        _ unit: UnitOfWork
    ) throws {
        try change(Int64(quantity), of: item, at: place, on: day, for: cause, unit)
    }

    /// Removes from the stock of a place. Refuses to remove more than there is.
    static func remove(
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

extension RefusalCode {
    static let stockExhausted = RefusalCode("stock_exhausted", "a quantity that the place has")
}
