import Postgres
import Support
import Testing

@testable import Nuanxin

@Suite("Sessions that hold up a service's messages")
struct LockHolderTests {
    private let tool: Connection
    private let holder: Connection

    init() throws {
        let url = try TestServers.newDatabase()
        tool = try Connection(PostgresConfiguration(url: url))
        holder = try Connection(PostgresConfiguration(url: url, applicationName: "psql"))
        try tool.script("CREATE TABLE parked (code text); CREATE TABLE person (id int)")
    }

    @Test func `One that keeps its transaction open is named, with its program`() throws {
        try holder.script("BEGIN; LOCK TABLE person IN ROW SHARE MODE")
        try tool.script(
            "INSERT INTO parked VALUES ('row_locked'), ('row_locked'), ('unknown_fund')")
        let problem = try #require(try LockHolders.problem("registry", tool))
        #expect(problem.hasPrefix("2 messages wait for a row held by psql of "))
        #expect(problem.contains("pid "))
    }

    @Test func `Nobody is named who only reads, nor if nothing waits`() throws {
        try holder.script("BEGIN; SELECT FROM person")
        #expect(try LockHolders("registry", tool).sessions.isEmpty)
        #expect(try LockHolders.problem("registry", tool) == nil)
    }

    @Test func `The service's own sessions are not named`() throws {
        let url = try TestServers.newDatabase()
        let asking = try Connection(PostgresConfiguration(url: url))
        let own = try Connection(
            PostgresConfiguration(url: url, applicationName: "nuanxin-registry"))
        try asking.script("CREATE TABLE person (id int)")
        try own.script("BEGIN; LOCK TABLE person IN ROW SHARE MODE")
        #expect(try LockHolders("registry", asking).sessions.isEmpty)
    }
}
