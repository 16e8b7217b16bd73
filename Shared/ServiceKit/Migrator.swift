internal import Crypto
internal import Foundation
public import Postgres

/// A change of the schema. Once released it is never edited: its digest is remembered.
public struct Migration: Sendable {
    let name: String
    let sql: String

    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }

    var digest: String {
        SHA256.hash(data: Array(sql.utf8)).map { String(format: "%02x", $0) }.joined()
    }
}

/// Brings a database up to date: each migration once, in order, in a transaction of its own, one
/// migrator at a time (an advisory lock).
public struct Migrator {
    public struct Mismatch: Error, CustomStringConvertible {
        public let description: String
    }

    /// An arbitrary number that all migrators share.
    private static let lock: Int64 = 0x6E75_616E_7869_6E01

    let migrations: [Migration]

    public init(_ definition: ServiceDefinition) {
        migrations = Schema.migrations + definition.migrations
    }

    /// - Returns: the names of the migrations that were applied now.
    @discardableResult
    public func run(on connection: Connection) throws -> [String] {
        _ = try connection.run("SELECT pg_advisory_lock(\(Self.lock))")
        defer { _ = try? connection.run("SELECT pg_advisory_unlock(\(Self.lock))") }
        try connection.script(
            """
            CREATE TABLE IF NOT EXISTS migration (
                name       text        PRIMARY KEY,
                digest     text        NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """)
        let known = try connection.run("SELECT name, digest FROM migration").map {
            (try $0.decode(String.self, at: 0), try $0.decode(String.self, at: 1))
        }
        let applied = Dictionary(known, uniquingKeysWith: { first, _ in first })
        return try migrations.filter { migration in
            if let digest = applied[migration.name] {
                guard digest == migration.digest else {
                    throw Mismatch(
                        description: "migration \(migration.name) was edited after it was applied")
                }
                return false
            }
            try apply(migration, on: connection)
            return true
        }.map(\.name)
    }

    private func apply(_ migration: Migration, on connection: Connection) throws {
        _ = try connection.run("BEGIN")
        do {
            try connection.script(migration.sql)
            _ = try connection.run(
                "INSERT INTO migration (name, digest) VALUES (\(migration.name), \(migration.digest))"
            )
            _ = try connection.run("COMMIT")
        } catch {
            _ = try? connection.run("ROLLBACK")
            throw error
        }
    }

    /// - Throws: `Mismatch` if the database is not up to date.
    func check(_ connection: Connection) throws {
        let missing = try pending(on: connection)
        guard missing.isEmpty else {
            throw Mismatch(
                description: "the database lacks \(missing.joined(separator: ", ")): run migrate")
        }
    }

    /// Names of the migrations that a database lacks.
    public func pending(on connection: Connection) throws -> [String] {
        let exists = try connection.run("SELECT to_regclass('migration') IS NOT NULL")
        guard try exists.first.map({ try $0.decode(Bool.self, at: 0) }) == true else {
            return migrations.map(\.name)
        }
        let applied = Set(
            try connection.run("SELECT name FROM migration").map {
                try $0.decode(String.self, at: 0)
            })
        return migrations.map(\.name).filter { !applied.contains($0) }
    }
}
