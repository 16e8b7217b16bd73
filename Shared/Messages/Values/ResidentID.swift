/// A citizen's identity number of 18 characters by GB 11643-1999. Personal data: its descriptions
/// never show it, and only registry reads it.
///
/// The address code in the first six digits is not looked up: retired codes stay valid.
public struct ResidentID: Hashable, Sendable {
    /// 17 digits and the check character, with an upper-case `X`.
    public let rawValue: String
    public let birthDate: BusinessDate

    private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let checkCharacters = Array("10X98765432".utf8)

    /// - Returns: nil if the text is no such number, its date is none, or the check character is
    ///   wrong.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 18, digits.prefix(17).allSatisfy({ $0 &- UInt8(ascii: "0") < 10 })
        else { return nil }
        func number(_ range: Range<Int>) -> Int {
            digits[range].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        let check = Self.checkCharacter(digits.prefix(17))
        let last = digits[17] == UInt8(ascii: "x") ? UInt8(ascii: "X") : digits[17]
        guard last == check,
            let date = BusinessDate(
                year: number(6..<10), month: number(10..<12), day: number(12..<14))
        else { return nil }
        birthDate = date
        rawValue = String(decoding: digits.dropLast() + [last], as: UTF8.self)
    }

    /// From the 17th digit: odd is male.
    public var sex: Sex {
        let digit = rawValue.utf8.dropLast().last ?? UInt8(ascii: "0")
        return digit % 2 == 1 ? .male : .female
    }

    /// The check character of 17 digits: the weighted sum modulo 11 picks it.
    public static func checkCharacter(_ digits: some Collection<UInt8>) -> UInt8 {
        let sum = zip(digits, weights).reduce(0) { $0 + Int($1.0 - UInt8(ascii: "0")) * $1.1 }
        return checkCharacters[sum % 11]
    }
}

extension ResidentID: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "ResidentID(…)" }
    public var debugDescription: String { description }
    /// Nothing, so that a dump of what holds it does not show it either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension ResidentID: WireText {
    public static let expected =
        "a resident id of 18 characters with a valid date and check character"

    /// The check vectors of the standard, and one with a wrong check character.
    public static let form = WireForm(
        pattern: "^[0-9]{17}[0-9Xx]$", example: "11010519491231002X", wrong: "1101051949123100",
        beyondSchema: ["110105194912310021"])

    public var wireText: String { rawValue }
}
