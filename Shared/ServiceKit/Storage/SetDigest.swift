internal import Crypto

/// The digest of a set of lines: the bitwise exclusive or of their SHA-256.
///
/// It does not depend on an order. A changed line costs two hashes, however many lines there are. Lines must be distinct,
/// because the same line twice cancels out. It protects against faults, not against forgery.
public struct SetDigest: Hashable, Sendable, CustomStringConvertible {
    private static let length = 32
    private var bytes = [UInt8](repeating: 0, count: Self.length)

    /// The digest of no lines.
    public init() {}

    /// - Returns: nil unless the text is 64 hexadecimal digits.
    public init?(_ text: String) {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == 2 * Self.length, digits.count == text.utf8.count else { return nil }
        bytes = (0..<Self.length).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) }
    }

    /// Adds a line, or removes one that was added.
    public mutating func toggle(_ line: [UInt8]) {
        for (index, byte) in SHA256.hash(data: line).enumerated() { bytes[index] ^= byte }
    }

    /// Adds all lines of another set.
    public mutating func toggle(_ other: SetDigest) {
        for index in bytes.indices { bytes[index] ^= other.bytes[index] }
    }

    public var description: String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
