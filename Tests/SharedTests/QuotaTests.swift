import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

/// What one publisher leaves behind is bounded, and nobody else feels it.
@Suite struct QuotaTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(ToyService.definition) }

    private func leaveDeadLetters(_ count: Int64, bytes: Int = 1, from origin: String) throws {
        _ = try bench.connection.run(
            """
            INSERT INTO dead_letter (digest, origin, routing_key, publisher, size, body, sealed_on,
                code, pointer, found, expected, first_at, last_at)
            SELECT sha256(convert_to('left' || n, 'UTF8')), \(origin), 'funding.donation.receive.v1',
                   'flood', \(Int32(bytes)), \([UInt8](repeating: 0, count: bytes)), current_date,
                   'not_json', '', '', '', now(), now()
            FROM generate_series(1, \(count)) AS n
            """)
    }

    private func leaveParked(_ count: Int64) throws {
        _ = try bench.connection.run(
            """
            INSERT INTO parked (digest, origin, routing_key, publisher, body, sealed_on, attempt,
                due_at, code)
            SELECT sha256(convert_to('left' || n, 'UTF8')), 'commands',
                   'funding.donation.receive.v1', 'operator', '', current_date, 1,
                   now() + interval '1 hour', 'handler_failed'
            FROM generate_series(1, \(count)) AS n
            """)
    }

    private func sendNonsense(_ text: String, as user: String) throws -> ServiceBench.Answered {
        try bench.deliver(
            raw: Array(text.utf8), routingKey: ReceiveDonation.type, user: user,
            replyTo: "receipts.\(user)")
    }

    @Test func `Who has left too many dead letters is still answered, and no more are kept`() throws
    {
        try leaveDeadLetters(Quotas.deadLetters.messages, from: "commands")
        try bench.countQuotas()
        #expect(try sendNonsense("{", as: "flood").code == "not_json")
        #expect(
            try bench.count(of: "dead_letter") == Int(Quotas.deadLetters.messages))
        #expect(try sendNonsense("[", as: "other").code == "not_json")
        #expect(try bench.count("SELECT count(*) FROM dead_letter WHERE publisher = 'other'") == 1)
    }

    @Test func `What would be a dead letter above the quota is not said to wait for an operator`()
        throws
    {
        let body = try bench.body(Sample.donation())
        try leaveDeadLetters(Quotas.deadLetters.messages, from: "commands")
        try bench.countQuotas()
        let away = try bench.deliver(
            deadLettered: body, type: ReceiveDonation.type, user: "flood")
        #expect(away.status == "rejected")
        #expect(away.code == "publisher_over_quota")
        #expect(try bench.count(of: "inbox") == 0, "the same may be sent later")
        #expect(try bench.count(of: "dead_letter") == Int(Quotas.deadLetters.messages))
    }

    @Test func `Few dead letters that are large are too many`() throws {
        let size = 1 << 20
        try leaveDeadLetters(Quotas.deadLetters.bytes / Int64(size), bytes: size, from: "commands")
        try bench.countQuotas()
        let before = try bench.count(of: "dead_letter")
        #expect(try sendNonsense("{", as: "flood").code == "not_json")
        #expect(try bench.count(of: "dead_letter") == before)
    }

    @Test func `Below the quota, and by facts, nobody is bounded`() throws {
        try leaveDeadLetters(Quotas.deadLetters.messages - 1, from: "commands")
        try bench.countQuotas()
        _ = try sendNonsense("{", as: "flood")
        #expect(try bench.count(of: "dead_letter") == Int(Quotas.deadLetters.messages))
        _ = try bench.connection.run("UPDATE dead_letter SET origin = 'facts'")
        try bench.countQuotas()
        _ = try sendNonsense("[", as: "flood")
        #expect(try bench.count(of: "dead_letter") == Int(Quotas.deadLetters.messages) + 1)
    }

    @Test func `Who has too many waiting is turned away, and may send the same later`() throws {
        try leaveParked(Quotas.parked.messages)
        try bench.countQuotas()
        let (id, now) = (UUID(), Timestamp.now())
        let command = Sample.donation(.fail)
        let away = try bench.decide(command, id: id, time: now)
        #expect(away.status == "rejected")
        #expect(away.code == "publisher_over_quota")
        #expect(try bench.count(of: "inbox") == 0)
        #expect(try bench.decide(Sample.donation()).status == "accepted", "it does not wait")
        _ = try bench.connection.run("DELETE FROM parked")
        try bench.countQuotas()
        #expect(try bench.decide(command, id: id, time: now).status == "parked")
    }
}
