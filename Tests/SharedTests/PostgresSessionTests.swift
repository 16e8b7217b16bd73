import Dispatch
import Postgres
import Support
import Testing

@Suite struct PostgresSessionTests {
    @Test func `of two sessions that wait for each other one is told to try again`() async throws {
        let url = try await TestServers.databaseURL()
        let setup = try openSession(url)
        try setup.script(
            "CREATE TABLE lamp (id int4 PRIMARY KEY); INSERT INTO lamp VALUES (1), (2)")
        let firstHolds = DispatchSemaphore(value: 0)
        let secondHolds = DispatchSemaphore(value: 0)
        async let first = lockBoth(url, 1, then: 2, say: firstHolds, await: secondHolds)
        async let second = lockBoth(url, 2, then: 1, say: secondHolds, await: firstHolds)
        let errors = try await [first, second].compactMap { $0 }
        #expect(errors.count == 1)
        #expect(errors.first?.sqlState == .deadlockDetected)
        #expect(errors.first?.isRetriable == true)
    }

    private func lockBoth(
        _ url: String, _ one: Int32, then other: Int32, say: DispatchSemaphore,
        await heard: DispatchSemaphore
    ) async throws -> PostgresError? {
        try await onOwnThread {
            let connection = try openSession(url)
            _ = try connection.pipeline([
                "BEGIN", "SELECT id FROM lamp WHERE id = \(one) FOR UPDATE",
            ])
            say.signal()
            heard.wait()
            do throws(PostgresError) {
                _ = try connection.pipeline([
                    "SELECT id FROM lamp WHERE id = \(other) FOR UPDATE", "COMMIT",
                ])
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func `a serialization failure says that the transaction may be run again`() async throws {
        let url = try await TestServers.databaseURL()
        let first = try openSession(url)
        let second = try openSession(url)
        try first.script(
            "CREATE TABLE lamp (id int4, lit bool); INSERT INTO lamp VALUES (1, false)")
        _ = try first.pipeline(["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT lit FROM lamp"])
        _ = try second.run("UPDATE lamp SET lit = true")
        let error = try postgresError { () throws(PostgresError) in
            try first.pipeline(["UPDATE lamp SET lit = false", "COMMIT"])
        }
        #expect(error.sqlState == .serializationFailure)
        #expect(error.isRetriable && !error.isConnectionLost)
    }

    @Test func `a terminated session is lost, and stays closed`() async throws {
        let url = try await TestServers.databaseURL()
        let victim = try openSession(url)
        let other = try openSession(url)
        let rows = try victim.pipeline(["BEGIN", "SELECT pg_backend_pid()"])
        let process = try #require(rows.last?.first).decode(Int32.self, at: 0)
        _ = try other.run("SELECT pg_terminate_backend(\(process), 5000)")
        let error = try postgresError { () throws(PostgresError) in
            try victim.pipeline(["SELECT 1", "SELECT 2", "COMMIT"])
        }
        #expect(error.isConnectionLost)
        #expect(!victim.isOpen)
        let later = try postgresError { () throws(PostgresError) in try victim.run("SELECT 1") }
        #expect(later.isConnectionLost)
    }

    @Test func `a session that ends in the middle of its statement is lost`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        let error = try postgresError { () throws(PostgresError) in
            try connection.pipeline([
                "BEGIN", "SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1", "COMMIT",
            ])
        }
        #expect(error.sqlState == "57P01")
        #expect(!connection.isOpen)
    }

    @Test func `a server that does not answer in time is a lost connection`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        let error = try postgresError { () throws(PostgresError) in
            try connection.run("SELECT pg_sleep(30)", within: .milliseconds(100))
        }
        #expect(error.isConnectionLost)
        #expect(!connection.isOpen)
    }

    @Test func `a connection used away from its thread stops the process`() async throws {
        let url = try await TestServers.databaseURL()
        await #expect(processExitsWith: .failure) { [url = url as String] in
            // Used by one thread at a time. An error would be no crash, so it ends the process in success.
            nonisolated(unsafe) let connection = try? openSession(url)
            _ = try? await onOwnThread { try connection?.run("SELECT 1").count }
        }
    }

    @Test func `the configured limits hold for the session`() async throws {
        let configuration = try PostgresConfiguration(
            url: try await TestServers.databaseURL(), applicationName: "limits",
            statementTimeout: .milliseconds(50))
        let connection = try Connection(configuration)
        let rows = try connection.run("SELECT current_setting('application_name')")
        let row = try #require(rows.first)
        #expect(try row.decode(String.self, at: 0) == "limits")
        let error = try postgresError { () throws(PostgresError) in
            try connection.run("SELECT pg_sleep(30)")
        }
        #expect(error.sqlState == "57014")
        #expect(connection.isOpen)
    }

    @Test func `a URL that is none is refused without repeating it`() throws {
        for url in [
            "host=localhost password=secret", "postgresql://u:se%zzcret@h/d", "amqp://secret@h",
        ] {
            let error = try postgresError { () throws(PostgresError) in
                try PostgresConfiguration(url: url)
            }
            #expect(!error.isConnectionLost)
            #expect(!error.description.contains("cret"))
        }
    }

    @Test func `a server that cannot be reached is a lost connection`() throws {
        let configuration = try PostgresConfiguration(url: "postgresql://u:secret@127.0.0.1:1/d")
        let error = try postgresError { () throws(PostgresError) in try Connection(configuration) }
        #expect(error.isConnectionLost)
        #expect(!error.description.contains("secret"))
        #expect(!"\(configuration)".contains("secret"))
    }
}
