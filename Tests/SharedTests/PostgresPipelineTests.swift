import Postgres
import Support
import Testing

@Suite struct PostgresPipelineTests {
    private func openAccounts(_ url: String) throws -> Connection {
        let connection = try openSession(url)
        try connection.script(
            """
            CREATE TABLE account (
                id int8 CONSTRAINT account_key PRIMARY KEY,
                balance int8 NOT NULL CONSTRAINT balance_not_negative CHECK (balance >= 0),
                owner int8 CONSTRAINT owner_exists REFERENCES account DEFERRABLE INITIALLY DEFERRED
            );
            INSERT INTO account (id, balance) VALUES (1, 10), (2, 20);
            """)
        return connection
    }

    /// Runs a transaction whose second statement fails, then proves that the connection is usable.
    private func failure(of statement: Statement, _ connection: Connection) throws -> PostgresError
    {
        let error = try postgresError { () throws(PostgresError) in
            try connection.pipeline([
                "BEGIN", "INSERT INTO account (id, balance) VALUES (3, 0)", statement,
                "INSERT INTO account (id, balance) VALUES (4, 0)", "COMMIT",
            ])
        }
        // The server turns the COMMIT of a failed transaction into a rollback only if it gets to see it.
        let deaf = try postgresError { () throws(PostgresError) in try connection.run("SELECT 1") }
        #expect(deaf.sqlState == "25P02")
        _ = try connection.run("ROLLBACK")
        #expect(try connection.run("SELECT id FROM account").count == 2)
        return error
    }

    @Test func `a pipeline gives one result for each statement, in order`() async throws {
        let connection = try openAccounts(try await TestServers.databaseURL())
        let results = try connection.pipeline([
            "BEGIN", "SELECT id FROM account WHERE id = \(2)",
            "UPDATE account SET balance = balance + 1",
            "SELECT id FROM account WHERE id = \(1)", "COMMIT",
        ])
        try #require(results.map(\.count) == [0, 1, 0, 1, 0])
        #expect(results[2].affected == 2)
        #expect(try results[1].first?.decode(Int64.self, at: 0) == 2)
        #expect(try connection.pipeline([]).isEmpty)
    }

    @Test func `a violated constraint is named, with the position of its statement`() async throws {
        let connection = try openAccounts(try await TestServers.databaseURL())
        let taken = try failure(
            of: "INSERT INTO account (id, balance) VALUES (\(1), 5)", connection)
        #expect(taken.sqlState == .uniqueViolation)
        #expect(taken.constraint == "account_key")
        let negative = try failure(
            of: "UPDATE account SET balance = \(-987_654) WHERE id = 1", connection)
        #expect(negative.sqlState == "23514")
        #expect(negative.constraint == "balance_not_negative")
        for error in [taken, negative] {
            #expect(error.table == "account")
            #expect(error.statementIndex == 2)
            #expect(error.isDataFault)
            #expect(!error.isRetriable)
            #expect(!error.description.contains("987654"))
        }
    }

    @Test func `a data exception is reported without the value`() async throws {
        let connection = try openAccounts(try await TestServers.databaseURL())
        let division = try failure(of: "SELECT 1 / (balance - 10) FROM account", connection)
        #expect(division.sqlState == .divisionByZero)
        let secret = try failure(of: "SELECT \("no such number")::int8", connection)
        #expect(secret.sqlState == "22P02")
        #expect(!secret.description.contains("no such number"))
        #expect(division.isDataFault && secret.isDataFault)
    }

    @Test func `a statement that was skipped is prepared when it comes again`() async throws {
        let connection = try openAccounts(try await TestServers.databaseURL())
        _ = try failure(of: "SELECT 1 / 0", connection)
        _ = try failure(of: "SELECT no_such_column FROM account", connection)
        let results = try connection.pipeline([
            "BEGIN", "INSERT INTO account (id, balance) VALUES (4, 0)", "COMMIT",
        ])
        #expect(results.dropFirst().first?.affected == 1)
    }

    @Test func `a constraint deferred to an implicit commit fails the pipeline`() async throws {
        let connection = try openAccounts(try await TestServers.databaseURL())
        let error = try postgresError { () throws(PostgresError) in
            try connection.run("UPDATE account SET owner = 99")
        }
        #expect(error.sqlState == "23503")
        #expect(error.constraint == "owner_exists")
        #expect(try connection.run("SELECT 1").count == 1)
    }

    @Test func `megabytes in both directions do not block each other`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        let block = [UInt8](repeating: 0xA5, count: 1 << 20)
        let statements = (0..<24).map { number in
            "SELECT \(block), \(Int64(number))" as Statement
        }
        let results = try connection.pipeline(statements)
        for (number, rows) in results.enumerated() {
            let row = try #require(rows.first)
            #expect(try row.decode([UInt8].self, at: 0) == block)
            #expect(try row.decode(Int.self, at: 1) == number)
        }
    }

    @Test func `a script runs all its statements and leaves the pipeline usable`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        try connection.script("CREATE TABLE a (n int4); INSERT INTO a VALUES (1), (2)")
        let error = try postgresError { () throws(PostgresError) in
            try connection.script(
                "INSERT INTO a VALUES (3); SELECT 1 / 0; INSERT INTO a VALUES (4)")
        }
        #expect(error.sqlState == .divisionByZero)
        #expect(try connection.run("SELECT n FROM a").count == 2)
    }
}
