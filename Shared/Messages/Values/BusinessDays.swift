/// The days that a message may name: the one place that says what a business date may be.
///
/// The day on which the message was written decides, not the day on which it arrives. So a message that is late, waits or
/// is sent again stays as valid as it was. Facts are history, and nobody checks their dates.
public struct BusinessDays: Sendable {
    /// What a date says.
    public enum Rule: String, CaseIterable, Sendable {
        /// A person's birth.
        case birth
        /// An event of a person's life, such as a death. It may be older than the association.
        case life
        /// Something that was done, decided or recorded.
        case happened
        /// Something that begins: a plan, a session, a year of money or cover, a rule.
        case planned
        /// The last day of something that holds for long.
        case validity
        /// The first day of a territory.
        case territory
        /// A place in a list of days that were answered before.
        case listed
    }

    /// The first and the last day that a rule allows. Of a message that is older than the first, there is none.
    public struct Bounds: Hashable, Sendable, CustomStringConvertible {
        public let first: BusinessDate
        public let last: BusinessDate

        public func contains(_ date: BusinessDate) -> Bool { first <= date && date <= last }

        /// Such as `1979-01-01 to 2026-12-02`.
        public var description: String { "\(first) to \(last)" }
    }

    /// Months for which plans and rules are made in advance.
    static let plannedMonths = 5 * 12
    /// Months for which something may hold.
    static let validityMonths = 30 * 12

    /// The day of the message.
    public let today: BusinessDate

    public init(of time: Timestamp) { today = time.businessDay }

    /// The last day on which something can have happened: one more than today, because clerks' calendars
    /// differ.
    public var latest: BusinessDate { today.adding(days: 1) }

    public func bounds(of rule: Rule) -> Bounds {
        Bounds(first: rule.first, last: last(of: rule))
    }

    private func last(of rule: Rule) -> BusinessDate {
        let last =
            switch rule {
            case .birth: today
            case .life, .happened: latest
            case .planned, .territory: today.adding(months: Self.plannedMonths)
            case .validity: today.adding(months: Self.validityMonths)
            case .listed: BusinessDate.range.upperBound
            }
        return min(last, BusinessDate.range.upperBound)
    }
}

extension BusinessDays.Rule {
    /// 1979-01-01. The policy began in that year, so no association has records of before.
    private static let firstRecord = BusinessDate(day: 3_287)
    /// 1949-10-01. Today's territories are not older.
    private static let firstTerritory = BusinessDate(day: -7_397)

    var first: BusinessDate {
        switch self {
        case .birth, .life, .listed: BusinessDate.range.lowerBound
        case .territory: Self.firstTerritory
        case .happened, .planned, .validity: Self.firstRecord
        }
    }

    /// The rule in words, for the contract.
    public var meaning: String {
        let last =
            switch self {
            case .birth: "the message's day"
            case .life, .happened: "the day after the message's"
            case .planned, .territory:
                "\(BusinessDays.plannedMonths / 12) years after the message's day"
            case .validity: "\(BusinessDays.validityMonths / 12) years after the message's day"
            case .listed: "\(BusinessDate.range.upperBound)"
            }
        return "From \(first) to \(last)."
    }
}

extension Timestamp {
    /// Microseconds by which the association's clocks are ahead of UTC: Asia/Shanghai, which has no summer time.
    private static let ahead: Int64 = 8 * 3_600 * perSecond

    /// The day that it is for the association at this instant.
    public var businessDay: BusinessDate {
        let (days, rest) = (microseconds + Self.ahead).quotientAndRemainder(dividingBy: Self.perDay)
        return BusinessDate(day: Int32(truncatingIfNeeded: rest < 0 ? days - 1 : days))
    }
}
