import Foundation
import Messages
import Postgres
import ServiceKit

/// Ids of the same person. Distinct counts count them once; sums stay as they are. Contributions keep the id they came with,
/// so merges may come before or after them.
///
/// The record of a person with the highest version says whom the id means. So merges and unmerges may come in any order.
enum PersonMerges {
    private static let types: [any PeopleFact.Type] = [PersonsMerged.self, PersonsUnmerged.self]

    static func register(in router: inout Router) {
        for type in types { follow(type, in: &router) }
    }

    /// Alone, because it looks for all that the persons have contributed.
    private static func follow<F: PeopleFact>(_ type: F.Type, in router: inout Router) {
        router.on(type, alone: true) { try take($0, $1) }
    }

    static func regroups(_ type: any PeopleFact.Type) -> Bool { types.contains { $0 == type } }

    /// One at a time, because a version that is not stored yet cannot be locked.
    static func take<F: PeopleFact>(_ fact: F, _ unit: UnitOfWork) throws {
        try unit.execute("LOCK TABLE person_alias IN SHARE ROW EXCLUSIVE MODE")
        let records = fact.records?.persons ?? []
        let held = try held(records.map(\.person.uuid), unit)
        var regrouped: Set<UUID> = []
        for record in records {
            let old = held[record.person.uuid]
            guard old.map({ $0.version < record.version }) ?? true else { continue }
            try store(record, unit)
            let survivor = record.mergedInto?.uuid
            guard survivor != old?.survivor else { continue }
            regrouped.formUnion([record.person.uuid, old?.survivor, survivor].compactMap(\.self))
        }
        try mark(Array(regrouped), unit)
        try Registered.take(fact, unit)
    }

    private struct Alias {
        let survivor: UUID?
        let version: Int64
    }

    private static func held(_ persons: [UUID], _ unit: UnitOfWork) throws -> [UUID: Alias] {
        let rows = try unit.query(
            "SELECT person, survivor, version FROM person_alias WHERE person = ANY (\(persons))")
        return try Dictionary(
            rows.map { row in
                var row = row.cursor()
                return (
                    try row.next(UUID.self),
                    Alias(survivor: try row.next(optional: UUID.self), version: try row.next())
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    /// A person who is not merged is stored too: an older version that comes later is then known to be older.
    private static func store(_ record: PersonRecord, _ unit: UnitOfWork) throws {
        try unit.execute(
            """
            INSERT INTO person_alias (person, survivor, version)
            VALUES (\(record.person.uuid), \(record.mergedInto?.uuid), \(record.version))
            ON CONFLICT (person) DO UPDATE
            SET survivor = EXCLUDED.survivor, version = EXCLUDED.version
            """)
    }

    /// Notes the places and days of the distinct counts that change: of these persons, and of all who are merged into them.
    private static func mark(_ persons: [UUID], _ unit: UnitOfWork) throws {
        guard !persons.isEmpty else { return }
        let merged = try unit.query(
            "SELECT person FROM person_alias WHERE survivor = ANY (\(persons))"
        ).map { try $0.decode(UUID.self, at: 0) }
        try unit.execute(
            """
            INSERT INTO corrected (source, territory, day, programme)
            SELECT DISTINCT c.source, c.territory, c.day, c.programme
            FROM contribution c WHERE c.counts AND c.subject = ANY (\(persons + merged))
            """)
    }
}
