public import Postgres

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
        migrations = [Schema.common] + definition.migrations
    }

    /// - Returns: the names of the migrations that were applied now.
    @discardableResult
    public func run(on connection: Connection) throws -> [String] {
        _ = try connection.run("SELECT pg_advisory_lock(\(Self.lock))")
        defer { _ = try? connection.run("SELECT pg_advisory_unlock(\(Self.lock))") }
        let plan = try plan(on: connection)
        if let fault = plan.fault { throw Mismatch(description: fault) }
        try connection.script(
            """
            CREATE TABLE IF NOT EXISTS migration (
                name           text        PRIMARY KEY,
                digest         text        NOT NULL,
                applied_at     timestamptz NOT NULL DEFAULT now(),
                -- Whether binaries that do not know the migration cannot run any more.
                is_contraction boolean     NOT NULL DEFAULT false
            )
            """)
        let pending = Set(plan.pending.map(\.name))
        return try migrations.filter { pending.contains($0.name) }.map { migration in
            try apply(migration, on: connection)
            return migration.name
        }
    }

    private func apply(_ migration: Migration, on connection: Connection) throws {
        _ = try connection.run("BEGIN")
        do {
            try connection.script(migration.sql)
            _ = try connection.run(
                """
                INSERT INTO migration (name, digest, is_contraction)
                VALUES (\(migration.name), \(migration.digest), \(migration.isContraction))
                """)
            for replaced in migration.replaced {
                _ = try connection.run(
                    """
                    INSERT INTO migration (name, digest) VALUES (\(replaced.name), \(replaced.digest))
                    ON CONFLICT (name) DO NOTHING
                    """)
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
        if let fault = plan.fault { throw Mismatch(description: fault) }
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

    /// Compares a database with what this binary knows; changes nothing.
    public func plan(on connection: Connection) throws -> MigrationPlan {
        let isUnreadable = try Self.isBeforeFirstRelease(connection)
        let applied = isUnreadable ? [:] : try Self.applied(on: connection)
        let digests = migrations.flatMap { migration in
            migration.replaced.map { ($0.name, $0.digest) } + [(migration.name, migration.digest)]
        }
        let known = Set(digests.map { $0.0 })
        return MigrationPlan(
            service: service, version: version,
            pending: isUnreadable
                ? []
                : migrations.filter { applied[$0.name] == nil }.map {
                    .init(name: $0.name, isContraction: $0.isContraction)
                },
            newer: applied.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }.map {
                .init(name: $0.key, isContraction: $0.value.isContraction)
            },
            edited: digests.filter { name, digest in
                applied[name].map { $0.digest != digest } ?? false
            }.map { $0.0 },
            isBeforeFirstRelease: isUnreadable)
    }

    /// Whether a database was made by a version before the first release. No later version can read it: the migrations
    /// began anew with the release.
    public static func isBeforeFirstRelease(_ connection: Connection) throws -> Bool {
        guard try exists(connection) else { return false }
        let rows = try connection.run(
            "SELECT bool_or(name = \(Schema.common.name)) FROM migration")
        return try rows.first?.decode(optional: Bool.self, at: 0) == false
    }

    /// Whether the database was ever migrated.
    public static func exists(_ connection: Connection) throws -> Bool {
        try connection.run("SELECT to_regclass('migration') IS NOT NULL").first?
            .decode(Bool.self, at: 0) ?? false
    }

    private static func applied(
        on connection: Connection
    ) throws -> [String: (digest: String, isContraction: Bool)] {
        guard try exists(connection) else { return [:] }
        let rows = try connection.run("SELECT name, digest, is_contraction FROM migration")
        let found = try rows.map { row in
            var row = row.cursor()
            let name = try row.next(String.self)
            return (
                name, (digest: try row.next(String.self), isContraction: try row.next(Bool.self))
            )
        }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }
}
