import Crypto
import Foundation
import Messages
import ServiceKit

/// The master key of registry. It wraps the keys of persons and households (AES-256-GCM), and
/// computes the keyed hashes by which papers, names and phone numbers are found
/// (HMAC-SHA256).
///
/// HKDF-SHA256 derives a key from it for each purpose, so that no key serves two.
struct RegistryKey: Sendable {
    /// Identifies the master key in the database. It reveals nothing of the key.
    let id: [UInt8]
    private let wrapping: SymmetricKey
    /// An HMAC that has its key and no data yet: to copy it costs less than to make one from the
    /// key.
    private let lookup: HMAC<SHA256>

    static let byteCount = 32
    static let idByteCount = 8

    /// From `NUANXIN_REGISTRY_KEY`, or the file that `NUANXIN_REGISTRY_KEY_FILE` names.
    init(_ settings: Settings) throws {
        try self.init(hexadecimal: settings.required(.registryKey))
    }

    init(hexadecimal text: String, setting: Settings.Key = .registryKey) throws {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count == Self.byteCount * 2 else {
            throw Settings.Problem(
                "\(setting.rawValue) must be \(Self.byteCount * 2) hexadecimal digits")
        }
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
        let root = SymmetricKey(data: bytes)
        func derived(_ purpose: String, byteCount: Int = Self.byteCount) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: root, info: Array("nuanxin.registry.\(purpose).v1".utf8),
                outputByteCount: byteCount)
        }
        wrapping = derived("wrapping")
        lookup = HMAC(key: derived("lookup"))
        id = derived("id", byteCount: Self.idByteCount).withUnsafeBytes { Array($0) }
    }

    /// Encrypts the key of a person or a household. The owner's id is authenticated, so that nobody
    /// can replace one key by another one.
    func wrap(_ key: SealingKey, for owner: UUID) throws -> [UInt8] {
        try Sealed.seal(
            key.bytes, by: wrapping, as: SealedColumn.key.rawValue, of: SealedColumn.row(owner))
    }

    /// - Throws: an error without content if the key was altered, is another's, or was wrapped by
    ///   another master key.
    func unwrap(_ wrapped: [UInt8], for owner: UUID) throws -> SealingKey {
        SealingKey(
            bytes: try Sealed.open(
                wrapped, by: wrapping, as: SealedColumn.key.rawValue, of: SealedColumn.row(owner)))
    }

    /// The keyed hash of a paper in the database. Without the key nobody finds out its number, not even
    /// by trying all of them.
    func hash(_ paper: Paper) -> [UInt8] { hash(paper.identity) }

    /// The code of a name or a phone number in an index, the same however it is written. 64 bits are
    /// enough to find the few rows that match, and keep the index small.
    func code(_ text: String, of field: LookupField) -> Int64 {
        hash("\(field.rawValue) \(field.form(of: text))").prefix(8).reduce(0) {
            $0 << 8 | Int64($1)
        }
    }

    private func hash(_ text: String) -> [UInt8] {
        var code = lookup
        code.update(data: Array(text.utf8))
        return code.finalize().withUnsafeBytes { Array($0) }
    }
}

/// Fields of a person that are found by their content, besides papers.
enum LookupField: String, Sendable {
    case name, phone
}

/// The key of one person or household. To destroy it is to erase all that it sealed.
struct SealingKey: Sendable {
    fileprivate let key: SymmetricKey

    /// A random key. A handler that runs again makes another one, because nothing of its first run
    /// was stored.
    init() { key = SymmetricKey(size: .bits256) }

    fileprivate init(bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

    fileprivate var bytes: [UInt8] { key.withUnsafeBytes { Array($0) } }

    /// Encrypts a value of the row with that id. Column and id are authenticated, so that nobody can
    /// move the value to another row or column.
    func seal(_ content: [UInt8], as column: SealedColumn, for id: UUID) throws -> [UInt8] {
        try Sealed.seal(content, by: key, as: column.rawValue, of: SealedColumn.row(id))
    }

    /// - Throws: an error without content if the value was altered, belongs to another row or column,
    ///   or was sealed by another key.
    func open(_ sealed: [UInt8], as column: SealedColumn, for id: UUID) throws -> [UInt8] {
        try Sealed.open(sealed, by: key, as: column.rawValue, of: SealedColumn.row(id))
    }
}

/// The columns that hold sealed values.
enum SealedColumn: String, CaseIterable {
    case key = "data_key.wrapped"
    case personalData = "person.sealed"
    case evidence = "category_assertion.evidence"

    static func row(_ id: UUID) -> [UInt8] { withUnsafeBytes(of: id.uuid) { Array($0) } }
}

extension RegistryKey: CustomStringConvertible, CustomReflectable {
    var description: String { "RegistryKey(…)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension SealingKey: CustomStringConvertible, CustomReflectable {
    var description: String { "SealingKey(…)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
