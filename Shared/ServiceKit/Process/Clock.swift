internal import Foundation
public import Messages

extension Timestamp {
    /// The system's clock; only workers read it, handlers never do.
    public static func now() -> Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    func adding(seconds: Int) -> Timestamp {
        Timestamp(microseconds: microseconds + Int64(seconds) * 1_000_000)
    }

    /// Whole seconds from this instant to a later one; none to an earlier one.
    public func seconds(until later: Timestamp) -> Int64 {
        max(0, later.microseconds - microseconds) / 1_000_000
    }

    /// The day in UTC.
    public var day: BusinessDate {
        let days = microseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
        return BusinessDate(day: Int32(days.quotient) - (days.remainder < 0 ? 1 : 0))
    }
}
