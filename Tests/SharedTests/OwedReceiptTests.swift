import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("Receipts that are owed")
struct OwedReceiptTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(ToyService.definition) }

    private func owe(_ publisher: String, count: Int = 1, bytes: Int = 10) throws {
        let receipts = (0..<count).map { _ in
            Publication(
                exchange: "nuanxin.receipts", routingKey: publisher, id: UUID(),
                type: "funding.receipt.v1", correlationID: nil,
                body: Array(repeating: 32, count: bytes), journal: nil)
        }
        _ = try bench.connection.run(OwedReceipts.insert(receipts))
    }

    private func due(_ now: Timestamp = .now()) throws -> [Publication] {
        try OwedReceipts.publications(bench.connection.run(OwedReceipts.select(now)))
    }

    private func settle(
        _ receipts: [Publication], refusedBy publisher: String, at now: Timestamp = .now()
    ) throws {
        let refused = receipts.filter { $0.routingKey == publisher }
        _ = try bench.connection.pipeline(
            OwedReceipts.settle(receipts, refused: refused, at: now))
    }

    @Test func `A publisher whose queue refuses waits, and no other`() throws {
        try owe("full", count: 3)
        try owe("reading", count: 2)
        try settle(due(), refusedBy: "full")
        #expect(try due().isEmpty, "the other's are sent, and this one's wait")
        try owe("reading")
        #expect(try due().map(\.routingKey) == ["reading"])
        let later = try due(.now().adding(seconds: 6))
        #expect(later.count { $0.routingKey == "full" } == 3)
    }

    @Test func `The wait is doubled with each refusal, and ends with the first that is taken`()
        throws
    {
        try owe("full")
        let start = Timestamp.now()
        try settle(due(start), refusedBy: "full", at: start)
        let second = start.adding(seconds: 6)
        try settle(due(second), refusedBy: "full", at: second)
        #expect(try due(second.adding(seconds: 9)).isEmpty)
        let third = second.adding(seconds: 11)
        let receipts = try due(third)
        #expect(receipts.count == 1)
        try settle(receipts, refusedBy: "nobody", at: third)
        #expect(try bench.count(of: "owed_pause") == 0)
        #expect(try bench.count(of: "owed_receipt") == 0)
    }

    @Test func `However many one publisher is owed, others have their share`() throws {
        try owe("many", count: 1_500)
        try owe("one")
        let receipts = try due()
        #expect(receipts.count { $0.routingKey == "one" } == 1)
        #expect(receipts.count <= 300)
    }

    @Test func `Their bodies are bounded in bytes, not only by count`() throws {
        try owe("large", count: 20, bytes: 1 << 20)
        let bytes = try due().reduce(0) { $0 + $1.body.count }
        #expect(bytes > 0 && bytes <= 5 << 20)
    }

    @Test func `So are those of parked messages`() throws {
        _ = try bench.connection.run(
            """
            INSERT INTO parked (digest, origin, routing_key, body, sealed_on, attempt, due_at,
                code)
            SELECT sha256(i::text::bytea), 'commands', 'x', convert_to(repeat(md5(i::text), 20000), 'UTF8'),
                   current_date, 0, now() - interval '1 minute', 'x'
            FROM generate_series(1, 50) AS i
            """)
        let due = try bench.connection.run(Parked.due(.now()))
        let bytes = try due.reduce(0) { $0 + (try $1.decode([UInt8].self, at: 0)).count }
        #expect(!due.isEmpty && bytes <= 2 << 20)
    }
}
