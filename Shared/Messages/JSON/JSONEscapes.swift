/// The escapes inside JSON strings.
enum JSONEscapes {
    /// The length of the escape at a backslash, both halves of a surrogate pair together; nil if it
    /// is none.
    static func length(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Int? {
        guard position + 1 < bytes.count else { return nil }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            return scalar(in: bytes, at: position)?.length
        default:
            return nil
        }
    }

    /// The text between two quotes, which the scanner has passed.
    static func replaced(in bytes: UnsafeBufferPointer<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count else {
                text.append(bytes[position])
                position += 1
                continue
            }
            if let (scalar, length) = scalar(in: bytes, at: position) {
                text += UTF8.encode(scalar).map(Array.init) ?? []
                position += length
            } else {
                text.append(character(bytes[position + 1]))
                position += 2
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func character(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    /// The scalar of `\uXXXX`, or of two that are a surrogate pair; nil for half a pair.
    private static func scalar(
        in bytes: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> (scalar: Unicode.Scalar, length: Int)? {
        guard let first = unit(in: bytes, at: position) else { return nil }
        if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
        guard UTF16.isLeadSurrogate(first), let second = unit(in: bytes, at: position + 6),
            UTF16.isTrailSurrogate(second)
        else { return nil }
        let value = 0x1_0000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        return Unicode.Scalar(value).map { ($0, 12) }
    }

    private static func unit(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> UInt16? {
        guard position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt16 = 0
        for byte in bytes[position + 2..<position + 6] {
            let digit = UUIDText.nibble(byte)
            guard digit < 16 else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
