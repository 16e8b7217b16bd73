import Foundation
import Messages
import Postgres
import Support
import Testing

@Suite("A database connection that is lost")
struct LostConnectionTests {
    private let type = ReceiveDonation.type

    /// Expects that the caller is told that the connection is gone, so that it can hold what it has.
    private func expectLost(
        _ bench: ServiceBench, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) {
        do {
            try body()
            Issue.record("nothing was thrown", sourceLocation: sourceLocation)
        } catch let error as PostgresError {
            #expect(error.isConnectionLost, "\(error)", sourceLocation: sourceLocation)
        } catch {
            Issue.record("another error: \(error)", sourceLocation: sourceLocation)
        }
        #expect(!bench.connection.isOpen, sourceLocation: sourceLocation)
    }

    @Test func `Between batches: nothing has happened, and the same batch runs on another`() throws
    {
        let bench = try ServiceBench(ToyService.definition)
        let bodies = try (0..<10).map { _ in try bench.body(Sample.donation()) }
        let pid = try bench.count("SELECT pg_backend_pid()::bigint")
        let other = try ServiceBench(ToyService.definition, url: bench.url)
        _ = try other.connection.run("SELECT pg_terminate_backend(\(Int32(pid)))")
        expectLost(bench) { try bench.deliver(raw: bodies, type: type) }
        #expect(try other.count(of: "inbox") == 0)
        let answers = try other.deliver(raw: bodies, type: type)
        #expect(answers.map(\.status) == Array(repeating: "accepted", count: 10))
    }

    @Test func `Within the transaction: it is rolled back, and the same batch runs on another`()
        throws
    {
        let bench = try ServiceBench(ToyService.definition)
        let bodies = try (0..<10).map { _ in try bench.body(Sample.donation()) }
        try bench.failInserts(times: 1, "PERFORM pg_terminate_backend(pg_backend_pid())")
        expectLost(bench) { try bench.deliver(raw: bodies, type: type) }
        let other = try ServiceBench(ToyService.definition, url: bench.url)
        #expect(try other.count(of: "toy_effect") == 0)
        let answers = try other.deliver(raw: bodies, type: type)
        #expect(answers.map(\.status) == Array(repeating: "accepted", count: 10))
        #expect(try other.count(of: "toy_effect") == 10)
    }

    @Test func `After COMMIT, before its answer: running again changes nothing and is answered`()
        throws
    {
        let database = try TestServers.newDatabase()
        let bench = try ServiceBench(ToyService.definition, migrating: database)
        let proxy = try CuttingProxy(to: database)
        let cut = try ServiceBench(ToyService.definition, url: proxy.url)
        let bodies = try (0..<10).map { _ in try bench.body(Sample.donation()) }
        // The first answer is that of the loading round trip, the second that of COMMIT.
        proxy.cut(beforeAnswer: 2)
        expectLost(cut) { try cut.deliver(raw: bodies, type: type) }
        #expect(try bench.count(of: "toy_effect") == 10, "it was committed")
        var receipts: Set<String?> = []
        for body in bodies {
            let answer = try bench.deliver(raw: body, routingKey: type, redelivered: true)
            #expect(answer.status == "accepted")
            receipts.insert(answer.receipt)
        }
        #expect(receipts.count == 10)
        #expect(try bench.count(of: "toy_effect") == 10)
        #expect(bench.facts.isEmpty, "the other owner's rows are for whoever takes them over")
        #expect(
            try bench.count(
                """
                SELECT count(*) FROM journal j JOIN journal_owner o ON o.owner = j.owner
                WHERE j.position > o.published
                """) == 10)
    }

    @Test func `A parked message decided by a lost COMMIT is still owed its receipt`() throws {
        let database = try TestServers.newDatabase()
        let bench = try ServiceBench(ToyService.definition, migrating: database)
        let fund = UUID()
        try bench.decide(Sample.donation(.wait, fund: fund))
        try bench.decide(Sample.fund(fund))
        let proxy = try CuttingProxy(to: database)
        let cut = try ServiceBench(ToyService.definition, url: proxy.url)
        // Answers: what is due, the claim, the fund, COMMIT.
        proxy.cut(beforeAnswer: 4)
        expectLost(cut) { try cut.handleParked() }
        #expect(try bench.count(of: "toy_effect") == 1, "it was committed")
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(try bench.count(of: "toy_effect") == 1)
        #expect(try bench.handleParked().isEmpty)
    }
}
