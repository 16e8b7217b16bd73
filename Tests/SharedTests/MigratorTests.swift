import Foundation
import Postgres
import Support
import Synchronization
import Testing

@testable import ServiceKit

@Suite("The migrator")
struct MigratorTests {
    private func definition(_ migrations: [Migration]) -> ServiceDefinition {
        ServiceDefinition(
            name: "funding", version: "0", migrations: migrations, router: Router())
    }

    /// The migrations that every service has.
    private let foundation = ["0000_common"]
    private let first = Migration("0001_first", "CREATE TABLE first (id int)")
    private let second = Migration("0002_second", "ALTER TABLE first ADD COLUMN more int")

    @Test func `Each migration is applied once, in order`() throws {
        let session = try openSession(TestServers.newDatabase())
        let names = try Migrator(definition([first, second])).run(on: session)
        #expect(names == foundation + ["0001_first", "0002_second"])
        #expect(try Migrator(definition([first, second])).run(on: session).isEmpty)
        #expect(try Migrator(definition([first, second])).plan(on: session).pending.isEmpty)
    }

    @Test func `A database that lacks one says so by name`() throws {
        let session = try openSession(TestServers.newDatabase())
        #expect(
            try Migrator(definition([first])).plan(on: session).pending.map(\.name)
                == foundation + ["0001_first"])
        try Migrator(definition([first])).run(on: session)
        do {
            try Migrator(definition([first, second])).check(session)
            Issue.record("the check passed")
        } catch let mismatch as Migrator.Mismatch {
            #expect(mismatch.description == "the database lacks 0002_second: run migrate")
        }
    }

    @Test func `A migration that was edited after it was applied is refused`() throws {
        let session = try openSession(TestServers.newDatabase())
        try Migrator(definition([first])).run(on: session)
        let edited = Migration(first.name, first.sql + " -- better")
        do {
            try Migrator(definition([edited, second])).run(on: session)
            Issue.record("it was applied")
        } catch let mismatch as Migrator.Mismatch {
            #expect(
                mismatch.description == "migration 0001_first was edited after it was applied")
        }
    }

    @Test func `A migration that fails leaves nothing behind and can be mended`() throws {
        let session = try openSession(TestServers.newDatabase())
        let broken = Migration("0001_first", "CREATE TABLE first (id int); SELECT 1 / 0")
        #expect(throws: PostgresError.self) {
            try Migrator(definition([broken])).run(on: session)
        }
        #expect(try Migrator(definition([first])).run(on: session) == ["0001_first"])
    }

    @Test func `Of several migrators at once, one applies everything`() async throws {
        let url = try TestServers.newDatabase()
        let definition = definition([first, second])
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await onOwnThread {
                        try Migrator(definition).run(on: openSession(url))
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(
            applied.sorted() == foundation + ["0001_first", "0002_second"])
    }

    // MARK: Expanding and contracting

    private let drop = Migration(contracting: "0003_drop", "ALTER TABLE first DROP COLUMN more")

    @Test func `A binary runs on a schema that was expanded after it`() throws {
        let session = try openSession(TestServers.newDatabase())
        try Migrator(definition([first, second])).run(on: session)
        let older = Migrator(definition([first]))
        try older.check(session)
        let plan = try older.plan(on: session)
        #expect(plan.runs)
        #expect(plan.newer.map(\.name) == ["0002_second"])
        #expect(try older.run(on: session).isEmpty)
    }

    @Test func `A binary refuses a schema that was contracted after it, and names the migration`()
        throws
    {
        let session = try openSession(TestServers.newDatabase())
        try Migrator(definition([first, second, drop])).run(on: session)
        let older = Migrator(definition([first, second]))
        do {
            try older.check(session)
            Issue.record("the check passed")
        } catch let mismatch as Migrator.Mismatch {
            #expect(mismatch.description.contains("the database has 0003_drop"))
        }
        #expect(try !older.plan(on: session).canMigrate)
        #expect(try Migrator(definition([first, second, drop])).plan(on: session).runs)
    }

    @Test func `A plan says whether the previous binaries survive it, and changes nothing`() throws
    {
        let session = try openSession(TestServers.newDatabase())
        try Migrator(definition([first])).run(on: session)
        let expanding = try Migrator(definition([first, second])).plan(on: session)
        #expect(expanding.pending.map(\.name) == ["0002_second"])
        #expect(expanding.keepsPrevious && expanding.canMigrate && !expanding.runs)
        let contracting = try Migrator(definition([first, second, drop])).plan(on: session)
        #expect(!contracting.keepsPrevious && contracting.canMigrate)
        #expect(try Migrator(definition([first])).plan(on: session).runs)
    }

    @Test func `An edited migration forbids everything`() throws {
        let session = try openSession(TestServers.newDatabase())
        try Migrator(definition([first])).run(on: session)
        let edited = Migration(first.name, first.sql + " -- better")
        let plan = try Migrator(definition([edited])).plan(on: session)
        #expect(plan.edited == [first.name])
        #expect(!plan.runs && !plan.canMigrate)
    }

    @Test func `A service does not start on an edited migration`() throws {
        let session = try openSession(TestServers.newDatabase())
        try Migrator(definition([first])).run(on: session)
        let edited = Migration(first.name, first.sql + " -- better")
        #expect(throws: Migrator.Mismatch.self) {
            try Migrator(definition([edited])).check(session)
        }
    }

    // MARK: Replacing

    private static func list(_ values: String) -> String {
        """
        CREATE TABLE IF NOT EXISTS list (name text PRIMARY KEY);
        INSERT INTO list VALUES \(values) ON CONFLICT DO NOTHING
        """
    }

    private let oldList = Migration("0002_list_1", Self.list("('a')"))

    private var newList: Migration {
        Migration(
            "0002_list_2", Self.list("('a'), ('b')"),
            replacing: [.init(oldList.name, digest: oldList.digest)])
    }

    private func listed(_ session: Connection) throws -> [String] {
        try session.run("SELECT name FROM list ORDER BY name").map {
            try $0.decode(String.self, at: 0)
        }
    }

    @Test func `A database with an earlier version of a list gets the new one`() throws {
        let session = try openSession(TestServers.newDatabase())
        try Migrator(definition([first, oldList])).run(on: session)
        let newer = Migrator(definition([first, newList]))
        let plan = try newer.plan(on: session)
        #expect(plan.pending.map(\.name) == ["0002_list_2"])
        #expect(plan.newer.isEmpty && plan.keepsPrevious)
        #expect(try newer.run(on: session) == ["0002_list_2"])
        #expect(try newer.plan(on: session).text.hasSuffix("up to date"))
        #expect(try listed(session) == ["a", "b"])
        try Migrator(definition([first, oldList])).check(session)
    }

    @Test func `A new database gets the last version of a list, and binaries of each run on it`()
        throws
    {
        let session = try openSession(TestServers.newDatabase())
        let newer = Migrator(definition([first, newList]))
        #expect(try newer.run(on: session) == foundation + ["0001_first", "0002_list_2"])
        #expect(try listed(session) == ["a", "b"])
        #expect(try newer.run(on: session).isEmpty)
        let older = Migrator(definition([first, oldList]))
        try older.check(session)
        #expect(try older.plan(on: session).newer.map(\.name) == ["0002_list_2"])
    }

    @Test func `An earlier version of a list with another wording is refused`() throws {
        let session = try openSession(TestServers.newDatabase())
        let other = Migration(oldList.name, Self.list("('c')"))
        try Migrator(definition([first, other])).run(on: session)
        #expect(throws: Migrator.Mismatch.self) {
            try Migrator(definition([first, newList])).run(on: session)
        }
        #expect(try listed(session) == ["c"])
    }

    // MARK: Before the first release

    /// Its migrations began otherwise, and kinds were not always kept.
    private func earlier(_ names: [String], _ columns: String = "") throws -> Connection {
        let session = try openSession(TestServers.newDatabase())
        try session.script(
            "CREATE TABLE migration (name text PRIMARY KEY, digest text NOT NULL \(columns))")
        _ = try session.run(
            "INSERT INTO migration (name, digest) SELECT n, '' FROM unnest(\(names)) AS n")
        return session
    }

    @Test(arguments: ["", ", is_contraction boolean NOT NULL DEFAULT false"])
    func `A database from before the first release is refused with what to do`(
        columns: String
    ) throws {
        let session = try earlier(["0000_foundation", "0001_first"], columns)
        let migrator = Migrator(definition([first]))
        for refused in [{ _ = try migrator.run(on: session) }, { try migrator.check(session) }] {
            do {
                try refused()
                Issue.record("it was taken")
            } catch let mismatch as Migrator.Mismatch {
                #expect(
                    mismatch.description == """
                        the database comes from a version before the first release, which this \
                        version cannot read: start with a new database and publish the messages \
                        again, or keep running the version that made it
                        """)
            }
        }
        let plan = try migrator.plan(on: session)
        #expect(plan.isBeforeFirstRelease && !plan.canMigrate && !plan.runs)
        #expect(plan.text.contains("FORBIDDEN: the database comes from"))
        #expect(
            try session.run("SELECT to_regclass('inbox') IS NULL").first?.decode(Bool.self, at: 0)
                == true)
    }

    @Test func `A migrator that was ended before its first migration goes on`() throws {
        let session = try earlier([], ", is_contraction boolean NOT NULL DEFAULT false")
        #expect(try !Migrator.isBeforeFirstRelease(session))
        #expect(
            try Migrator(definition([first])).run(on: session) == foundation + ["0001_first"])
    }
}
