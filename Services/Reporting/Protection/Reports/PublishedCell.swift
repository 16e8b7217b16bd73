import Messages
import Postgres
import ServiceKit

/// A territory and a period.
struct PublishedCell: Hashable {
    let territory: String
    let span: PublishedSpan
    let start: BusinessDate

    init(territory: String, span: PublishedSpan, start: BusinessDate) {
        self.territory = territory
        self.span = span
        self.start = start
    }

    /// Reads three columns.
    init(_ row: inout RowCursor) throws {
        territory = try row.next()
        span = try PublishedSpan(row.next(String.self))
        start = try row.next()
    }

    var isBelowDistrict: Bool { territory.utf8.count > 6 }

    /// The same period of another territory.
    func of(_ territory: String) -> PublishedCell {
        PublishedCell(territory: territory, span: span, start: start)
    }

    /// The same territory in a longer period.
    func around(in span: PublishedSpan) -> PublishedCell {
        PublishedCell(territory: territory, span: span, start: span.start(start))
    }

    var period: String {
        let text = start.description
        return switch span {
        case .day: text
        case .month: String(text.prefix(7))
        case .quarter: "\(text.prefix(4))-Q\(start.quarter)"
        case .year: String(text.prefix(4))
        case .all: "all"
        }
    }
}

/// A kind of period, the shortest first.
enum PublishedSpan: Int, Comparable, CaseIterable {
    case day, month, quarter, year, all

    init(_ name: String) throws {
        guard let span = Self.allCases.first(where: { "\($0)" == name }) else {
            throw StoredValueError(type: "span")
        }
        self = span
    }

    static func < (left: PublishedSpan, right: PublishedSpan) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The first day of the period around a day.
    func start(_ day: BusinessDate) -> BusinessDate {
        let start =
            switch self {
            case .day: day
            case .month: BusinessDate(year: day.year, month: day.month, day: 1)
            case .quarter: BusinessDate(year: day.year, month: day.quarter * 3 - 2, day: 1)
            case .year: BusinessDate(year: day.year, month: 1, day: 1)
            case .all: BusinessDate.range.lowerBound
            }
        return start ?? day
    }
}
