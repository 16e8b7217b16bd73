public import FoundationEssentials

/// The wire form of a UUID: 36 characters, lower case when written, either case when read.
///
/// Foundation's own `uuidString` is upper case and goes through a C buffer twice; every message has
/// some six ids, so it shows.
extension UUID {
    public var wireText: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            withUnsafeBytes(of: uuid) { UUIDText.write($0, to: buffer) }
            return 36
        }
    }

    public init?(wireText: String) {
        var text = wireText
        guard let uuid = text.withUTF8({ UUIDText.read($0) }) else { return nil }
        self = uuid
    }
}

enum UUIDText {
    static let length = 36
    private static let digits: StaticString = "0123456789abcdef"

    /// - Parameter buffer: room for at least 36 bytes.
    static func write(_ bytes: UnsafeRawBufferPointer, to buffer: UnsafeMutableBufferPointer<UInt8>)
    {
        let digits = Self.digits.utf8Start
        var position = 0
        for index in 0..<16 {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                buffer[position] = UInt8(ascii: "-")
                position += 1
            }
            let byte = Int(bytes[index])
            buffer[position] = digits[byte >> 4]
            buffer[position + 1] = digits[byte & 15]
            position += 2
        }
    }

    static func read(_ text: UnsafeBufferPointer<UInt8>) -> UUID? {
        guard text.count == length else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { bytes -> UUID? in
            var position = 0
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    guard text[position] == UInt8(ascii: "-") else { return nil }
                    position += 1
                }
                let (high, low) = (nibble(text[position]), nibble(text[position + 1]))
                guard high | low < 16 else { return nil }
                bytes[index] = high << 4 | low
                position += 2
            }
            return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
        }
    }

    /// - Returns: 0...15, or 255 for what is no hexadecimal digit.
    @inline(__always)
    static func nibble(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: 255
        }
    }
}
