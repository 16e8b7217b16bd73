import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("A message that ends the process")
struct TrialTests {
    private let type = ReceiveDonation.type

    /// Another process on the same database.
    private func another(_ bench: ServiceBench) throws -> ServiceBench {
        try ServiceBench(ToyService.definition, url: bench.url)
    }

    /// Lets a process take a message in, and end before it has decided it.
    private func end(
        _ bench: ServiceBench, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) throws {
        #expect(throws: PostgresError.self, sourceLocation: sourceLocation, performing: body)
        try #require(!bench.connection.isOpen, sourceLocation: sourceLocation)
        // The server may need a moment to notice.
        Thread.sleep(forTimeInterval: 0.1)
    }

    /// The next inserts end the session that makes them, as the process would.
    private func deadly(times: Int) throws -> ServiceBench {
        let bench = try ServiceBench(ToyService.definition)
        try bench.failInserts(times: times, "PERFORM pg_terminate_backend(pg_backend_pid())")
        return bench
    }

    @Test func `is set aside at its third delivery, and what came with it is accepted`() throws {
        let watcher = try deadly(times: 2)
        let guilty = try watcher.body(Sample.donation())
        let innocent = try (0..<5).map { _ in try watcher.body(Sample.donation()) }
        let first = try another(watcher)
        try end(first) { try first.deliver(raw: innocent + [guilty], type: type) }
        #expect(try watcher.count(of: "trial") == 0, "the first time it is one of many")
        let second = try another(watcher)
        try end(second) { try second.deliver(raw: guilty, routingKey: type, redelivered: true) }
        #expect(try watcher.count("SELECT count(*) FROM trial WHERE is_readable") == 1)

        let third = try another(watcher)
        for body in innocent {
            let answer = try third.deliver(raw: body, routingKey: type, redelivered: true)
            #expect(answer.status == "accepted")
        }
        let answer = try third.deliver(raw: guilty, routingKey: type, redelivered: true)
        #expect(answer.status == "parked", "an operator decides")
        #expect(answer.code == "delivery_limit")
        let letter = "SELECT code || ': ' || found FROM dead_letter"
        #expect(
            try third.text(Statement(trusted: letter)) == "delivery_limit: \(Trials.reason)")
        #expect(try third.count(of: "trial") == 0)
        #expect(try third.count(of: "toy_effect") == 5)
    }

    @Test func `is not read again if it may have ended the process while it was read`() throws {
        let watcher = try deadly(times: 1)
        let body = try watcher.body(Sample.donation())
        let first = try another(watcher)
        try end(first) { try first.deliver(raw: body, routingKey: type, redelivered: true) }
        _ = try watcher.connection.run("UPDATE trial SET is_readable = false")
        let answer = try watcher.deliver(raw: body, routingKey: type, redelivered: true)
        #expect(answer.code == "delivery_limit")
        #expect(answer.command == nil, "nobody has looked what it is")
        #expect(try watcher.count("SELECT count(*) FROM dead_letter WHERE message_id IS NULL") == 1)
        #expect(try watcher.count(of: "inbox") == 0)
    }

    @Test func `is tried alone when an operator redrives it, and set aside again`() throws {
        let bench = try deadly(times: 2)
        let body = try bench.body(Sample.donation())
        let first = try another(bench)
        try end(first) { try first.deliver(raw: body, routingKey: type, redelivered: true) }
        try bench.deliver(raw: body, routingKey: type, redelivered: true)
        #expect(try bench.redrive() == 1)
        let second = try another(bench)
        try end(second) { try second.handleParked() }
        #expect(try bench.count(of: "trial") == 1, "it was alone at once")
        try bench.hurryParked()
        #expect(try bench.handleParked().isEmpty, "its publisher knows that it waits")
        #expect(try bench.text("SELECT state || times FROM dead_letter") == "open2")
        #expect(try bench.redrive() == 1)
        #expect(try bench.handleParked().map(\.status) == ["accepted"], "it is mended")
    }

    @Test func `is found among parked ones too`() throws {
        let watcher = try deadly(times: 2)
        let fund = UUID()
        try watcher.decide((0..<3).map { _ in Sample.donation(.wait, fund: fund) })
        try watcher.decide(Sample.fund(fund))
        let first = try another(watcher)
        try end(first) { try first.handleParked() }
        #expect(
            try another(watcher).handleParked().isEmpty, "they are left to the first for a while")
        try watcher.hurryParked()
        let second = try another(watcher)
        try end(second) { try second.handleParked() }
        try watcher.hurryParked()
        let answers = try another(watcher).handleParked()
        #expect(answers.map(\.status) == ["accepted", "accepted"])
        #expect(
            try watcher.count("SELECT count(*) FROM dead_letter WHERE code = 'delivery_limit'") == 1
        )
        #expect(try watcher.count(of: "parked") == 0)
        #expect(try watcher.count(of: "toy_effect") == 2)
    }

    @Test func `is not one that a process holds whose database is busy`() throws {
        let bench = try ServiceBench(ToyService.definition)
        try bench.failInserts(times: 1, "RAISE query_canceled")
        let body = try bench.body(Sample.donation())
        #expect(throws: HeldBatch.self) {
            try bench.deliver(raw: body, routingKey: type, redelivered: true)
        }
        #expect(try bench.count(of: "trial") == 1)
        let other = try another(bench)
        #expect(throws: HeldBatch.self, "it is left to the first for a while") {
            try other.deliver(raw: body, routingKey: type, redelivered: true)
        }
        _ = try bench.connection.run("UPDATE trial SET began_at = began_at - interval '6 seconds'")
        let answer = try other.deliver(raw: body, routingKey: type, redelivered: true)
        #expect(answer.status == "accepted", "the first one lives, so it is no proof")
        #expect(try bench.count(of: "trial") == 0)
    }

    @Test func `is sought only among what the broker delivers again, whatever its publisher says`()
        throws
    {
        let bench = try ServiceBench(ToyService.definition)
        _ = try bench.connection.run("ALTER TABLE trial RENAME TO away")
        let bodies = try (0..<5).map { _ in try bench.body(Sample.donation()) }
        let answers = try bench.deliver(raw: bodies, type: type)
        #expect(answers.map(\.status) == Array(repeating: "accepted", count: 5))
        let again = try bench.deliver(raw: bodies, type: type)
        #expect(again.map(\.status) == Array(repeating: "duplicate", count: 5))
        #expect(throws: PostgresError.self) {
            try bench.deliver(raw: bodies[0], routingKey: type, redelivered: true)
        }
    }

    @Test func `is not one that was decided before the process ended`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let body = try bench.body(Sample.donation())
        let first = try bench.deliver(raw: body, routingKey: type, redelivered: true)
        bench.die()
        let again = try another(bench).deliver(raw: body, routingKey: type, redelivered: true)
        #expect(again.receipt == first.receipt)
    }
}

@Suite("Workers of a process beside a trial")
struct TrialGateTests {
    private let gate = TrialGate()

    @Test func `begin no batch while a message is tried`() {
        #expect(gate.enter(0, isTrial: true))
        #expect(!gate.enter(1, isTrial: false))
        #expect(!gate.enter(2, isTrial: true))
        gate.leave(0)
        #expect(gate.enter(1, isTrial: false))
        #expect(gate.enter(2, isTrial: false), "batches run side by side")
    }

    @Test func `make way for a trial, and go on if it does not come again`() {
        let now = ContinuousClock.now
        #expect(gate.enter(1, isTrial: false, now: now))
        #expect(!gate.enter(0, isTrial: true, now: now))
        gate.leave(1)
        #expect(!gate.enter(1, isTrial: false, now: now))
        #expect(gate.enter(1, isTrial: false, now: now + .milliseconds(300)))
    }

    @Test func `are not waited for when they take long`() {
        let now = ContinuousClock.now
        #expect(gate.enter(1, isTrial: false, now: now))
        #expect(!gate.enter(0, isTrial: true, now: now + .milliseconds(900)))
        #expect(gate.enter(0, isTrial: true, now: now + .milliseconds(1_100)))
    }
}
