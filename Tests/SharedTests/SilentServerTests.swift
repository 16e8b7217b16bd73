import Foundation
import Postgres
import Support
import Synchronization
import Testing

@Suite("A database server that says nothing")
struct SilentServerTests {
    private static let limit: Duration = .seconds(1)

    private let url: String

    init() throws {
        url = try TestServers.newDatabase()
        try openSession(url).script(
            """
            CREATE TABLE lamp (id int4 PRIMARY KEY, lit bytea);
            INSERT INTO lamp VALUES (1), (2)
            """)
    }

    private func patient(_ url: String) throws -> Connection {
        var configuration = try PostgresConfiguration(url: url)
        configuration.silenceLimit = Self.limit
        return try Connection(configuration)
    }

    @Test func `is left at work, however long it takes`() throws {
        let connection = try patient(url)
        let rows = try connection.run("SELECT 1::int4 FROM pg_sleep(3.5)")
        #expect(try rows.first?.decode(Int32.self, at: 0) == 1)
    }

    @Test func `is given up within seconds if the way to it is cut without a word`() throws {
        let proxy = try CuttingProxy(to: url)
        let connection = try patient(proxy.url)
        _ = try connection.run("SELECT 1")
        proxy.freeze()
        let started = ContinuousClock.now
        let error = try postgresError { () throws(PostgresError) in
            try connection.run("SELECT 1")
        }
        #expect(error.isConnectionLost)
        #expect(!connection.isOpen)
        #expect(ContinuousClock.now - started < .seconds(10))
    }

    /// In the middle of a pipeline its session counts as active, so no limit for idle ones ends it.
    @Test func `because of the locks of a client that is cut off lets others go on within seconds`()
        async throws
    {
        let proxy = try CuttingProxy(to: url)
        let url = url
        async let holder: Void = onOwnThread {
            let connection = try openSession(proxy.url, responseTimeout: .seconds(20))
            _ = try connection.run("SELECT 1")
            proxy.freeze(afterBytes: 200_000)
            let large = [UInt8](repeating: 1, count: 4 << 20)
            _ = try? connection.pipeline([
                "BEGIN", "SELECT id FROM lamp WHERE id = 1 FOR UPDATE",
                "UPDATE lamp SET lit = \(large) WHERE id = 2", "COMMIT",
            ])
        }
        let waited = try await onOwnThread {
            let connection = try patient(url)
            while try connection.run(
                """
                SELECT FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'ClientRead'
                AND datname = current_database()
                """
            ).isEmpty { Thread.sleep(forTimeInterval: 0.05) }
            let started = ContinuousClock.now
            _ = try connection.run("UPDATE lamp SET lit = NULL WHERE id = 1")
            return ContinuousClock.now - started
        }
        #expect(waited < .seconds(10))
        proxy.thaw()
        try await holder
    }

    @Test func `ends no session of another program, whoever waits for its locks`() throws {
        var configuration = try PostgresConfiguration(url: url, applicationName: "psql")
        let holder = try Connection(configuration)
        _ = try holder.pipeline(["BEGIN", "SELECT id FROM lamp WHERE id = 1 FOR UPDATE"])
        configuration = try PostgresConfiguration(
            url: url, statementTimeout: .seconds(6), responseTimeout: .seconds(20))
        configuration.silenceLimit = Self.limit
        let waiting = try Connection(configuration)
        let error = try postgresError { () throws(PostgresError) in
            try waiting.run("UPDATE lamp SET lit = NULL WHERE id = 1")
        }
        #expect(error.sqlState == "57014")
        _ = try holder.run("COMMIT")
    }

    @Test func `does not keep others waiting: they are looked after meanwhile`() throws {
        let connection = try openSession(url)
        let calls = Atomic<Int>(0)
        connection.whileWaiting = { calls.wrappingAdd(1, ordering: .relaxed) }
        _ = try connection.run("SELECT pg_sleep(2.5)")
        let once = calls.load(ordering: .relaxed)
        #expect((2...4).contains(once))
        // Many short statements are as long a work as one long one.
        let end = ContinuousClock.now + .seconds(2.5)
        while ContinuousClock.now < end { _ = try connection.run("SELECT 1") }
        #expect(calls.load(ordering: .relaxed) >= once + 2)
    }

    @Test func `ends a session that is silent in a transaction, which is a lost connection`()
        throws
    {
        let connection = try openSession(url)
        _ = try connection.pipeline(["SET idle_in_transaction_session_timeout = 100", "BEGIN"])
        Thread.sleep(forTimeInterval: 0.5)
        let error = try postgresError { () throws(PostgresError) in
            try connection.run("SELECT 1")
        }
        #expect(error.isConnectionLost)
        #expect(!connection.isOpen)
    }
}
