import Foundation
import Messages
import Postgres
import ServiceKit

/// The quantity of an item at a place. Never below zero at the end of any business date: the schema refuses that too.
struct Stock: Row {
    /// A change that is not stored yet.
    struct Change {
        let day: BusinessDate
        let quantity: Int64
    }

    let item: String
    let place: Place
    var quantity: Int64 = 0
    /// The latest business date of its changes.
    var lastOn: BusinessDate?
    /// The changes of this batch.
    var recent: [Change] = []

    var key: String { Self.key(item, place) }

    static func key(_ item: String, _ place: Place) -> String {
        "\(place.territory)/\(place.site.map { "\($0)" } ?? "")/\(item)"
    }

    static let table = Table(
        "stock", key: Column("id", \.key), Stock.init,
        Field("item", \.item), Field("territory", "site", \.place), Field("quantity", \.quantity),
        Field("last_on", \.lastOn), Field(always: []))
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

    /// Removes from the stock of a place. Refuses to remove more than there is at the end of that day or of any later one.
    static func remove(
        _ quantity: Int, of item: String, from place: Place, on day: BusinessDate, for cause: UUID,
        at pointer: String, _ unit: UnitOfWork
    ) throws {
        let stock = try unit.find(Stock.self, key(item, place))
        let held = stock?.quantity ?? 0
        guard held >= quantity else {
            throw Refusal(
                .stockExhausted, at: pointer,
                expected: "at most \(held) of \(item), which are there")
        }
        let lowest = try stock?.lowest(from: day, unit) ?? 0
        guard lowest >= quantity else {
            throw Refusal(
                .stockExhausted, at: pointer,
                expected: "at most \(lowest) of \(item), which are there from then on")
        }
        try change(-Int64(quantity), of: item, at: place, on: day, for: cause, unit)
    }

    /// The least quantity at the end of that day or of any later one: what there is now, less what came in after a day. Days are
    /// read only if something is dated later.
    private func lowest(from day: BusinessDate, _ unit: UnitOfWork) throws -> Int64 {
        guard let lastOn, lastOn > day else { return quantity }
        let rows = try unit.query(
            "SELECT day, quantity FROM stock_day WHERE stock = \(key) AND day > \(day)")
        var later = recent.filter { $0.day > day }
        for row in rows {
            later.append(
                Change(
                    day: try row.decode(BusinessDate.self, at: 0),
                    quantity: try row.decode(Int64.self, at: 1)))
        }
        var (since, most) = (Int64(0), Int64(0))
        for (_, changes) in Dictionary(grouping: later, by: \.day).sorted(by: { $0.key > $1.key }) {
            since += changes.reduce(0) { $0 + $1.quantity }
            most = max(most, since)
        }
        return quantity - most
    }

    private static func change(
        _ quantity: Int64, of item: String, at place: Place, on day: BusinessDate, for cause: UUID,
        _ unit: UnitOfWork
    ) throws {
        var stock =
            try unit.find(Stock.self, key(item, place)) ?? Stock(item: item, place: place)
        stock.quantity += quantity
        stock.lastOn = max(stock.lastOn ?? day, day)
        stock.recent.append(Change(day: day, quantity: quantity))
        try unit.store(stock)
        unit.append(
            StockChange(
                cause: cause, item: item, place: place, quantity: quantity, businessDate: day))
    }
}

extension RefusalCode {
    static let stockExhausted = RefusalCode("stock_exhausted", "a quantity that the place has")
}
