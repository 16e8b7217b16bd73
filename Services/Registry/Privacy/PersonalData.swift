import Messages
import ServiceKit

/// Name, resident id and phone number of a person. They exist in memory while a message is handled,
/// and sealed in the column `person.sealed`; nowhere else.
struct PersonalData: Hashable, Sendable {
    let name: String
    let residentId: ResidentID
    let phone: String?

    /// Each field behind its length in two bytes; no phone is an empty field.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        for field in [name, residentId.rawValue, phone ?? ""] {
            let length = UInt16(clamping: field.utf8.count)
            bytes.append(UInt8(length >> 8))
            bytes.append(UInt8(length & 0xFF))
            bytes.append(contentsOf: field.utf8.prefix(Int(length)))
        }
        return bytes
    }
}

extension PersonalData {
    init(bytes: [UInt8]) throws {
        var rest = bytes[...]
        func field() throws -> String {
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                case let length = Int(high) << 8 | Int(low), rest.count >= length
            else { throw StoredValueError(type: "personal data") }
            defer { rest = rest.dropFirst(length) }
            return String(decoding: rest.prefix(length), as: UTF8.self)
        }
        let name = try field()
        guard let residentId = ResidentID(try field()) else {
            throw StoredValueError(type: "personal data")
        }
        let phone = try field()
        self.init(name: name, residentId: residentId, phone: phone.isEmpty ? nil : phone)
    }
}

extension PersonalData: CustomStringConvertible, CustomReflectable {
    var description: String { "PersonalData(…)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
