/// The name of a programme the association runs, such as `happiness-project` or `warm-home`:
/// lower-case words of letters and digits joined by hyphens, 64 characters at most.
public struct Programme: Hashable, Sendable {
    public let rawValue: String

    static let maximumLength = 64

    public init?(_ text: String) {
        guard Self.isKebab(text) else { return nil }
        rawValue = text
    }

    static func isKebab(_ text: String) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard 1...maximumLength ~= text.utf8.count else { return false }
        var previous = hyphen
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case hyphen where previous != hyphen: break
            default: return false
            }
            previous = byte
        }
        return previous != hyphen
    }
}

extension Programme: Comparable, CustomStringConvertible {
    public static func < (left: Programme, right: Programme) -> Bool {
        left.rawValue < right.rawValue
    }

    public var description: String { rawValue }
}

extension Programme: WireText {
    public static let expected =
        "lower-case words joined by hyphens, at most \(maximumLength) characters"

    public static let form = WireForm(
        pattern: "^[a-z0-9]+(-[a-z0-9]+)*$", maxLength: maximumLength, example: "warm-home",
        wrong: "Warm Home")

    public var wireText: String { rawValue }
}
