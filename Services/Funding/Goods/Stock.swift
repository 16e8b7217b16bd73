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

    static let table = Table(
        "stock", key: Column("id", \.key), Stock.init,
        Field("item", \.item), Field("territory", "site", \.place), Field("quantity", \.quantity))
}

extension Field where V == Place {
    /// A place is two columns, whose names are given.
    init(_ territory: String, _ site: String, _ place: @escaping @Sendable (R) -> Place) {
        self.init([
            Column(territory) { place($0).territory }, Column(site) { place($0).site },
        ]) { row in
            Place(territory: try row.next(), site: try row.next(optional: SiteID.self))
        }
    }
}

extension Place {
    /// Refuses a place outside the publisher's scope. A command waits for a site that is not known.
    func requireScope(_ unit: UnitOfWork) throws {
        try unit.requireScope(territory, at: "/place/territory")
        try KnownSites.require(site, at: "/place/site", unit)
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
            Column("cause", \.cause), Column("item", \.item),
            Column("territory", \.place.territory), Column("site", \.place.site),
            Column("quantity", \.quantity), Column("business_date", \.businessDate),
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
