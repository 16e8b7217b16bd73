/// A number as people say it, such as `6.8 万`: cut or rounded to a few digits.
///
/// Chinese cuts and says so (余, 多: "and some more"), so it never says more than the true number. English rounds half up where it
/// says "million", as readers of money expect. Half-even rounding would gain nothing, because rounded numbers are never added
/// up.
struct SpokenNumber: Equatable, Sendable {
    enum Scale: Equatable, Sendable {
        case one
        /// 万, 10,000.
        case wan
        /// 亿, 100,000,000.
        case yi
        case million, billion
    }

    /// The digits before the word for the scale, without zeros at the end of a fraction.
    let digits: String
    let scale: Scale
    /// Whether something was cut off, so that the true number is larger. False for what was rounded.
    let isCut: Bool

    /// How finely a Chinese number is cut.
    enum Precision: Sendable {
        /// Two digits behind 万 or 亿; all of it below 万. For money, and beside a table.
        case fine
        /// One digit behind 万 or 亿; all of it below 万. For numbers of people and things.
        case usual
        /// One digit behind 万 or 亿; whole hundreds below 万, whole tens below 100. For sentences.
        case round
    }

    /// Cuts a number the Chinese way. 万 and 亿 stand for 10^4 and 10^8, so every step is a power of ten.
    static func cut(_ number: UInt64, _ precision: Precision) -> SpokenNumber {
        let scale: Scale = number >= yi ? .yi : number >= wan ? .wan : .one
        guard scale != .one else {
            let step = precision == .round ? roundStep(number) : 1
            return SpokenNumber(
                digits: grouped(number / step * step), scale: .one, isCut: number % step != 0)
        }
        let one = scale == .yi ? yi : wan
        let parts: UInt64 = precision == .fine ? 100 : 10
        let step = one / parts
        return SpokenNumber(
            digits: decimal(number / step, parts: parts), scale: scale,
            isCut: number % step != 0)
    }

    /// Rounds half up to hundredths of a million or billion; below a million nothing is rounded.
    static func rounded(_ number: UInt64) -> SpokenNumber {
        guard number >= million else {
            return SpokenNumber(digits: grouped(number), scale: .one, isCut: false)
        }
        let millions = hundredths(number, of: million)
        // 999,995,000 and more would read "1,000 million".
        guard millions >= 1_000 * 100 else {
            return SpokenNumber(
                digits: decimal(millions, parts: 100), scale: .million, isCut: false)
        }
        return SpokenNumber(
            digits: decimal(hundredths(number, of: billion), parts: 100), scale: .billion,
            isCut: false)
    }

    private static let wan: UInt64 = 10_000
    private static let yi: UInt64 = 100_000_000
    private static let million: UInt64 = 1_000_000
    private static let billion: UInt64 = 1_000_000_000

    private static func roundStep(_ number: UInt64) -> UInt64 {
        switch number {
        case ..<10: 1
        case ..<100: 10
        default: 100
        }
    }

    private static func hundredths(_ number: UInt64, of one: UInt64) -> UInt64 {
        let step = one / 100
        let (whole, rest) = number.quotientAndRemainder(dividingBy: step)
        return rest >= step / 2 ? whole + 1 : whole
    }

    /// - Parameter parts: 10 or 100 to one.
    private static func decimal(_ number: UInt64, parts: UInt64) -> String {
        let (whole, rest) = number.quotientAndRemainder(dividingBy: parts)
        guard rest > 0 else { return grouped(whole) }
        var fraction = String(rest)
        if parts == 100, rest < 10 { fraction = "0" + fraction }
        if parts == 100, rest % 10 == 0 { fraction.removeLast() }
        return grouped(whole) + "." + fraction
    }

    /// Digits in groups of three.
    static func grouped(_ number: UInt64) -> String {
        var digits = Array(String(number))
        for position in stride(from: digits.count - 3, to: 0, by: -3) {
            digits.insert(",", at: position)
        }
        return String(digits)
    }
}
