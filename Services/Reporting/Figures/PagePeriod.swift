import Messages

/// A period of figures, all time included.
enum PagePeriod: Hashable, Sendable {
    case all
    case of(Period)

    static let expected = "all, 2020, 2020-Q2, 2020-05 or 2020-05-26"

    init?(_ text: String) {
        if text == "all" {
            self = .all
        } else if let period = Period(text) {
            self = .of(period)
        } else {
            return nil
        }
    }

    static func year(_ year: Int) -> PagePeriod? { PagePeriod("\(year)") }

    static func month(_ month: Int, of year: Int) -> PagePeriod? {
        PagePeriod("\(year)-\(month < 10 ? "0" : "")\(month)")
    }

    static func quarter(_ quarter: Int, of year: Int) -> PagePeriod? {
        PagePeriod("\(year)-Q\(quarter)")
    }

    /// As cells and addresses have it.
    var code: String {
        switch self {
        case .all: "all"
        case .of(let period): period.wireText
        }
    }

    var span: String {
        switch self {
        case .all: "all"
        case .of(let period): period.span.rawValue
        }
    }

    /// The first day, as the table of summaries has it.
    var start: BusinessDate {
        switch self {
        case .all: BusinessDate.range.lowerBound
        case .of(let period): period.start
        }
    }

    var year: Int? {
        switch self {
        case .all: nil
        case .of(let period): period.start.year
        }
    }

    /// The last day of the figures shown beside it: a page of a month shows the other months of its year.
    var lastDay: BusinessDate {
        year.flatMap { BusinessDate(year: $0, month: 12, day: 31) } ?? BusinessDate.range.upperBound
    }

    /// In the middle of a sentence.
    var inline: Words {
        switch self {
        case .all: Words(Words.allTime.zh, "all time")
        case .of(let period): period.name
        }
    }

    var name: Words {
        switch self {
        case .all: .allTime
        case .of(let period): period.name
        }
    }
}

extension Period {
    fileprivate var name: Words {
        let (year, month) = (start.year, start.month)
        return switch span {
        case .day:
            Words(
                "\(year)年\(month)月\(start.dayOfMonth)日",
                "\(start.dayOfMonth) \(Self.monthNames[month - 1]) \(year)")
        case .month: Words("\(year)年\(month)月", "\(Self.monthNames[month - 1]) \(year)")
        case .quarter: Words("\(year)年第\(start.quarter)季度", "Q\(start.quarter) \(year)")
        case .year: Words("\(year)年", "\(year)")
        }
    }

    /// Without its year.
    var shortName: Words {
        switch span {
        case .month: Words("\(start.month)月", String(Self.monthNames[start.month - 1].prefix(3)))
        case .quarter: Words("第\(start.quarter)季度", "Q\(start.quarter)")
        case .day, .year: name
        }
    }

    private static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
}

extension Words {
    static let allTime = Words("累计至今", "All time")
}
