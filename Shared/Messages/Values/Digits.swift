/// Numbers of a fixed width in dates and times, read and written without a string of their own.
enum Digits {
    /// - Returns: nil if one of the bytes is no decimal digit.
    @inline(__always)
    static func read(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// Writes the last `width` digits of `value`, with leading zeros.
    @inline(__always)
    static func write(
        _ value: Int, width: Int, to buffer: UnsafeMutableBufferPointer<UInt8>, at offset: Int
    ) {
        var rest = value.magnitude
        for index in stride(from: offset + width - 1, through: offset, by: -1) {
            buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
