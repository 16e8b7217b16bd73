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

    /// Lexical, so not all: that a new constraint is tighter than what older binaries write, only a reader sees.
    @Test func `A migration that takes something away says that it is a contraction`() throws {
        let taking =
            /DROP (TABLE|COLUMN|VIEW|FUNCTION|TYPE|DEFAULT)|RENAME|SET NOT NULL|ALTER COLUMN [a-z_]+ (SET DATA )?TYPE/
        for definition in Self.definitions {
            for migration in definition.migrations where !migration.isContraction {
                #expect(
                    migration.sql.firstMatch(of: taking) == nil,
                    "\(definition.name): \(migration.name)")
            }
        }
    }

    @Test func `No two migrations of a service have one name`() {
        for definition in Self.definitions {
            let names = Migrator(definition).migrations.map(\.name)
            #expect(Set(names).count == names.count, "\(definition.name)")
        }
    }
}
