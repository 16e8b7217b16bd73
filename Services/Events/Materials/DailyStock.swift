import Messages
import Postgres
import ServiceKit

/// The copies of a material by day: how many came in or went out. They are stored in one text column, `2019-05-20:1000`, with spaces
/// between the days, so that the row of the material says whether copies were there on every day, and the schema checks it.
struct DailyStock: Hashable, Sendable {
    /// In the order of their days; none is 0.
    private(set) var changes: [(day: BusinessDate, copies: Int)] = []

    init() {}

    static func == (one: DailyStock, other: DailyStock) -> Bool {
        one.changes.elementsEqual(other.changes, by: ==)
    }

    func hash(into hasher: inout Hasher) {
        for change in changes {
            hasher.combine(change.day)
            hasher.combine(change.copies)
        }
    }

    mutating func add(_ copies: Int, on day: BusinessDate) {
        let index = changes.firstIndex { $0.day >= day } ?? changes.endIndex
        if index < changes.endIndex, changes[index].day == day {
            changes[index].copies += copies
            if changes[index].copies == 0 { changes.remove(at: index) }
        } else if copies != 0 {
            changes.insert((day, copies), at: index)
        }
    }

    /// Adds other changes, or takes them back.
    mutating func add(_ other: DailyStock, times factor: Int = 1) {
        for change in other.changes { add(factor * change.copies, on: change.day) }
    }

    /// The smallest number of copies that are there on a day from then on.
    func least(from day: BusinessDate) -> Int {
        var copies = 0
        var least: Int?
        for change in changes {
            // Copies that were there before the day count on it.
            if change.day > day, least == nil { least = copies }
            copies += change.copies
            if change.day >= day { least = min(least ?? copies, copies) }
        }
        return least ?? copies
    }

    /// The smallest number of copies on any day; at most 0, because there are none at first.
    var least: Int {
        var (copies, least) = (0, 0)
        for change in changes {
            copies += change.copies
            least = min(least, copies)
        }
        return least
    }

    var firstDay: BusinessDate? { changes.first?.day }
}

extension DailyStock: PostgresValue {
    static var postgresType: PostgresType { .text }

    func encode(into buffer: inout [UInt8]) {
        changes.map { "\($0.day):\($0.copies)" }.joined(separator: " ").encode(into: &buffer)
    }

    static func decode(_ bytes: UnsafeRawBufferPointer) throws -> DailyStock {
        var stock = DailyStock()
        for word in try String.decode(bytes).split(separator: " ") {
            let parts = word.split(separator: ":").map(String.init)
            guard parts.count == 2, let day = BusinessDate(parts[0]), let copies = Int(parts[1])
            else { throw StoredValueError(type: "stock by day") }
            stock.changes.append((day, copies))
        }
        return stock
    }
}
