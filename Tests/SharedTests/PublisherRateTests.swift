import Foundation
import Messages
import Support
import Testing

@testable import ServiceKit

/// A publisher that is held to a number of commands a second.
@Suite struct PublisherRateTests {
    private static let rate = 3
    private let bench: ServiceBench

    init() throws {
        bench = try ServiceBench(ToyService.definition, publisherRate: Self.rate)
    }

    private func send(_ count: Int, as publisher: String) throws -> [ServiceBench.Answered] {
        try bench.decide((0..<count).map { _ in Sample.donation() }, publisher: publisher)
    }

    @Test func `What is above the rate is refused and not kept, and others are decided`() throws {
        // Nothing is granted to it: a refusal costs as much as what is accepted.
        let flood = try send(10, as: "flood")
        #expect(flood.prefix(Self.rate).allSatisfy { $0.code == "out_of_scope" })
        #expect(flood.dropFirst(Self.rate).allSatisfy { $0.code == "publisher_over_quota" })
        #expect(try bench.count(of: "inbox") == Self.rate)
        #expect(try bench.count(of: "dead_letter") == 0)
        #expect(try send(10, as: "operator").allSatisfy { $0.status == "accepted" })
    }

    @Test func `A second later the same message is decided`() throws {
        let commands = (0...Self.rate).map { _ in
            (id: UUID(), command: Sample.donation() as any Command)
        }
        let (now, last) = (Timestamp.now(), try #require(commands.last))
        let first = try bench.decide(commands, publisher: "flood", time: now)
        #expect(first.last?.code == "publisher_over_quota")
        Thread.sleep(forTimeInterval: 1)
        let again = try bench.decide(last.command, id: last.id, publisher: "flood", time: now)
        #expect(again.code == "out_of_scope")
        #expect(again.status == "rejected")
    }

    @Test func `A batch that the database holds up counts once`() throws {
        try bench.take(
            PublisherGranted(publisher: "flood", territories: [Sample.district], types: ["*"]),
            subject: UUID(), sequence: 1)
        try bench.failInserts(times: 1, "RAISE query_canceled")
        #expect(throws: HeldBatch.self) { try send(Self.rate, as: "flood") }
        #expect(try send(Self.rate, as: "flood").allSatisfy { $0.status == "accepted" })
    }

    @Test func `Queries of one publisher have a share of each second, whatever others have used`() {
        let budget = QueryBudget(share: .milliseconds(500), exempt: "operator")
        let start = ContinuousClock.now
        for publisher in ["flood", "operator"] {
            budget.spend(.milliseconds(499), by: publisher)
            #expect(!budget.isSpent(by: publisher, at: start))
            budget.spend(.milliseconds(1), by: publisher)
        }
        #expect(budget.isSpent(by: "flood", at: start))
        #expect(!budget.isSpent(by: "kiosk", at: start))
        #expect(!budget.isSpent(by: "operator", at: start))
        #expect(!budget.isSpent(by: "flood", at: start + .seconds(2)))
    }

    @Test func `What the broker delivers again is answered whatever the rate`() throws {
        let (body, type) = (try bench.body(Sample.donation()), ReceiveDonation.type)
        func deliver(_ redelivered: Bool) throws -> ServiceBench.Answered {
            try bench.deliver(
                raw: body, routingKey: type, user: "flood", replyTo: "receipts.flood",
                redelivered: redelivered)
        }
        #expect(try deliver(false).code == "out_of_scope")
        _ = try send(10, as: "flood")
        #expect(try deliver(true).code == "out_of_scope")
    }
}
