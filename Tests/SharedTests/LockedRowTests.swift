import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("A row that another session of the database holds")
struct LockedRowTests {
    private let bench: ServiceBench
    private let holder: Connection
    private let fund = UUID()

    init() throws {
        bench = try ServiceBench(ToyService.definition)
        try bench.decide(Sample.fund(fund))
        holder = try Connection(PostgresConfiguration(url: bench.url))
        _ = try holder.run("BEGIN")
    }

    private func hold() throws {
        _ = try holder.run("SELECT FROM toy_fund WHERE id = \(fund) FOR UPDATE")
    }

    private func send(stuck: Int, free: Int) throws -> [ServiceBench.Answered] {
        let stuck = (0..<stuck).map { _ in Sample.donation(.wait, fund: fund) }
        let free = (0..<free).map { _ in Sample.donation() }
        return try bench.deliver(
            raw: (stuck + free).shuffled().map { try bench.body($0) }, type: ReceiveDonation.type)
    }

    @Test func `The message that needs it waits, and the others are decided`() throws {
        try hold()
        let answers = try send(stuck: 1, free: 9)
        #expect(answers.count { $0.status == "accepted" } == 9)
        #expect(answers.filter { $0.status == "parked" }.map(\.code) == ["row_locked"])
        #expect(try bench.count("SELECT attempt::bigint FROM parked") == 0, "no try is used up")
    }

    @Test func `It is tried again and again, and decided when the row is free`() throws {
        try hold()
        _ = try send(stuck: 1, free: 0)
        for _ in 1...5 {
            try bench.hurryParked()
            #expect(try bench.handleParked().isEmpty, "it was said once that it waits")
        }
        #expect(try bench.count("SELECT attempt::bigint FROM parked") == 0)
        _ = try holder.run("COMMIT")
        try bench.hurryParked()
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(try bench.count(of: "parked") == 0)
    }

    @Test func `Those that have waited before hold up nobody for long`() throws {
        try hold()
        _ = try send(stuck: 1, free: 0)
        try bench.hurryParked()
        let clock = ContinuousClock()
        let took = try clock.measure { _ = try bench.handleParked() }
        #expect(took < .seconds(3))
    }

    @Test func `Many that need it do not make the search for them long`() throws {
        try hold()
        let clock = ContinuousClock()
        var answers: [ServiceBench.Answered] = []
        let took = try clock.measure { answers = try send(stuck: 100, free: 100) }
        #expect(took < .seconds(30))
        #expect(answers.count == 200)
        #expect(answers.count { $0.code == "row_locked" } >= 100)
        _ = try holder.run("COMMIT")
        try bench.hurryParked()
        _ = try bench.handleParked()
        #expect(try bench.count(of: "toy_effect") == 200)
    }

    @Test func `A table that is held holds the batch, and nothing of it is decided`() throws {
        _ = try holder.run("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        let bodies = try (0..<2).map { _ in try bench.body(Sample.donation()) }
        #expect(throws: HeldBatch.self) {
            try bench.deliver(raw: bodies, type: ReceiveDonation.type)
        }
        #expect(bench.connection.isOpen)
        _ = try holder.run("COMMIT")
        #expect(try bench.count(of: "parked") == 0)
        let answers = try bench.deliver(raw: bodies, type: ReceiveDonation.type)
        #expect(answers.map(\.status) == ["accepted", "accepted"])
    }
}
