/// An amount of money in fen; 1 yuan is 100 fen. The currency is always CNY.
///
/// A decoded amount lies in `Fen.range`. Arithmetic may leave it (a difference may be negative) and
/// traps only where `Int64` would overflow.
public struct Fen: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int64

    /// The amounts of messages: 0 to 10 billion yuan. `Int64` holds the sum of 9 million of the largest.
    public static let range: ClosedRange<Int64> = 0...1_000_000_000_000
    public static let zero = Fen(rawValue: 0)

    public init(rawValue: Int64) { self.rawValue = rawValue }
    public init(_ rawValue: Int64) { self.rawValue = rawValue }

    public static func yuan(_ yuan: Int64) -> Fen { Fen(rawValue: yuan * 100) }
}

extension Fen: Comparable, AdditiveArithmetic {
    public static func < (left: Fen, right: Fen) -> Bool { left.rawValue < right.rawValue }
    public static func + (left: Fen, right: Fen) -> Fen { Fen(left.rawValue + right.rawValue) }
    public static func - (left: Fen, right: Fen) -> Fen { Fen(left.rawValue - right.rawValue) }
    public static func * (left: Fen, right: Int64) -> Fen { Fen(left.rawValue * right) }
    public static func * (left: Int64, right: Fen) -> Fen { Fen(left * right.rawValue) }
}

extension Fen: Codable, Described {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        rawValue = try container.decode(Int64.self)
        guard Self.range.contains(rawValue) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: Self.expected)
        }
    }

    public static let form = WireForm(range: range, example: 10_000)

    public static let expected = "an amount in fen, \(range.lowerBound) to \(range.upperBound)"

    static let expectedAboveZero = "an amount in fen from 1 to \(range.upperBound)"

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension Fen: CustomStringConvertible {
    /// For logs and error texts, such as `82.75 yuan`.
    public var description: String {
        let (yuan, fen) = rawValue.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(rawValue < 0 ? "-" : "")\(yuan).\(fen < 10 ? "0" : "")\(fen) yuan"
    }
}
