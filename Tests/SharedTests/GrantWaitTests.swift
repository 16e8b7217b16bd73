import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("Commands sent right after their grant")
struct GrantWaitTests {
    private let bench: ServiceBench
    private let publisher = "kiosk"

    init() throws { bench = try ServiceBench(ToyService.definition, grantPatience: 10) }

    private func grant(_ territories: [String], sequence: Int64 = 1) throws {
        try bench.take(
            PublisherGranted(
                publisher: publisher, territories: territories.compactMap(TerritoryCode.init),
                types: ["funding.*"]),
            subject: UUID(), sequence: sequence)
    }

    private func send(_ territory: String = "350203") throws -> ServiceBench.Answered {
        let donation = Sample.donation(territory: Sample.value(TerritoryCode(territory)))
        return try bench.decide(donation, publisher: publisher)
    }

    @Test func `wait for its fact, and are accepted when it comes`() throws {
        let first = try send()
        #expect(first.status == "parked")
        #expect(first.code == "out_of_scope")
        #expect(try bench.handleParked().isEmpty, "it is not due before")
        try grant(["350203"])
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(try bench.count(of: "toy_effect") == 1)
    }

    @Test func `wait for a wider grant too`() throws {
        try grant(["350203001"])
        #expect(try send().status == "parked")
        try grant(["350203"], sequence: 2)
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
    }

    @Test func `are refused at once long after the grant`() throws {
        try grant(["350203001"])
        _ = try bench.connection.run(
            "UPDATE publisher_grant SET taken_at = now() - interval '61 seconds'")
        #expect(try send().status == "rejected")
        #expect(try send("350203001").status == "accepted")
        try grant(["350203001", "350203002"], sequence: 2)
        #expect(try send().status == "parked", "a further grant may be on its way")
    }

    @Test func `are refused after some seconds, and then at once for a while`() throws {
        #expect(try send().status == "parked")
        let wait = try bench.count(
            "SELECT round(extract(epoch FROM due_at - now()))::bigint FROM parked")
        #expect((9...10).contains(wait))
        try bench.hurryParked()
        let answer = try bench.handleParked()
        #expect(answer.map(\.status) == ["rejected"])
        #expect(answer.map(\.code) == ["out_of_scope"])
        #expect(try send().status == "rejected", "nobody waits in vain again and again")
        #expect(try bench.count(of: "parked") == 0)
    }

    @Test func `are few, however many are sent`() throws {
        let answers = try bench.decide(
            (0..<GrantWaits.limit + 50).map { _ in Sample.donation() }, publisher: publisher)
        #expect(answers.count { $0.status == "parked" } == GrantWaits.limit)
        #expect(answers.count { $0.status == "rejected" } == 50)
        let other = try bench.decide(Sample.donation(), publisher: "bank")
        #expect(other.status == "parked", "others have limits of their own")
    }

    @Test func `are refused at once if no grant is enough`() throws {
        let bench = try ServiceBench(ToyConsumer.definition, grantPatience: 10)
        let answer = try bench.decide(RebuildCells(reason: "a test"), publisher: publisher)
        #expect(answer.status == "rejected")
        #expect(answer.code == "out_of_scope")
    }

    @Test func `may wait again after a minute`() {
        let waits = GrantWaits(patience: 10)
        let now = ContinuousClock.now
        waits.disappoint(publisher, now: now)
        #expect(!waits.allow(publisher, now: now + .seconds(59)))
        #expect(waits.allow(publisher, now: now + .seconds(61)))
    }
}
