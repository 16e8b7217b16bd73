import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@Suite("Messages that are tried again, wait, or die")
struct ParkingTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(ToyService.definition, retrySeconds: [0, 0, 5]) }

    /// Handles parked messages, made due, until none is left.
    private func handleAll() throws -> [ServiceBench.Answered] {
        var answers: [ServiceBench.Answered] = []
        for _ in 0..<10 {
            guard try bench.count(of: "parked") > 0 else { break }
            try bench.hurryParked()
            answers += try bench.handleParked()
        }
        return answers
    }

    private func redrive() throws {
        #expect(try bench.redrive() == 1)
    }

    @Test func `A handler that throws is tried by the schedule, then its message is dead`() throws {
        let (id, command, now) = (UUID(), Sample.donation(.fail), Timestamp.now())
        let first = try bench.decide(command, id: id, time: now)
        #expect(first.status == "parked")
        #expect(first.code == "handler_failed")
        for attempt in 1...3 {
            #expect(try bench.count("SELECT attempt::bigint FROM parked") == attempt)
            try bench.hurryParked()
            #expect(try bench.handleParked().isEmpty, "it was said that it is parked")
        }
        #expect(try bench.count(of: "parked") == 0)
        #expect(try bench.text("SELECT code FROM dead_letter") == "handler_failed")
        #expect(try bench.count(of: "toy_effect") == 0)
        let again = try bench.decide(command, id: id, time: now)
        #expect(again.status == "duplicate")
        #expect(again.first == "parked")
    }

    @Test func `Its receipt says when the wait ends, and so does that of a duplicate`() throws {
        let (id, command, now) = (UUID(), Sample.donation(.wait), Timestamp.now())
        let first = try #require(
            Receipt(body: bench.decide(command, id: id, time: now).body))
        let until = try #require(first.until)
        #expect((3...35).contains(now.seconds(until: until)))
        let again = try #require(
            Receipt(body: bench.decide(command, id: id, time: now).body))
        #expect(again.decision.until == until)
        #expect(again.isProvisional)
    }

    @Test func `What was decided waits no more`() throws {
        let (id, command, now) = (UUID(), Sample.donation(.wait), Timestamp.now())
        try bench.decide(command, id: id, time: now)
        let decided = try #require(handleAll().last)
        #expect(decided.status == "rejected")
        #expect(Receipt(body: decided.body)?.until == nil)
    }

    @Test func `The delays are those of the schedule`() throws {
        try bench.decide(Sample.donation(.fail))
        var delays: [Int] = []
        for _ in 0..<3 {
            delays.append(
                try bench.count(
                    "SELECT round(extract(epoch FROM due_at - now()))::bigint FROM parked"))
            try bench.hurryParked()
            try bench.handleParked()
        }
        #expect(delays == [0, 0, 5])
    }

    @Test func `A failure is found among fifty and the others are accepted`() throws {
        var commands = (0..<50).map { _ in Sample.donation() as any Command }
        commands[20] = Sample.donation(.fail)
        let answers = try bench.decide(commands)
        #expect(answers.count { $0.status == "accepted" } == 49)
        #expect(answers.count { $0.status == "parked" } == 1)
    }

    @Test func `A message that waits is woken by the row and accepted`() throws {
        let (fund, id) = (UUID(), UUID())
        let first = try bench.decide(Sample.donation(.wait, fund: fund), id: id)
        #expect(first.status == "parked")
        #expect(first.code == "toy_fund_unknown")
        #expect(try bench.handleParked().isEmpty, "it is not due before the row is there")
        try bench.decide(Sample.fund(fund))
        let answers = try bench.handleParked()
        #expect(answers.map(\.status) == ["accepted"])
        #expect(answers.first?.command == id.uuidString.lowercased())
        #expect(answers.first?.receipt != first.receipt)
        #expect(try bench.count(of: "toy_effect") == 1)
        #expect(try bench.count(of: "parked") == 0)
    }

    @Test func `A message is woken by a row of its own batch too`() throws {
        let fund = UUID()
        let answers = try bench.decide([Sample.donation(.wait, fund: fund), Sample.fund(fund)])
        #expect(answers.map(\.status) == ["parked", "accepted"])
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
    }

    @Test func `Many that wait for one row are all woken`() throws {
        let fund = UUID()
        try bench.decide((0..<30).map { _ in Sample.donation(.wait, fund: fund) })
        try bench.decide(Sample.fund(fund))
        #expect(try bench.handleParked().map(\.status) == Array(repeating: "accepted", count: 30))
        #expect(try bench.count(of: "toy_effect") == 30)
    }

    @Test func `A message that waits in vain is refused as its handler said`() throws {
        let bench = try ServiceBench(ToyService.definition, retrySeconds: [0, 0, 5, 30])
        try bench.decide(Sample.donation(.wait))
        var answers: [ServiceBench.Answered] = []
        for _ in 0..<5 {
            try bench.hurryParked()
            answers += try bench.handleParked()
        }
        #expect(answers.map(\.status) == ["rejected"])
        #expect(answers.first?.code == "toy_fund_unknown")
        #expect(answers.first?.pointer == "/data/fund")
        #expect(try bench.count(of: "parked") == 0)
        #expect(try bench.count(of: "dead_letter") == 0, "a refusal is no dead letter")
    }

    @Test func `A parked message sent again is a duplicate, and is decided once`() throws {
        let (fund, id, now) = (UUID(), UUID(), Timestamp.now())
        let command = Sample.donation(.wait, fund: fund)
        try bench.decide(command, id: id, time: now)
        let again = try bench.decide(command, id: id, time: now)
        #expect(again.status == "duplicate")
        #expect(again.first == "parked")
        #expect(try bench.count(of: "parked") == 1)
        try bench.decide(Sample.fund(fund))
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(try bench.decide(command, id: id, time: now).first == "accepted")
        #expect(try bench.count(of: "toy_effect") == 1)
    }

    @Test func `What the broker delivers again is told the same parked receipt`() throws {
        let body = try bench.body(Sample.donation(.fail))
        let type = ReceiveDonation.type
        let first = try bench.deliver(raw: body, routingKey: type)
        let again = try bench.deliver(raw: body, routingKey: type, redelivered: true)
        #expect(again.status == "parked")
        #expect(again.receipt == first.receipt)
    }

    @Test func `A redriven message that fails again is dead again, and counted`() throws {
        try bench.decide(Sample.donation(.fail))
        #expect(try handleAll().isEmpty)
        try redrive()
        #expect(try bench.text("SELECT state FROM dead_letter") == "redriven")
        #expect(try handleAll().isEmpty, "nothing new to say")
        #expect(try bench.text("SELECT state FROM dead_letter") == "open")
        #expect(try bench.count("SELECT times::bigint FROM dead_letter") == 2)
        #expect(try bench.count(of: "parked") == 0)
        #expect(try bench.count(of: "toy_effect") == 0)
    }

    @Test func `A redriven message that is well now is accepted and answered`() throws {
        let bench = try ServiceBench(ToyService.definition, retrySeconds: [0])
        let (id, now) = (UUID(), Timestamp.now())
        let command = Sample.deposit(100)
        _ = try bench.connection.run("ALTER TABLE toy_effect RENAME TO toy_away")
        #expect(try bench.decide(command, id: id, time: now).status == "parked")
        try bench.hurryParked()
        try bench.handleParked()
        #expect(try bench.count("SELECT count(*) FROM dead_letter WHERE state = 'open'") == 1)
        _ = try bench.connection.run("ALTER TABLE toy_away RENAME TO toy_effect")
        #expect(try bench.redrive() == 1)
        let answers = try bench.handleParked()
        #expect(answers.map(\.status) == ["accepted"])
        #expect(answers.first?.command == id.uuidString.lowercased())
        #expect(try bench.decide(command, id: id, time: now).first == "accepted")
        #expect(try bench.count("SELECT count(*) FROM dead_letter WHERE state = 'redriven'") == 1)
    }

    @Test func `A redriven message that nobody can read is dead again`() throws {
        try bench.deliver(raw: Array("{".utf8), routingKey: ReceiveDonation.type)
        try redrive()
        #expect(try handleAll().isEmpty)
        #expect(try bench.text("SELECT state || times FROM dead_letter") == "open2")
    }
}

@Suite("What the broker has given up")
struct DeliveryLimitTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(ToyService.definition) }

    @Test func `It is a dead letter, its publisher is told, and redriving handles it`() throws {
        let body = try bench.body(Sample.donation())
        let answer = try bench.deliver(deadLettered: body, type: ReceiveDonation.type)
        #expect(answer.status == "parked")
        #expect(answer.code == "delivery_limit")
        #expect(try bench.text("SELECT code FROM dead_letter") == "delivery_limit")
        #expect(try bench.redrive() == 1)
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(try bench.count(of: "toy_effect") == 1)
    }

    @Test func `It is no dead letter if it was decided before it was given up`() throws {
        let body = try bench.body(Sample.donation())
        let first = try bench.deliver(raw: body, routingKey: ReceiveDonation.type)
        let again = try bench.deliver(deadLettered: body, type: ReceiveDonation.type)
        #expect(again.receipt == first.receipt, "the first receipt may never have come")
        #expect(try bench.count(of: "dead_letter") == 0)
        #expect(try bench.count(of: "toy_effect") == 1)
    }

    @Test func `What cannot be read either is a dead letter all the same`() throws {
        let answer = try bench.deliver(
            deadLettered: Array("{".utf8), type: ReceiveDonation.type)
        #expect(answer.code == "delivery_limit")
        #expect(try bench.text("SELECT origin FROM dead_letter") == "commands")
    }
}
