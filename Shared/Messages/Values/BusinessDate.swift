/// A calendar day, as the association's clerks write it in Asia/Shanghai. `BusinessDays` says which days a
/// message may name.
///
/// Proleptic Gregorian calendar; days are counted from 1970-01-01, as PostgreSQL clients do. A
/// decoded date lies in `BusinessDate.range`.
public struct BusinessDate: Hashable, Sendable {
    /// Days since 1970-01-01.
    public let day: Int32

    /// 1900-01-01 to 2199-12-31.
    public static let range = BusinessDate(day: -25_567)...BusinessDate(day: 84_005)

    public init(day: Int32) { self.day = day }

    /// - Returns: nil if there is no such day, or it lies outside `range`.
    public init?(year: Int, month: Int, day: Int) {
        guard 1900...2199 ~= year, 1...12 ~= month, day >= 1,
            day <= Self.length(ofMonth: month, in: year)
        else { return nil }
        self.day = Self.days(year, month, day)
    }

    /// - Parameter text: `YYYY-MM-DD`.
    public init?(_ text: String) {
        var text = text
        guard let date = text.withUTF8({ Self.read($0) }) else { return nil }
        self = date
    }

    public var year: Int { civil.year }
    public var month: Int { civil.month }
    public var dayOfMonth: Int { civil.day }
    /// 1...4.
    public var quarter: Int { (civil.month + 2) / 3 }

    public func adding(days: Int) -> BusinessDate { BusinessDate(day: day + Int32(days)) }

    /// The same day so many months later, or the last day of a month that has no such day.
    /// - Parameter months: not negative.
    public func adding(months: Int) -> BusinessDate {
        let (year, month, day) = civil
        let (years, rest) = (month - 1 + months).quotientAndRemainder(dividingBy: 12)
        let last = Self.length(ofMonth: rest + 1, in: year + years)
        return BusinessDate(day: Self.days(year + years, rest + 1, min(day, last)))
    }

    /// Age in completed years (周岁) on `reference`; negative before the birth.
    ///
    /// Someone born on 29 February completes a year on 1 March in common years.
    public func completedYears(at reference: BusinessDate) -> Int {
        let (born, now) = (civil, reference.civil)
        let isBeforeBirthday = (now.month, now.day) < (born.month, born.day)
        return now.year - born.year - (isBeforeBirthday ? 1 : 0)
    }

    static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Conversions by Howard Hinnant's `chrono`-compatible algorithms: years start in March and repeat
/// in eras of 400.
extension BusinessDate {
    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int32 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 719_468)
    }

    var civil: (year: Int, month: Int, day: Int) {
        let shifted = Int(day) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }
}

extension BusinessDate: Comparable {
    public static func < (left: BusinessDate, right: BusinessDate) -> Bool { left.day < right.day }
}

extension BusinessDate: CustomStringConvertible {
    static let textLength = 10

    /// `YYYY-MM-DD`. The text has ten characters for years 0 to 9999.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textLength) { buffer in
            write(to: buffer)
            return Self.textLength
        }
    }

    /// - Parameter buffer: room for at least ten bytes.
    func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let (year, month, day) = civil
        Digits.write(year, width: 4, to: buffer, at: 0)
        buffer[4] = UInt8(ascii: "-")
        Digits.write(month, width: 2, to: buffer, at: 5)
        buffer[7] = UInt8(ascii: "-")
        Digits.write(day, width: 2, to: buffer, at: 8)
    }

    static func read(_ text: UnsafeBufferPointer<UInt8>) -> BusinessDate? {
        guard text.count == textLength, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = Digits.read(text, 0..<4), let month = Digits.read(text, 5..<7),
            let day = Digits.read(text, 8..<10)
        else { return nil }
        return BusinessDate(year: year, month: month, day: day)
    }
}

extension BusinessDate: WireText {
    public static let expected = "a date YYYY-MM-DD from 1900-01-01 to 2199-12-31"

    public static let form = WireForm(
        format: "date", pattern: "^\(formPattern)$", example: "2020-05-26", wrong: "26.05.2020",
        beyondSchema: ["2021-02-29"])

    static let formPattern = "(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"

    public var wireText: String { description }
}
