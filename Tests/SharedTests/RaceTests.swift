import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("Two workers on one database")
struct RaceTests {
    /// The answers of one worker, by command.
    private typealias Answers = [String: [String]]

    /// Delivers bodies in batches, in an order of its own, as one of several workers.
    private func work(
        _ url: String, _ bodies: [[UInt8]], type: String, seed: UInt64, batch: Int = 25
    ) async throws -> Answers {
        try await onOwnThread {
            var random = SeededRandom(seed)
            let bench = try ServiceBench(ToyService.definition, url: url)
            var rest = bodies.shuffled(using: &random)[...]
            var answers: Answers = [:]
            while !rest.isEmpty {
                for answer in try bench.deliver(raw: Array(rest.prefix(batch)), type: type) {
                    answers[answer.command ?? "", default: []].append(
                        answer.code ?? answer.status ?? "")
                }
                rest = rest.dropFirst(batch)
            }
            return answers
        }
    }

    private func race(
        _ url: String, _ left: [[UInt8]], _ right: [[UInt8]], type: String, seed: UInt64
    ) async throws -> Answers {
        async let one = work(url, left, type: type, seed: seed)
        async let other = work(url, right, type: type, seed: seed &+ 1_000)
        return try await one.merging(other) { $0 + $1 }
    }

    @Test(arguments: 0..<3)
    func `The same messages on both take effect once, and each is told so`(seed: UInt64)
        async throws
    {
        let url = try TestServers.newDatabase()
        let bodies = try await onOwnThread {
            let bench = try ServiceBench(ToyService.definition, migrating: url)
            return try (0..<400).map { _ in try bench.body(Sample.donation()) }
        }
        let answers = try await race(
            url, bodies, bodies, type: ReceiveDonation.type, seed: seed)
        #expect(answers.count == 400)
        for (_, both) in answers { #expect(both.sorted() == ["accepted", "duplicate"]) }
        try await onOwnThread {
            let bench = try ServiceBench(ToyService.definition, url: url)
            #expect(try bench.count(of: "toy_effect") == 400)
            #expect(try bench.count("SELECT count(DISTINCT message) FROM toy_effect") == 400)
            #expect(try bench.count(of: "journal") == 400)
        }
    }

    @Test func `Of two bodies with one id, one takes effect and the other is a conflict`()
        async throws
    {
        let url = try TestServers.newDatabase()
        let ids = (0..<200).map { _ in UUID() }
        let (left, right) = try await onOwnThread {
            let bench = try ServiceBench(ToyService.definition, migrating: url)
            return (
                try ids.map { try bench.body(Sample.donation(), id: $0) },
                try ids.map { try bench.body(Sample.donation(), id: $0) }
            )
        }
        let answers = try await race(url, left, right, type: ReceiveDonation.type, seed: 7)
        for (_, both) in answers { #expect(both.sorted() == ["accepted", "conflict"]) }
        try await onOwnThread {
            let bench = try ServiceBench(ToyService.definition, url: url)
            #expect(try bench.count(of: "toy_effect") == 200)
        }
    }

    @Test func `Two commands that make one row: one is accepted, the other refused by the rule`()
        async throws
    {
        let url = try TestServers.newDatabase()
        let funds = (0..<200).map { _ in UUID() }
        let (left, right) = try await onOwnThread {
            let bench = try ServiceBench(ToyService.definition, migrating: url)
            return (
                try funds.map { try bench.body(Sample.fund($0)) },
                try funds.map { try bench.body(Sample.fund($0)) }
            )
        }
        let answers = try await race(url, left, right, type: OpenFund.type, seed: 11)
        let all = answers.values.flatMap(\.self)
        #expect(all.count { $0 == "accepted" } == 200)
        #expect(all.count { $0 == "toy_rule" } == 200)
        try await onOwnThread {
            let bench = try ServiceBench(ToyService.definition, url: url)
            #expect(try bench.count(of: "toy_fund") == 200)
            #expect(try bench.count(of: "journal") == 200)
        }
    }

    @Test func `A parked message that both see due is handled by one`() async throws {
        let url = try TestServers.newDatabase()
        let fund = UUID()
        try await onOwnThread {
            let bench = try ServiceBench(ToyService.definition, migrating: url)
            try bench.decide((0..<150).map { _ in Sample.donation(.wait, fund: fund) })
            try bench.decide(Sample.fund(fund))
        }
        let handle: @Sendable () throws -> [String?] = {
            let bench = try ServiceBench(ToyService.definition, url: url)
            return try (0..<3).flatMap { _ in try bench.handleParked().map(\.command) }
        }
        async let one = onOwnThread(handle)
        async let other = onOwnThread(handle)
        let told = try await one + other
        // Both may send a receipt that is owed: it is the same one.
        #expect(Set(told).count == 150)
        try await onOwnThread {
            let bench = try ServiceBench(ToyService.definition, url: url)
            #expect(try bench.count(of: "toy_effect") == 150)
            #expect(try bench.count(of: "parked") == 0)
        }
    }
}

@Suite("Transactions that the server gives up")
struct RetryTests {
    @Test func `A batch that is the victim of a deadlock is run again`() async throws {
        let url = try TestServers.newDatabase()
        let (fund, donation) = (UUID(), UUID())
        try await onOwnThread {
            let bench = try ServiceBench(ToyService.definition, migrating: url)
            try bench.decide([Sample.fund(fund), Sample.donation(id: donation)])
        }
        // A session looks for a deadlock once, so long after it began to wait: by then the rival must be
        // waiting too, however busy the machine is, and the batch gives the wait up after 5 s.
        try await onOwnThread {
            _ = try openSession(url).run(
                """
                DO $$ BEGIN
                    EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = %L',
                                   current_database(), '3s');
                END $$
                """)
        }
        // Holds the fund, and wants the donation as soon as the batch waits for the fund.
        async let rival: Void = onOwnThread {
            let session = try openSession(url)
            _ = try session.run("SET deadlock_timeout = '60s'")
            _ = try session.pipeline([
                "BEGIN", "SELECT 1 FROM toy_fund WHERE id = \(fund) FOR UPDATE",
            ])
            for _ in 0..<1_000 {
                // Inside a transaction the first look would be shown again and again.
                _ = try session.run("SELECT pg_stat_clear_snapshot()")
                let waiting = try session.run(
                    """
                    SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """)
                if !waiting.isEmpty { break }
                Thread.sleep(forTimeInterval: 0.02)
            }
            _ = try session.run("SELECT 1 FROM toy_donation WHERE id = \(donation) FOR UPDATE")
            _ = try session.run("COMMIT")
        }
        async let batch = onOwnThread {
            let bench = try ServiceBench(ToyService.definition, url: url)
            let before = try bench.count(deadlocks)
            // The rival must hold the fund before the batch wants it.
            for _ in 0..<1_000 where try bench.connection.run(heldFund).isEmpty {
                Thread.sleep(forTimeInterval: 0.02)
            }
            let answers = try bench.decide([
                Sample.donation(), Sample.donation(.wait, id: donation, fund: fund),
            ])
            return (answers.map(\.status), before)
        }
        let (answers, before) = try await batch
        try await rival
        #expect(answers == ["accepted", "accepted"])
        try await onOwnThread {
            let bench = try ServiceBench(ToyService.definition, url: url)
            #expect(try bench.count(of: "toy_effect") == 3)
            // Statistics come a moment later.
            for _ in 0..<100 where try bench.count(deadlocks) == before {
                Thread.sleep(forTimeInterval: 0.05)
            }
            #expect(try bench.count(deadlocks) > before, "there was a deadlock")
        }
    }

    @Test func `A serialization failure is run again, whole`() throws {
        let bench = try ServiceBench(ToyService.definition)
        try bench.failInserts(times: 3, "RAISE serialization_failure")
        let answers = try bench.decide((0..<50).map { _ in Sample.donation() })
        #expect(answers.map(\.status) == Array(repeating: "accepted", count: 50))
        #expect(try bench.count(of: "toy_effect") == 50)
        #expect(try bench.count("SELECT max(position) FROM journal") == 50)
    }

    @Test(arguments: [
        "serialization_failure", "deadlock_detected", "query_canceled",
        "insufficient_privilege",
    ])
    func `A fault of the infrastructure holds the batch, and uses up no try`(_ fault: String) throws
    {
        let bench = try ServiceBench(ToyService.definition)
        try bench.failInserts(times: 1_000_000, "RAISE \(fault)")
        let bodies = try (0..<4).map { _ in try bench.body(Sample.donation()) }
        for _ in 1...10 {
            #expect(throws: HeldBatch.self) {
                try bench.deliver(raw: bodies, type: ReceiveDonation.type)
            }
        }
        #expect(bench.connection.isOpen, "the session is well")
        #expect(try bench.count(of: "parked") == 0)
        _ = try bench.connection.run("DROP TRIGGER fail ON toy_donation")
        let answers = try bench.deliver(raw: bodies, type: ReceiveDonation.type)
        #expect(answers.map(\.status) == Array(repeating: "accepted", count: 4))
    }

    @Test(arguments: [
        "internal_error", "io_error", "disk_full", "idle_in_transaction_session_timeout",
    ])
    func `A server that is broken or full costs the session, and no try`(_ fault: String) throws {
        let bench = try ServiceBench(ToyService.definition)
        try bench.failInserts(times: 1_000_000, "RAISE \(fault)")
        #expect(throws: PostgresError.self) {
            try bench.decide([Sample.donation(), Sample.donation()])
        }
        _ = try bench.connection.run("ROLLBACK")
        #expect(try bench.count(of: "parked") == 0)
    }

    @Test func `Messages that all fail alike are held, for it is not they who are at fault`() throws
    {
        let bench = try ServiceBench(ToyService.definition)
        try bench.failInserts(times: 1_000_000, "RAISE undefined_table")
        let bodies = try (0..<3).map { _ in try bench.body(Sample.donation()) }
        #expect(throws: HeldBatch.self) {
            try bench.deliver(raw: bodies, type: ReceiveDonation.type)
        }
        #expect(try bench.count(of: "parked") == 0)
        _ = try bench.connection.run("DROP TRIGGER fail ON toy_donation")
        let answers = try bench.deliver(raw: bodies, type: ReceiveDonation.type)
        #expect(answers.map(\.status) == Array(repeating: "accepted", count: 3))
    }

    @Test func `Messages that fail while others go through are tried again by the schedule`() throws
    {
        let bench = try ServiceBench(ToyService.definition)
        try bench.failInserts(times: 1_000_000, "RAISE undefined_table")
        let answers = try bench.decide([
            Sample.donation(), Sample.donation(), Sample.deposit(100), Sample.donation(),
        ])
        #expect(answers.count { $0.status == "accepted" } == 1)
        #expect(answers.count { $0.code == "handler_failed" } == 3)
    }
}

private let deadlocks: Statement =
    "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"

private let heldFund: Statement = """
    SELECT 1 FROM pg_locks
    WHERE relation = 'toy_fund'::regclass AND mode = 'RowShareLock' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """

extension ServiceBench {
    /// Lets the first inserts into `toy_donation` fail; a sequence counts, for it is not rolled back.
    func failInserts(times: Int, _ how: String) throws {
        try connection.script(
            """
            CREATE SEQUENCE failures;
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('failures') <= \(times) THEN \(how); END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER fail AFTER INSERT ON toy_donation FOR EACH STATEMENT
                EXECUTE FUNCTION fail();
            """)
    }
}
