/// Reads the binary form of an array that `ArrayBuilder` describes.
@inlinable
func decodeArray<V: PostgresValue>(
    of type: V.Type, _ bytes: UnsafeRawBufferPointer
) throws -> [V?] {
    var rest = bytes[...]
    let dimensions = try takeInt32(&rest)
    _ = try takeInt32(&rest)
    _ = try takeInt32(&rest)
    if dimensions == 0 { return [] }
    guard dimensions == 1 else {
        throw PostgresDecodingError(
            expected: "an array of one dimension", found: "\(dimensions) dimensions")
    }
    let count = Int(try takeInt32(&rest))
    _ = try takeInt32(&rest)
    // Every element takes four bytes at least, so a broken count cannot reserve more than it was sent.
    guard count >= 0, count <= rest.count / 4 else {
        throw PostgresDecodingError(expected: "a whole array", found: bytes.count)
    }
    var elements: [V?] = []
    elements.reserveCapacity(count)
    for _ in 0..<count {
        let length = Int(try takeInt32(&rest))
        if length < 0 {
            elements.append(nil)
        } else {
            elements.append(try V.decode(take(length, &rest)))
        }
    }
    return elements
}

@inlinable
func takeInt32(_ rest: inout Slice<UnsafeRawBufferPointer>) throws -> Int32 {
    try Int32(bigEndianBytes: take(4, &rest))
}

@inlinable
func take(
    _ length: Int, _ rest: inout Slice<UnsafeRawBufferPointer>
) throws -> UnsafeRawBufferPointer {
    guard rest.count >= length else {
        throw PostgresDecodingError(expected: "a whole array", found: rest.count)
    }
    defer { rest = rest.dropFirst(length) }
    return UnsafeRawBufferPointer(rebasing: rest.prefix(length))
}
