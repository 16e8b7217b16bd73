/// What bytes look like that are no JSON text in UTF-8: how they were packed or encoded, so that a publisher need not guess.
enum ForeignEncoding {
    private static let beginnings: [(name: String, bytes: [UInt8])] = [
        ("gzip", [0x1F, 0x8B]), ("zstd", [0x28, 0xB5, 0x2F, 0xFD]),
        ("zlib", [0x78, 0x01]), ("zlib", [0x78, 0x9C]), ("zlib", [0x78, 0xDA]),
        ("UTF-8 with a byte order mark", [0xEF, 0xBB, 0xBF]),
        // Before UTF-16, whose mark is the beginning of this one.
        ("UTF-32", [0xFF, 0xFE, 0x00, 0x00]), ("UTF-32", [0x00, 0x00, 0xFE, 0xFF]),
        ("UTF-16", [0xFF, 0xFE]), ("UTF-16", [0xFE, 0xFF]),
        // Without a mark: a brace beside a zero.
        ("UTF-32", [0x7B, 0x00, 0x00, 0x00]), ("UTF-32", [0x00, 0x00, 0x00, 0x7B]),
        ("UTF-16", [0x7B, 0x00]), ("UTF-16", [0x00, 0x7B]),
        ("XML or HTML", [0x3C]),
    ]

    /// Nil if they look like nothing known.
    static func name(of bytes: UnsafeBufferPointer<UInt8>) -> String? {
        beginnings.first { bytes.starts(with: $0.bytes) }?.name
    }
}
