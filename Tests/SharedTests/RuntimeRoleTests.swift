import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("What the role of a running service may do")
struct RuntimeRoleTests {
    private let connection: Connection
    private let role = TestServers.uniqueName("runtime")

    init() throws {
        connection = try Connection(PostgresConfiguration(url: try TestServers.newDatabase()))
        // As deploy/postgres/service.sql does it.
        try connection.script(
            """
            CREATE ROLE \(role);
            ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \(role);
            """)
        try Migrator(ToyService.definition).run(on: connection)
        try connection.script("SET ROLE \(role)")
    }

    private func refusal(_ statement: String) -> String? {
        do {
            _ = try connection.run(Statement(trusted: statement))
            return nil
        } catch {
            return error.sqlState.code
        }
    }

    private static let permitted = [
        "SELECT * FROM migration",
        "INSERT INTO journal_owner DEFAULT VALUES",
        "UPDATE journal_owner SET published = 1, is_closed = true",
        """
        INSERT INTO journal (owner, position, id, type, subject, sequence, cause, time, body)
        VALUES (1, 1, gen_random_uuid(), 'x', 'x', 1, gen_random_uuid(), now(), 'x')
        """,
        """
        INSERT INTO inbox (id, is_fact, day, digest, state)
        VALUES (gen_random_uuid(), false, now(), decode(repeat('07', 32), 'hex'), 1)
        """,
        "UPDATE inbox SET state = 2, code = 'x', pointer = '', expected = ''",
        "DELETE FROM inbox WHERE day < '2020-01-01'",
        "LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE",
        "UPDATE dead_letter SET state = 'discarded', note = 'x'",
        "UPDATE dead_letter SET origin = 'facts', routing_key = 'x'",
        "UPDATE fact_arrival SET arrived = 0, expected = 0, changed_at = now()",
        "DELETE FROM replay", "DELETE FROM parked", "DELETE FROM owed_receipt",
        "UPDATE publisher_grant SET is_granted = false",
        "SELECT * FROM asker FOR SHARE", "DELETE FROM asker",
    ]

    @Test func `It may do what the service does`() throws {
        for statement in Self.permitted {
            try connection.script("BEGIN")
            #expect(refusal(statement) == nil, "\(statement)")
            try connection.script("ROLLBACK")
        }
    }

    @Test func `It may destroy what was kept of people for long enough`() throws {
        try Retention().purge(connection, on: Timestamp.now().day)
    }

    private static let refused = [
        "UPDATE migration SET digest = 'x'", "DELETE FROM migration",
        "INSERT INTO migration (name, digest) VALUES ('x', 'x')",
        "UPDATE journal SET body = ''", "DELETE FROM journal", "TRUNCATE journal",
        "DELETE FROM journal_owner",
        "UPDATE inbox SET digest = ''", "UPDATE inbox SET id = gen_random_uuid()",
        "UPDATE inbox SET day = now()", "TRUNCATE inbox",
        "UPDATE dead_letter SET digest = ''", "UPDATE dead_letter SET publisher = 'x'",
        "UPDATE dead_letter SET first_at = now()",
        "DELETE FROM fact_arrival", "UPDATE fact_arrival SET source = 'x'",
        "UPDATE owed_receipt SET body = ''", "DELETE FROM publisher_grant",
        "ALTER TABLE journal ADD x int", "CREATE TABLE mine (x int)",
        "UPDATE asker SET publisher = 'x'",
        "DROP TABLE journal", "CREATE ROLE mine",
    ]

    @Test func `It may not change what was recorded, nor give itself more`() throws {
        for statement in Self.refused {
            try connection.script("BEGIN")
            let code = refusal(statement)
            try connection.script("ROLLBACK")
            #expect(code == "42501", "\(statement): \(code ?? "it was done")")
        }
    }

    @Test func `A right that it gives itself is none`() throws {
        try connection.script("GRANT ALL ON journal TO \(role)")
        #expect(refusal("DELETE FROM journal") == "42501")
    }
}
