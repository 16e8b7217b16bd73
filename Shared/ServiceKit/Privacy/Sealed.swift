public import Crypto

/// The form of a sealed value: a byte that says the form, a random nonce of 12 bytes, the ciphertext
/// and a tag of 16 bytes, by AES-256-GCM.
///
/// What the value is for (`table.column`) and the row that it belongs to are authenticated: a value
/// that was moved to another row or to another column does not open.
public enum Sealed {
    private static let form: UInt8 = 3

    public static func seal(
        _ content: [UInt8], by key: SymmetricKey, as purpose: String, of row: [UInt8]
    ) throws -> [UInt8] {
        let box = try AES.GCM.seal(
            content, using: key, authenticating: context(purpose, row))
        guard let combined = box.combined else { throw StoredValueError(type: "sealed value") }
        return [form] + combined
    }

    /// - Throws: an error without content if the value was altered, has another purpose, belongs to
    ///   another row, or was sealed by another key.
    public static func open(
        _ sealed: [UInt8], by key: SymmetricKey, as purpose: String, of row: [UInt8]
    ) throws -> [UInt8] {
        guard sealed.first == form else { throw StoredValueError(type: "sealed value") }
        let box = try AES.GCM.SealedBox(combined: sealed.dropFirst())
        return Array(try AES.GCM.open(box, using: key, authenticating: context(purpose, row)))
    }

    /// No purpose holds a zero byte, so no two pairs have the same context.
    private static func context(_ purpose: String, _ row: [UInt8]) -> [UInt8] {
        Array(purpose.utf8) + [0] + row
    }
}
