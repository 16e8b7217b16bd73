import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("W3C trace context from message to message")
struct TraceParentTests {
    private let message = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
    private let span = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0xA, 0xB, 0xC, 0xD, 0xE, 0xF, 1, 2))

    private func next(_ parent: String?) -> String {
        TraceParent.next(after: parent, message: message, span: span)
    }

    @Test func `The trace goes on with the fact as the next span`() {
        #expect(
            next("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                == "00-4bf92f3577b34da6a3ce929d0e0e4736-0a0b0c0d0e0f0102-01")
    }

    @Test func `A message without a trace begins one with its own id`() {
        #expect(next(nil) == "00-0102030405060708090a0b0c0d0e0f10-0a0b0c0d0e0f0102-00")
    }

    @Test(arguments: [
        "", "x", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-\(String(repeating: "暖", count: 32))-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
    ])
    func `A trace that is none is not carried on`(parent: String) {
        #expect(next(parent) == next(nil))
    }
}

@Suite("Correlation ids from message to message")
struct CorrelationTests {
    /// The correlation id of the fact that follows from a command with that one.
    private func carried(_ text: String) throws -> (fact: String?, command: UUID) {
        let bench = try ServiceBench(ToyService.definition)
        let id = UUID()
        let body = try bench.body(Sample.donation(), id: id)
        var envelope = try #require(
            try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        envelope["correlationid"] = text
        let sent = Array(try JSONSerialization.data(withJSONObject: envelope))
        let answer = try bench.deliver(
            raw: sent, routingKey: ReceiveDonation.type, correlationID: text)
        #expect(answer.status == "accepted")
        let facts = try bench.text(
            "SELECT string_agg(convert_from(body, 'UTF8'), ' ') FROM journal")
        #expect(facts?.contains("陈小明") == false)
        return (bench.facts.first?.header.correlationid, id)
    }

    @Test func `A UUID goes on to the facts`() throws {
        let text = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
        #expect(try carried(text).fact == text)
    }

    @Test(arguments: ["陈小明 13800000000", "3f2504e0-4f89-41d3-9a0c-0305e82c3301 陈小明", "x"])
    func `Any other text does not, and the command's id takes its place`(text: String) throws {
        let (fact, command) = try carried(text)
        #expect(fact == command.wireText)
    }
}
