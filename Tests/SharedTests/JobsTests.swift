import AMQP
import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("The jobs of a worker")
struct JobsTests {
    private let session: Connection
    private let url: String

    init() throws {
        url = try TestServers.newDatabase()
        session = try openSession(url)
        try session.script("CREATE TABLE ran (job text NOT NULL); CREATE SEQUENCE tries")
    }

    /// Never connected: nothing here is published.
    private func outlet() throws -> JobOutlet {
        JobOutlet(try Endpoint(url: "amqp://nobody@127.0.0.1:1/"), name: "test")
    }

    /// No job here gives a command.
    private func refuse(_ command: any Command) throws {
        Issue.record("\(type(of: command).type)")
    }

    private func jobs(_ jobs: [Job]) -> Jobs {
        Jobs(jobs, of: "test", JobSettings())
    }

    private func ran() throws -> [String] {
        try session.run("SELECT job FROM ran").map { try $0.decode(String.self, at: 0) }
    }

    private let good = Job("good", every: .zero) {
        _ = try $0.connection.run("INSERT INTO ran (job) VALUES ('good')")
    }

    @Test func `one that fails keeps nothing and holds nothing up, and is not tried again at once`()
        throws
    {
        let bad = Job("bad", every: .zero) {
            _ = try $0.connection.run("SELECT nextval('tries')")
            _ = try $0.connection.pipeline([
                "BEGIN", "INSERT INTO ran (job) VALUES ('bad')", "SELECT 1 / 0", "COMMIT",
            ])
        }
        var jobs = jobs([bad, good])
        for _ in 1...3 { try jobs.run(session, outlet(), decide: refuse) }
        #expect(try ran() == ["good", "good", "good"])
        let tries = try session.run("SELECT last_value FROM tries")
        #expect(try tries.first?.decode(Int64.self, at: 0) == 1)
        let free = try openSession(url).run("SELECT pg_try_advisory_lock(\(bad.lock))")
        #expect(try free.first?.decode(Bool.self, at: 0) == true, "another worker may try it")
    }

    @Test func `one that stumbles over what cannot be read holds nothing up either`() throws {
        let bad = Job("bad", every: .zero) { _ in throw StoredValueError(type: "row") }
        var jobs = jobs([bad, good])
        try jobs.run(session, outlet(), decide: refuse)
        #expect(try ran() == ["good"])
    }

    @Test func `one whose session is lost leaves it to the worker`() throws {
        let lost = Job("lost", every: .zero) {
            _ = try $0.connection.run("SELECT pg_terminate_backend(pg_backend_pid())")
        }
        var jobs = jobs([lost, good])
        #expect(throws: PostgresError.self) { try jobs.run(session, outlet(), decide: refuse) }
    }

    @Test
    func
        `one that cannot publish fails at once, leaves nothing to be sent later, and holds nothing up`()
        throws
    {
        let talking = Job("talking", every: .zero) {
            _ = try $0.connection.run("SELECT nextval('tries')")
            $0.publish(
                Publication(
                    exchange: "nuanxin.facts", routingKey: "x", id: UUID(), type: "x", body: []))
            try $0.flush()
            _ = try $0.connection.run("INSERT INTO ran (job) VALUES ('talking')")
        }
        let outlet = try outlet()
        var jobs = jobs([talking, good])
        let started = ContinuousClock.now
        for _ in 1...3 { try jobs.run(session, outlet, decide: refuse) }
        #expect(ContinuousClock.now - started < .seconds(5))
        #expect(try ran() == ["good", "good", "good"])
        #expect(try outlet.send().isEmpty, "what it wanted to send is forgotten")
    }
}
