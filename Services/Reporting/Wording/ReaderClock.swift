import Messages

/// Instants in China Standard Time, which is eight hours ahead of UTC all year.
enum ReaderClock {
    private static let offset: Int64 = 8 * 3_600 * 1_000_000

    /// `2020-05-26 18:30`.
    static func text(_ time: Timestamp) -> String {
        let (day, clock) = parts(time)
        return "\(day) \(clock)"
    }

    /// `26 May 2020, 18:30`.
    static func words(_ time: Timestamp) -> Words {
        let (day, clock) = parts(time)
        let name = PagePeriod(day.description)?.name ?? Words(both: day.description)
        return Words("\(name.zh) \(clock)", "\(name.en), \(clock)")
    }

    private static func parts(_ time: Timestamp) -> (day: BusinessDate, clock: String) {
        let minutes = (time.microseconds + offset) / 60_000_000
        let (day, minute) = minutes.quotientAndRemainder(dividingBy: 1_440)
        let (hour, rest) = minute.quotientAndRemainder(dividingBy: 60)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return (BusinessDate(day: Int32(day)), "\(two(hour)):\(two(rest))")
    }

    /// The age in the largest unit of which it is at least one, rounded down.
    static func age(_ time: Timestamp, at now: Timestamp) -> Words {
        let minutes = max(0, (now.microseconds - time.microseconds) / 60_000_000)
        func ago(_ count: Int64, _ zh: String, _ en: String) -> Words {
            Words("\(count) \(zh)前", "\(count) \(en)\(count == 1 ? "" : "s") ago")
        }
        return switch minutes {
        case 0: Words("不到 1 分钟前", "less than a minute ago")
        case ..<60: ago(minutes, "分钟", "minute")
        case ..<1_440: ago(minutes / 60, "小时", "hour")
        default: ago(minutes / 1_440, "天", "day")
        }
    }
}
