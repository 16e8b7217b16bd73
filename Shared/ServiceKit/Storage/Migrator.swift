internal import Crypto
internal import Foundation
public import Postgres

/// A change of the schema. Once released it is never edited: its digest is remembered.
///
/// An upgrade goes in two steps. What is new is added first (an expansion), so that the binaries before go on beside the
/// new ones and can be started again in their place. What nobody uses any more is taken away by a contraction, one
/// release later at the earliest.
public struct Migration: Sendable {
    let name: String
    let sql: String
    /// Takes away or tightens something that binaries rely on which do not know it.
    let isContraction: Bool
    /// Digests of earlier texts.
    private let once: [String]

    /// An expansion: tables, columns that may be left out, indexes, looser constraints.
    /// - Parameter once: digests of earlier texts, after which a database has the same schema as soon as all migrations are applied.
    ///   Rows that they brought stay.
    public init(_ name: String, _ sql: String, once: [String] = []) {
        self.init(name, sql, isContraction: false, once)
    }

    public init(contracting name: String, _ sql: String, once: [String] = []) {
        self.init(name, sql, isContraction: true, once)
    }

    private init(_ name: String, _ sql: String, isContraction: Bool, _ once: [String]) {
        self.name = name
        self.sql = sql
        self.isContraction = isContraction
        self.once = once
    }

    /// Whether a database in which a text of that digest was applied needs it no more.
    func isApplied(_ digest: String) -> Bool { digest == self.digest || once.contains(digest) }

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

    let service: String
    let version: String
    let migrations: [Migration]

    public init(_ definition: ServiceDefinition) {
        service = definition.name
        version = definition.version
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
        let applied = try applied(on: connection)
        return try migrations.filter { migration in
            if let known = applied[migration.name] {
                guard migration.isApplied(known.digest) else {
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
            // The column itself is brought by a migration.
            if migration.isContraction {
                _ = try connection.run(
                    "UPDATE migration SET is_contraction = true WHERE name = \(migration.name)")
            }
            _ = try connection.run("COMMIT")
        } catch {
            _ = try? connection.run("ROLLBACK")
            throw error
        }
    }

    /// - Throws: `Mismatch` if the database is not one that this binary can run on.
    func check(_ connection: Connection) throws {
        let plan = try plan(on: connection)
        guard plan.pending.isEmpty else {
            throw Mismatch(
                description: "the database lacks \(plan.pending.names): run migrate")
        }
        let contractions = plan.newer.filter(\.isContraction)
        guard contractions.isEmpty else {
            throw Mismatch(
                description: """
                    the database has \(contractions.names), which this version does not know and \
                    which takes away what it needs: start a newer version, or restore a backup from before
                    """)
        }
    }

    /// Names of the migrations that a database lacks.
    public func pending(on connection: Connection) throws -> [String] {
        try plan(on: connection).pending.map(\.name)
    }

    /// Compares a database with what this binary knows; changes nothing.
    public func plan(on connection: Connection) throws -> MigrationPlan {
        let applied = try applied(on: connection)
        let known = Set(migrations.map(\.name))
        return MigrationPlan(
            service: service, version: version,
            pending: migrations.filter { applied[$0.name] == nil }.map {
                .init(name: $0.name, isContraction: $0.isContraction)
            },
            newer: applied.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }.map {
                .init(name: $0.key, isContraction: $0.value.isContraction)
            },
            edited: migrations.filter { migration in
                applied[migration.name].map { !migration.isApplied($0.digest) } ?? false
            }.map(\.name))
    }

    private func applied(
        on connection: Connection
    ) throws -> [String: (digest: String, isContraction: Bool)] {
        // Of a database from before kinds were kept, the kind of no migration matters: all are known.
        let rows = try connection.run(
            """
            SELECT to_regclass('migration') IS NOT NULL, EXISTS (
                SELECT FROM pg_attribute WHERE attrelid = to_regclass('migration')
                AND attname = 'is_contraction')
            """)
        guard let row = rows.first, try row.decode(Bool.self, at: 0) else { return [:] }
        let statement: Statement =
            try row.decode(Bool.self, at: 1)
            ? "SELECT name, digest, is_contraction FROM migration"
            : "SELECT name, digest, false FROM migration"
        let found = try connection.run(statement).map { row in
            (
                try row.decode(String.self, at: 0),
                (
                    digest: try row.decode(String.self, at: 1),
                    isContraction: try row.decode(Bool.self, at: 2)
                )
            )
        }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }
}
