extension [UInt8] {
    /// Appends the bytes of an integer, most significant first.
    @inlinable
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Overwrites four bytes at `offset`: lengths and counts that are known only after what they count.
    @inlinable
    mutating func overwrite(_ value: Int32, at offset: Int) {
        withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Int32.self)
        }
    }
}

extension FixedWidthInteger {
    /// Reads an integer, most significant byte first; any other width than its own is an error.
    @inlinable
    init(bigEndianBytes bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count == Self.bitWidth / 8 else {
            throw PostgresDecodingError(expected: "\(Self.bitWidth / 8) bytes", found: bytes.count)
        }
        self = Self(bigEndian: bytes.loadUnaligned(as: Self.self))
    }
}
