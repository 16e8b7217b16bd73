/// The number of a paper: 5 to 20 letters and digits. Personal data: its descriptions never show it.
///
/// Blanks, hyphens and brackets between them, and the case of letters, do not matter.
public struct PaperNumber: Hashable, Sendable {
    /// Digits and upper-case letters alone.
    public let rawValue: String

    private static let lengths = 5...20

    /// - Returns: nil if the text is no such number.
    public init?(_ text: String) {
        var kept: [UInt8] = []
        var isSeparated = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                kept.append(byte)
                isSeparated = false
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                kept.append(byte - 32)
                isSeparated = false
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"):
                guard !isSeparated else { return nil }
                isSeparated = true
            default: return nil
            }
        }
        guard Self.lengths.contains(kept.count),
            !isSeparated || text.utf8.last == UInt8(ascii: ")")
        else { return nil }
        rawValue = String(decoding: kept, as: UTF8.self)
    }

    init(_ number: ResidentID) { rawValue = number.rawValue }
}

extension PaperNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "PaperNumber(…)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension PaperNumber: WireText {
    public static let expected =
        "a number of 5 to 20 letters and digits, with single blanks, hyphens or brackets between them"

    public static let form = WireForm(
        pattern: "^[0-9A-Za-z]([ ()-]?[0-9A-Za-z]){4,19}[)]?$", example: "11010519491231002X",
        wrong: "H12")

    public var wireText: String { rawValue }
}

/// The country that issued a paper, by its three letters of ISO 3166-1, such as `CHN`.
public struct CountryCode: Hashable, Sendable {
    public let rawValue: String

    public static let china = CountryCode(letters: "CHN")

    public init?(_ text: String) {
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard text.utf8.count == 3, text.utf8.allSatisfy(letters.contains) else { return nil }
        rawValue = text
    }

    private init(letters: String) { rawValue = letters }
}

extension CountryCode: WireText {
    public static let expected = "three capital letters of ISO 3166-1, such as CHN"

    public static let form = WireForm(pattern: "^[A-Z]{3}$", example: "CHN", wrong: "chn")

    public var wireText: String { rawValue }
}
