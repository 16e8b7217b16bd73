import Foundation
import Messages
import Postgres
import ServiceKit

/// Wraps all keys again with the current master key, and stores codes and hashes by that key, when
/// the operator has asked for it with `nuanxin keys rotate`.
///
/// It runs inside registry, so that no master key leaves the service. The tool only writes the
/// request and reads the progress. Each step is a transaction of its own that stores the progress,
/// so an interrupted rotation continues where it stopped.
enum KeyRotation {
    /// Keys that one transaction looks at.
    private static let chunk: Int64 = 500
    /// The lowest id; ids are compared as bytes.
    private static let start = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    static func job(_ keyring: Keyring) -> Job {
        Job("rotate-keys", every: .milliseconds(500)) { context in
            while try step(context.connection, keyring), !context.shouldYield {}
        }
    }

    /// - Returns: whether there is more to do.
    static func step(_ connection: Connection, _ keyring: Keyring) throws -> Bool {
        _ = try connection.run("BEGIN")
        do {
            let isUnderWay = try wrapSome(connection, keyring)
            _ = try connection.run("COMMIT")
            return isUnderWay
        } catch {
            guard connection.isOpen else { throw error }
            _ = try connection.run("ROLLBACK")
            // A worker was in the way: the next run tries again.
            guard let error = error as? PostgresError, error.isRetriable else { throw error }
            return false
        }
    }

    private static func wrapSome(_ connection: Connection, _ keyring: Keyring) throws -> Bool {
        let current = keyring.current.id
        let open = try connection.run(
            "SELECT id, target, cursor FROM key_rotation WHERE finished_at IS NULL FOR UPDATE")
        guard let row = open.first else { return false }
        let rotation = try row.decode(Int32.self, at: 0)
        var cursor = try row.decode(UUID.self, at: 2)
        if try row.decode(optional: [UInt8].self, at: 1) != current {
            cursor = start
            _ = try connection.run(
                """
                UPDATE key_rotation
                SET target = \(current), cursor = \(start), done = 0, left_over = NULL,
                    total = (SELECT count(*) FROM data_key WHERE master <> \(current))
                WHERE id = \(rotation)
                """)
        }
        let rows = try connection.run(
            """
            SELECT owner, wrapped, master FROM data_key
            WHERE owner > \(cursor) AND master <> \(current)
            ORDER BY owner LIMIT \(chunk) FOR UPDATE
            """)
        let keys = try rows.map { row in
            var cursor = row.cursor()
            return try DataKey.table.decode(&cursor)
        }
        guard let last = keys.last else { return try endPass(connection, rotation, current) }
        let done = try wrap(keys, connection, keyring)
        _ = try connection.run(
            """
            UPDATE key_rotation SET cursor = \(last.owner), done = done + \(Int64(done))
            WHERE id = \(rotation)
            """)
        return true
    }

    /// Ends a pass over the keys. A process that still has only the old master key may have wrapped
    /// keys with it behind the cursor. So another pass follows, until no keys are left or as many
    /// as after the pass before.
    /// - Returns: whether another pass follows.
    private static func endPass(
        _ connection: Connection, _ rotation: Int32, _ current: [UInt8]
    ) throws -> Bool {
        let rows = try connection.run(
            """
            WITH remaining AS (SELECT count(*) AS keys FROM data_key WHERE master <> \(current))
            UPDATE key_rotation
            SET cursor = \(start), left_over = keys,
                finished_at = CASE WHEN keys = 0 OR keys = left_over THEN now() END
            FROM remaining WHERE id = \(rotation)
            RETURNING finished_at IS NULL
            """)
        return try rows.first?.decode(Bool.self, at: 0) ?? false
    }

    // MARK: One chunk

    /// The values that a chunk writes, column by column.
    private struct ChunkColumns {
        var owners: [UUID] = []
        var wrapped: [[UInt8]] = []
        var persons: [UUID] = []
        var codes: [LookupCodes] = []
        var oldHashes: [[UInt8]] = []
        var newHashes: [[UInt8]] = []
    }

    /// - Returns: how many keys were wrapped again. A key that the old master key does not open is
    ///   left.
    private static func wrap(
        _ keys: [DataKey], _ connection: Connection, _ keyring: Keyring
    ) throws -> Int {
        guard let old = keyring.old else { return 0 }
        let owners = keys.map(\.owner)
        // In the order in which workers lock: by table, then by key.
        let sealed = try connection.run(
            """
            SELECT id, sealed FROM person
            WHERE id = ANY(\(owners)) ORDER BY id FOR UPDATE
            """)
        var persons: [UUID: [UInt8]] = [:]
        for row in sealed {
            persons[try row.decode(UUID.self, at: 0)] = try row.decode([UInt8].self, at: 1)
        }
        var columns = ChunkColumns()
        for row in keys {
            guard row.master == old.id, let wrapped = row.wrapped,
                let key = try? old.unwrap(wrapped, for: row.owner)
            else { continue }
            if let sealed = persons[row.owner] {
                guard let bytes = try? key.open(sealed, as: .personalData, for: row.owner),
                    let data = try? PersonalData(bytes: bytes)
                else { continue }
                columns.persons.append(row.owner)
                columns.codes.append(keyring.codes(data))
                columns.oldHashes += data.finding.map(old.hash)
                columns.newHashes += data.finding.map(keyring.current.hash)
            }
            columns.owners.append(row.owner)
            columns.wrapped.append(try keyring.current.wrap(key, for: row.owner))
        }
        _ = try connection.pipeline(statements(columns, keyring.current.id))
        return columns.owners.count
    }

    private static func statements(_ columns: ChunkColumns, _ master: [UInt8]) -> [Statement] {
        [
            """
            UPDATE data_key AS k SET wrapped = v.wrapped, master = \(master)
            FROM unnest(\(columns.owners), \(columns.wrapped)) AS v(owner, wrapped)
            WHERE k.owner = v.owner
            """,
            """
            UPDATE person AS p SET name_code = v.name, phone_code = v.phone
            FROM unnest(\(columns.persons), \(columns.codes.map(\.name)),
                        \(columns.codes.map(\.phone))) AS v(id, name, phone)
            WHERE p.id = v.id
            """,
            """
            UPDATE paper AS p SET hash = v.new
            FROM unnest(\(columns.oldHashes), \(columns.newHashes)) AS v(old, new)
            WHERE p.hash = v.old AND NOT EXISTS (SELECT FROM paper x WHERE x.hash = v.new)
            """,
        ]
    }
}
