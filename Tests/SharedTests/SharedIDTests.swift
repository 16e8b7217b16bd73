import Foundation
import Messages
import Support
import Testing

@testable import ServiceKit

@Suite("Two publishers, or two services, with one message id")
struct SharedIDTests {
    private let bench: ServiceBench
    private let id = UUID()
    private let time = Timestamp.now()

    init() throws {
        bench = try ServiceBench(ToyService.definition)
        for publisher in ["office", "kiosk"] {
            try bench.take(
                PublisherGranted(
                    publisher: publisher, territories: [Sample.district], types: ["funding.*"]),
                subject: UUID(), sequence: 1)
        }
    }

    private func send(
        _ donation: ReceiveDonation, from publisher: String
    ) throws -> ServiceBench.Answered {
        try bench.decide(donation, id: id, publisher: publisher, time: time)
    }

    @Test func `What follows from a message has an id that no other message leads to`() {
        let places = [
            ("funding", "office"), ("events", "office"), ("funding", "kiosk"), ("f", "unding"),
        ]
        let ids = places.flatMap { service, publisher in
            let message = DecidedMessage(id: id, publisher: publisher, service: service)
            return [
                message.fact(0), message.fact(1), message.receipt, message.parkedReceipt,
                message.row("fact 0"), message.row("receipt"),
            ]
        }
        #expect(Set(ids).count == places.count * 6)
        let again = DecidedMessage(id: id, publisher: "office", service: "funding")
        #expect(again.fact(0) == ids[0], "handling it again gives the same")
    }

    @Test func `A refused attempt of another publisher is no answer to the owner's message`() throws
    {
        let donation = Sample.donation()
        #expect(try send(donation, from: "stranger").code == "out_of_scope")
        let answer = try send(donation, from: "office")
        #expect(answer.status == "accepted")
        #expect(try bench.count(of: "toy_effect") == 1)
        #expect(try send(donation, from: "office").status == "duplicate")
    }

    @Test func `Whoever sends another one's message again learns nothing of its answer`() throws {
        let donation = Sample.donation()
        let first = try send(donation, from: "office")
        let foreign = try send(donation, from: "stranger")
        #expect(foreign.status == "rejected")
        #expect(foreign.code == "out_of_scope")
        #expect(foreign.facts.isEmpty)
        #expect(foreign.receipt != first.receipt)
    }

    @Test func `Two accepted messages of one id lead to two facts, each with an id of its own`()
        throws
    {
        let first = try send(Sample.donation(), from: "office")
        let second = try send(Sample.donation(), from: "kiosk")
        #expect([first.status, second.status] == ["accepted", "accepted"])
        #expect(first.facts != second.facts)
        #expect(Set(bench.facts.map(\.header.id)).count == 2)
        #expect(try bench.count(of: "toy_effect") == 2)
    }

    @Test func `In one batch each is decided for itself`() throws {
        let bodies = try [Sample.donation(), Sample.donation()].map {
            try bench.body($0, id: id, time: time)
        }
        let answers = try bench.deliver(raw: bodies, type: ReceiveDonation.type)
        #expect(answers.map(\.code) == [nil, "conflict"], "one publisher may not use an id twice")
    }

    @Test func `Two publishers park the same body, and both messages wait`() throws {
        let fund = UUID()
        let donation = Sample.donation(.wait, fund: fund)
        #expect(try send(donation, from: "office").status == "parked")
        #expect(try send(donation, from: "kiosk").status == "parked")
        #expect(try bench.count(of: "parked") == 2)
        try bench.decide(Sample.fund(fund))
        #expect(try bench.handleParked().count == 2, "both are answered")
        #expect(try bench.count(of: "parked") == 0)
    }

    @Test func `Two publishers bury the same body, and both dead letters are kept`() throws {
        for publisher in ["office", "kiosk"] {
            try bench.deliver(
                raw: Array("{".utf8), routingKey: ReceiveDonation.type, user: publisher,
                replyTo: nil)
        }
        #expect(try bench.count(of: "dead_letter") == 2)
    }

    @Test func `The trace of an id shows both publishers' messages`() throws {
        _ = try send(Sample.donation(), from: "office")
        _ = try send(Sample.donation(), from: "stranger")
        let trace = try MessageTrace(of: id, at: "funding", in: bench.connection)
        #expect(trace.decisions.map(\.publisher) == ["office", "stranger"])
        #expect(trace.decisions.map(\.state) == ["accepted", "rejected"])
        #expect(trace.facts.count == 1)
    }
}
