/// A period of reporting: a day, month, quarter or year, written `2020-05-26`, `2020-05`, `2020-Q2` or `2020`.
public struct Period: Hashable, Sendable {
    public enum Span: String, Sendable { case day, month, quarter, year }

    public let span: Span
    public let start: BusinessDate

    public init?(_ text: String) {
        switch text.utf8.count {
        case 10: self.init(.day, text)
        case 7 where text.dropFirst(4).hasPrefix("-Q"):
            guard let quarter = text.last?.wholeNumberValue, 1...4 ~= quarter else { return nil }
            let month = quarter == 4 ? "10" : "0\(quarter * 3 - 2)"
            self.init(.quarter, "\(text.prefix(4))-\(month)-01")
        case 7: self.init(.month, "\(text)-01")
        case 4: self.init(.year, "\(text)-01-01")
        default: return nil
        }
    }

    private init?(_ span: Span, _ start: String) {
        guard let start = BusinessDate(start) else { return nil }
        self.span = span
        self.start = start
    }

    /// Its last day.
    public var end: BusinessDate {
        switch span {
        case .day: start
        case .month: start.adding(months: 1).adding(days: -1)
        case .quarter: start.adding(months: 3).adding(days: -1)
        case .year: start.adding(months: 12).adding(days: -1)
        }
    }
}

extension Period: WireText {
    public static let expected = "a period such as 2020-05-26, 2020-05, 2020-Q2 or 2020"

    public static let form = WireForm(
        pattern: "^((19|20|21)[0-9]{2}(-(Q[1-4]|0[1-9]|1[0-2]))?|\(BusinessDate.formPattern))$",
        example: "2020-Q2", wrong: "2020-Q5", beyondSchema: ["2021-02-29"])

    public var wireText: String {
        switch span {
        case .day: "\(start)"
        case .month: String("\(start)".prefix(7))
        case .quarter: "\("\(start)".prefix(4))-Q\(start.quarter)"
        case .year: String("\(start)".prefix(4))
        }
    }
}

/// Closes a period and all periods in it. Their figures are final; later changes are revisions.
public struct ClosePeriod: Command {
    public static let type = "reporting.period.close.v1"

    public var period: Period
    /// A day after the period.
    public var closedOn: BusinessDate

    public init(period: Period, closedOn: BusinessDate) {
        self.period = period
        self.closedOn = closedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(closedOn, "closedOn")
        checks.begun(period, "period")
    }
}

public struct PeriodClosed: Fact {
    public static let type = "reporting.period.closed.v1"

    public var period: Period
    public var closedOn: BusinessDate

    public init(period: Period, closedOn: BusinessDate) {
        self.period = period
        self.closedOn = closedOn
    }
}
