import Foundation
import Postgres
import Support
import Testing

@testable import Registry
@testable import ServiceKit

/// What the role of the running service may do with what is only ever added to.
@Suite struct RegistryRuntimeRoleTests {
    private let connection: Connection

    init() throws {
        connection = try Connection(PostgresConfiguration(url: try TestServers.newDatabase()))
        let role = TestServers.uniqueName("runtime")
        // As deploy/postgres/service.sql does it.
        try connection.script(
            """
            CREATE ROLE \(role);
            ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \(role);
            """)
        try Migrator(RegistrySamples.definition()).run(on: connection)
        try connection.script("SET ROLE \(role)")
    }

    @Test(arguments: ["read_access", "consent_record", "council_seat"])
    func `It may add rows, and neither change nor delete them`(table: String) throws {
        func may(_ right: String) throws -> Bool {
            let rows = try connection.run("SELECT has_table_privilege(\(table), \(right))")
            return try #require(rows.first).decode(Bool.self, at: 0)
        }
        #expect(try may("INSERT"))
        #expect(try may("SELECT"))
        for right in ["UPDATE", "DELETE", "TRUNCATE"] { #expect(try !may(right), "\(right)") }
    }
}
