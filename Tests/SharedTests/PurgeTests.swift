import AMQP
import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("The purge of the inbox")
struct PurgeTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(ToyService.definition) }

    private func purge(days: Int = 30, unless needed: Statement? = nil) throws {
        var jobs = Jobs([Inbox.purge(days: days, unless: needed)], of: "test", JobSettings())
        let endpoint = try Endpoint(url: "amqp://nobody@127.0.0.1:1/")
        try jobs.run(bench.connection, JobOutlet(endpoint, name: "test")) { _ in }
    }

    private func fill(_ count: Int, daysAgo days: Int) throws {
        _ = try bench.connection.run(
            """
            INSERT INTO inbox (id, publisher, is_fact, day, digest, state)
            SELECT gen_random_uuid(), 'office', false, (now() AT TIME ZONE 'UTC')::date - \(Int32(days)),
                   decode(repeat('07', 32), 'hex'), 1
            FROM generate_series(1, \(Int32(count)))
            """)
    }

    @Test func `forgets what is too old to be accepted again, and nothing else`() throws {
        for days in [0, 30, 31, 32, 400] { try fill(1, daysAgo: days) }
        try purge()
        #expect(try bench.count(of: "inbox") == 3, "a message of 30 days ago may still come")
    }

    /// 8,000 messages a second may come in, and a run comes each second.
    @Test func `removes in one run more than comes in between two`() throws {
        try fill(16_000, daysAgo: 40)
        try purge()
        #expect(try bench.count(of: "inbox") <= 8_000)
    }

    @Test func `waits while rows are needed`() throws {
        try fill(1, daysAgo: 40)
        try purge(unless: "SELECT 1")
        #expect(try bench.count(of: "inbox") == 1)
    }
}
