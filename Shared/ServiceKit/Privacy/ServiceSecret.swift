internal import Crypto
internal import Foundation

/// The secret of one service: 32 random bytes that stand in no database and in no backup of one.
///
/// It computes the digests by which a message is recognised, and it seals the keys of the days and
/// the free texts. HKDF-SHA256 derives a key from it for each of these.
public struct ServiceSecret: Sendable {
    public static let byteCount = 32

    /// An HMAC that has its key and no data yet: to copy it costs less than to make one from the key.
    private let digests: HMAC<SHA256>
    private let days: SymmetricKey
    private let texts: SymmetricKey

    /// - Parameter setting: where it was given; a problem names it and not the text.
    public init(hexadecimal text: String, setting: Settings.Key) throws {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count == Self.byteCount * 2 else {
            throw Settings.Problem(
                "\(setting.rawValue) must be \(Self.byteCount * 2) hexadecimal digits")
        }
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
        let root = SymmetricKey(data: bytes)
        func derived(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: root, info: Array("nuanxin.service.\(purpose).v1".utf8),
                outputByteCount: Self.byteCount)
        }
        digests = HMAC(key: derived("digest"))
        days = derived("days")
        texts = derived("texts")
    }

    /// From `NUANXIN_<SERVICE>_SECRET`, or the file that its `_FILE` twin names.
    public init(of service: String, _ settings: Settings) throws {
        let key = try Self.setting(of: service)
        try self.init(hexadecimal: settings.required(key), setting: key)
    }

    /// The setting that holds a service's secret.
    public static func setting(of service: String) throws -> Settings.Key {
        guard let key = Settings.Key(rawValue: "NUANXIN_\(service.uppercased())_SECRET") else {
            throw Settings.Problem("no setting names the secret of \(service)")
        }
        return key
    }

    /// 32 bytes that are the same for the same body of the same publisher. Without the secret nobody finds out whether a
    /// body that they guess is the one. What stands under a digest, such as a parked message, is of one publisher alone.
    func digest(_ body: [UInt8], of publisher: String?) -> [UInt8] {
        var code = digests
        // A NUL ends the name, which holds none.
        code.update(data: Array((publisher ?? "").utf8) + [0])
        code.update(data: body)
        return code.finalize().withUnsafeBytes { Array($0) }
    }

    // MARK: Keys of days

    private static let dayPurpose = "message_key.wrapped"

    func wrap(_ key: SymmetricKey, of day: String) throws -> [UInt8] {
        let bytes = key.withUnsafeBytes { Array($0) }
        return try Sealed.seal(bytes, by: days, as: Self.dayPurpose, of: Array(day.utf8))
    }

    func unwrap(_ wrapped: [UInt8], of day: String) throws -> SymmetricKey {
        SymmetricKey(
            data: try Sealed.open(wrapped, by: days, as: Self.dayPurpose, of: Array(day.utf8)))
    }

    // MARK: Texts

    private static let textPurpose = "free_text.sealed"

    func seal(_ text: String, of row: String) throws -> [UInt8] {
        try Sealed.seal(Array(text.utf8), by: texts, as: Self.textPurpose, of: Array(row.utf8))
    }

    func open(_ sealed: [UInt8], of row: String) throws -> String {
        String(
            decoding: try Sealed.open(
                sealed, by: texts, as: Self.textPurpose, of: Array(row.utf8)), as: UTF8.self)
    }
}

extension ServiceSecret: CustomStringConvertible, CustomReflectable {
    public var description: String { "ServiceSecret(…)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
