import Foundation
import Messages
import Postgres
import ServiceKit

/// The master keys that registry accepts: the current one, and the old one while `nuanxin keys rotate`
/// goes on. Only the current one wraps and makes what an index holds; both are looked for.
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

    func hashes(_ residentId: ResidentID) -> [[UInt8]] { all.map { $0.hash(residentId) } }

    func codes(_ text: String, of field: LookupField) -> [Int64] {
        all.map { $0.code(text, of: field) }
    }

    /// What finds a person by name and by phone number.
    func codes(_ data: PersonalData) -> LookupCodes {
        LookupCodes(
            name: current.code(data.name, of: .name),
            phone: data.phone.map { current.code($0, of: .phone) })
    }

    /// Whose a resident id is; nil if nobody's.
    func resident(_ residentId: ResidentID, _ unit: UnitOfWork) throws -> Resident? {
        for hash in hashes(residentId) {
            if let resident = try unit.find(Resident.self, hash) { return resident }
        }
        return nil
    }
}

/// Stands in the index for a person's name and phone number; nil where there is nothing to find.
struct LookupCodes: Hashable, Sendable {
    var name: Int64?
    var phone: Int64?

    static let none = LookupCodes()
}

/// The wrapped key of a person or a household. An erased owner has a row without a key.
struct DataKey: Row {
    let owner: UUID
    var wrapped: [UInt8]?
    /// Which master key wrapped it.
    var master: [UInt8]?

    var key: UUID { owner }

    static let table = Table<DataKey>(
        "data_key", key: "owner",
        columns: [
            Column("owner", { $0.owner }), Column("wrapped", optional: { $0.wrapped }),
            Column("master", optional: { $0.master }),
        ]
    ) { row in
        try DataKey(&row)
    }

    static let migration = Migration(
        "0007_data_keys",
        """
        -- Apart from what the keys seal, so that a backup of the keys can be kept for a shorter time. What
        -- was sealed before this table existed has no key here; no version that did so was released.
        CREATE TABLE data_key (
            owner   uuid  PRIMARY KEY,
            wrapped bytea,
            master  bytea CHECK (octet_length(master) = 8),
            CONSTRAINT data_key_is_whole CHECK ((wrapped IS NULL) = (master IS NULL))
        );
        COMMENT ON TABLE data_key
            IS 'the key of a person or household, wrapped by a master key; none: destroyed';
        """)
}

extension DataKey {
    /// From columns in the order of the table.
    init(_ row: inout RowCursor) throws {
        owner = try row.next(UUID.self)
        wrapped = try row.next(optional: [UInt8].self)
        master = try row.next(optional: [UInt8].self)
    }
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
        try sealingKey(making: person.uuid, unit).seal(data.bytes, for: person.uuid)
    }

    /// The data of a person; nil if it was erased.
    func open(_ person: Person, _ unit: UnitOfWork) throws -> PersonalData? {
        try sealingKey(of: person.key, unit).map {
            try PersonalData(bytes: $0.open(person.sealed, for: person.key))
        }
    }

    /// Seals a text that people write freely, such as what was shown as evidence: it may name someone,
    /// so it becomes unreadable with the data of whom it is about.
    func seal(
        _ text: String?, about subject: UUID, for row: UUID, _ unit: UnitOfWork
    ) throws -> [UInt8]? {
        try text.map {
            try sealingKey(making: subject, unit).seal(Array($0.utf8), for: row)
        }
    }

    /// - Returns: nil for no text, or one that was erased.
    func text(
        _ sealed: [UInt8]?, about subject: UUID, for row: UUID, _ unit: UnitOfWork
    ) throws -> String? {
        guard let sealed, let key = try sealingKey(of: subject, unit) else { return nil }
        return String(decoding: try key.open(sealed, for: row), as: UTF8.self)
    }
}
