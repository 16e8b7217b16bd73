import Foundation
import Messages
import Postgres
import ServiceKit

/// The master keys that registry accepts: the current one and, during `nuanxin keys rotate`, the
/// old one. Only the current one wraps keys and computes hashes to store. Searches use both.
struct Keyring: Sendable {
    let current: RegistryKey
    let old: RegistryKey?

    init(_ current: RegistryKey, old: RegistryKey? = nil) {
        self.current = current
        self.old = old
    }

    /// From `NUANXIN_REGISTRY_KEY` and, if it is set, `NUANXIN_REGISTRY_OLD_KEY`.
    init(_ settings: Settings) throws {
        let old = try settings.optional(.registryOldKey).map {
            try RegistryKey(hexadecimal: $0, setting: .registryOldKey)
        }
        self.init(try RegistryKey(settings), old: old)
    }

    var all: [RegistryKey] { [current, old].compactMap(\.self) }

    func key(_ id: [UInt8]) -> RegistryKey? { all.first { $0.id == id } }

    func hashes(_ paper: Paper) -> [[UInt8]] { all.map { $0.hash(paper) } }

    func codes(_ text: String, of field: LookupField) -> [Int64] {
        all.map { $0.code(text, of: field) }
    }

    /// The codes by which the person's name and phone number are found.
    func codes(_ data: PersonalData) -> LookupCodes {
        LookupCodes(
            name: current.code(data.name, of: .name),
            phone: data.phone.map { current.code($0, of: .phone) })
    }
}

/// The codes of a person's name and phone number; nil where there is none to find.
struct LookupCodes: Hashable, Sendable {
    var name: Int64?
    var phone: Int64?

    static let none = LookupCodes()
}

/// The wrapped key of a person or a household. An erased owner has a row without a key.
struct DataKey: Row {
    let owner: UUID
    var wrapped: [UInt8]?
    /// The id of the master key that wrapped it.
    var master: [UInt8]?

    var key: UUID { owner }

    static let table = Table(
        "data_key", key: "owner", DataKey.init,
        Field("owner", \.owner), Field("wrapped", \.wrapped), Field("master", \.master))
}

extension Keyring {
    /// The key of a person or household; nil if there is none, or it was destroyed.
    func sealingKey(of owner: UUID, _ unit: UnitOfWork) throws -> SealingKey? {
        try unit.find(DataKey.self, owner).flatMap(open)
    }

    func open(_ row: DataKey) throws -> SealingKey? {
        guard let wrapped = row.wrapped, let master = row.master else { return nil }
        guard let key = self.key(master) else {
            throw StoredValueError(type: "key of this keyring")
        }
        return try key.unwrap(wrapped, for: row.owner)
    }

    /// The key of a person or household, made now if there is none.
    func sealingKey(making owner: UUID, _ unit: UnitOfWork) throws -> SealingKey {
        if let key = try sealingKey(of: owner, unit) { return key }
        let key = SealingKey()
        try unit.store(
            DataKey(
                owner: owner, wrapped: try current.wrap(key, for: owner), master: current.id))
        return key
    }

    func destroyKey(of owner: UUID, _ unit: UnitOfWork) throws {
        try unit.store(DataKey(owner: owner))
    }

    /// Seals the data of a person.
    func seal(_ data: PersonalData, of person: PersonID, _ unit: UnitOfWork) throws -> [UInt8] {
        try sealingKey(making: person.uuid, unit).seal(
            data.bytes, as: .personalData, for: person.uuid)
    }

    /// The data of a person; nil if it was erased.
    func open(_ person: Person, _ unit: UnitOfWork) throws -> PersonalData? {
        try sealingKey(of: person.key, unit).map {
            try PersonalData(
                bytes: $0.open(person.sealed, as: .personalData, for: person.key))
        }
    }

    /// Seals free text, such as evidence, with the key of its subject. The text may name someone,
    /// so it becomes unreadable together with the subject's data.
    func seal(
        _ text: String?, as column: SealedColumn, about subject: UUID, for row: UUID,
        _ unit: UnitOfWork
    ) throws -> [UInt8]? {
        try text.map {
            try sealingKey(making: subject, unit).seal(Array($0.utf8), as: column, for: row)
        }
    }

    /// - Returns: nil for no text, or one that was erased.
    func text(
        _ sealed: [UInt8]?, as column: SealedColumn, about subject: UUID, for row: UUID,
        _ unit: UnitOfWork
    ) throws -> String? {
        guard let sealed, let key = try sealingKey(of: subject, unit) else { return nil }
        return String(decoding: try key.open(sealed, as: column, for: row), as: UTF8.self)
    }
}
