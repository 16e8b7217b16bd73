/// An instant, in microseconds since 1970-01-01T00:00:00Z (leap seconds are not counted).
///
/// On the wire it is RFC 3339 text: read with any offset, written in UTC with milliseconds, or with
/// microseconds where they are not zero.
public struct Timestamp: Hashable, Sendable {
    public let microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// - Parameter text: such as `2026-05-26T08:00:00.000Z` or `2026-05-26T16:00:00+08:00`. Digits
    ///   beyond microseconds are dropped.
    public init?(_ text: String) {
        var text = text
        guard let timestamp = text.withUTF8({ Self.read($0) }) else { return nil }
        self = timestamp
    }

    static let perSecond: Int64 = 1_000_000
    static let perDay: Int64 = 86_400 * perSecond
}

extension Timestamp: Comparable {
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension Timestamp {
    /// `2026-05-26T08:00:00`, before the fraction.
    private static let prefixLength = 19

    static func read(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        guard text.count > prefixLength,
            let date = BusinessDate.read(UnsafeBufferPointer(rebasing: text[0..<10])),
            text[10] | 0x20 == UInt8(ascii: "t"), text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"),
            let hour = Digits.read(text, 11..<13), hour < 24,
            let minute = Digits.read(text, 14..<16), minute < 60,
            let second = Digits.read(text, 17..<19), second <= 60
        else { return nil }
        var position = prefixLength
        guard let fraction = readFraction(text, &position),
            let offset = readOffset(text, position)
        else { return nil }
        let seconds = Int64(hour * 3_600 + minute * 60 + second - offset)
        return Timestamp(
            microseconds: Int64(date.day) * perDay + seconds * perSecond + fraction)
    }

    /// The microseconds after a full stop; 0 if there is none, nil if nothing follows it.
    private static func readFraction(
        _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int
    ) -> Int64? {
        guard text[position] == UInt8(ascii: ".") else { return 0 }
        position += 1
        let start = position
        var (fraction, scale) = (Int64(0), Int64(100_000))
        while position < text.count, case let digit = text[position] &- UInt8(ascii: "0"),
            digit < 10
        {
            fraction += Int64(digit) * scale
            scale /= 10
            position += 1
        }
        return position > start && position < text.count ? fraction : nil
    }

    /// Seconds east of Greenwich: `Z` or `+hh:mm` at the end of the text.
    private static func readOffset(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int? {
        let isEast = text[position] == UInt8(ascii: "+")
        if text[position] | 0x20 == UInt8(ascii: "z") {
            return position + 1 == text.count ? 0 : nil
        }
        guard isEast || text[position] == UInt8(ascii: "-"), position + 6 == text.count,
            text[position + 3] == UInt8(ascii: ":"),
            let hours = Digits.read(text, position + 1..<position + 3), hours < 24,
            let minutes = Digits.read(text, position + 4..<position + 6), minutes < 60
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (isEast ? 1 : -1)
    }
}

extension Timestamp: CustomStringConvertible {
    static let maximumTextLength = 27

    public var description: String {
        String(unsafeUninitializedCapacity: Self.maximumTextLength) { write(to: $0) }
    }

    /// - Parameter buffer: room for at least 27 bytes.
    /// - Returns: how many bytes were written.
    func write(to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var (day, rest) = microseconds.quotientAndRemainder(dividingBy: Self.perDay)
        if rest < 0 { (day, rest) = (day - 1, rest + Self.perDay) }
        BusinessDate(day: Int32(truncatingIfNeeded: day)).write(to: buffer)
        buffer[10] = UInt8(ascii: "T")
        let seconds = Int(rest / Self.perSecond)
        Digits.write(seconds / 3_600, width: 2, to: buffer, at: 11)
        buffer[13] = UInt8(ascii: ":")
        Digits.write(seconds / 60 % 60, width: 2, to: buffer, at: 14)
        buffer[16] = UInt8(ascii: ":")
        Digits.write(seconds % 60, width: 2, to: buffer, at: 17)
        buffer[19] = UInt8(ascii: ".")
        let fraction = Int(rest % Self.perSecond)
        let width = fraction % 1_000 == 0 ? 3 : 6
        Digits.write(width == 3 ? fraction / 1_000 : fraction, width: width, to: buffer, at: 20)
        buffer[20 + width] = UInt8(ascii: "Z")
        return 21 + width
    }
}

extension Timestamp: WireText {
    public static let expected = "a time by RFC 3339, such as 2026-05-26T08:00:00.000Z"

    public static let form = WireForm(
        format: "date-time",
        pattern: "^\(BusinessDate.formPattern)[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)"
            + "([.][0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
        example: "2020-05-26T08:00:00.000Z", wrong: "2020-05-26 08:00",
        beyondSchema: ["2021-02-29T08:00:00.000Z"])

    public var wireText: String { description }
}
