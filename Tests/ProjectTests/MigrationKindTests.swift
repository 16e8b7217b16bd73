import Testing

@testable import Events
@testable import Funding
@testable import Registry
@testable import Reporting
@testable import ServiceKit

@Suite("Migrations of the services")
struct MigrationKindTests {
    private static let definitions = [
        Registry.withoutKey, Funding.definition, Events.definition, Reporting.definition,
    ]

    /// Lexical, so not all: only a reader sees that a new constraint is tighter than what older binaries write.
    private static func isMisnamed(_ migration: Migration) -> Bool {
        let taking =
            /DROP (TABLE|COLUMN|VIEW|FUNCTION|TYPE|DEFAULT)|RENAME|SET NOT NULL|ALTER COLUMN [a-z_]+ (SET DATA )?TYPE/
        return !migration.isContraction && migration.sql.firstMatch(of: taking) != nil
    }

    @Test func `A migration that takes something away says that it is a contraction`() {
        for definition in Self.definitions {
            for migration in definition.migrations {
                #expect(!Self.isMisnamed(migration), "\(definition.name): \(migration.name)")
            }
        }
    }

    @Test(arguments: [
        "ALTER TABLE a DROP COLUMN b", "ALTER TABLE a ALTER COLUMN b TYPE bigint",
        "ALTER TABLE a ALTER COLUMN b SET NOT NULL", "ALTER TABLE a RENAME TO b",
    ])
    func `What takes something away is found, unless it says so`(sql: String) {
        #expect(Self.isMisnamed(Migration("1", sql)))
        #expect(!Self.isMisnamed(Migration(contracting: "1", sql)))
        #expect(!Self.isMisnamed(Migration("1", "ALTER TABLE a ADD COLUMN b bigint")))
    }

    @Test func `No two migrations of a service have one name`() {
        for definition in Self.definitions {
            let names = Migrator(definition).migrations.map(\.name)
            #expect(Set(names).count == names.count, "\(definition.name)")
        }
    }
}
