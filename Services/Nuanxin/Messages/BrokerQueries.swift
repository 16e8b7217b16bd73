import AMQP
import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

/// Asks services over the broker and waits for their answers.
///
/// One program at a time reads the queue of receipts, so it is held only from the first question until `close`.
/// A question without an answer is asked again. Questions change nothing.
final class BrokerQueries {
    enum Answer<Value> {
        case answered(Value)
        case refused(code: String, pointer: String, expected: String)
    }

    struct NoAnswer: Error, CustomStringConvertible {
        let type: String
        let seconds: Int
        let last: AMQPError?

        var description: String {
            "no answer to \(type) within \(seconds) s" + (last.map { " (\($0))" } ?? "")
        }
    }

    private let endpoint: Endpoint
    private let name: String
    /// The time after which an unanswered question is asked again.
    private let again: Duration
    private let patience: Duration
    private var connection: AMQPConnection?
    private var incoming: [Incoming] = []

    init(_ endpoint: Endpoint, name: String, again: Duration = .seconds(5)) {
        self.endpoint = endpoint
        self.name = name
        self.again = again
        patience = max(again, .seconds(60))
    }

    /// Lets others read the queue.
    func close() { connection = nil }

    func ask<Value: Decodable>(_ query: some Query, for type: Value.Type) throws -> Answer<Value> {
        try ask(query) { try? Document($0).data(as: Answered<Value>.self).answer }
    }

    /// The answer as it came, whatever its form.
    func ask(_ query: some Query) throws -> Answer<JSONValue> {
        try ask(query) { JSONValue.answer(in: $0) }
    }

    private func ask<Value>(
        _ query: some Query, _ read: ([UInt8]) -> Value?
    ) throws -> Answer<Value> {
        let deadline = ContinuousClock.now + patience
        var last: AMQPError?
        while ContinuousClock.now < deadline {
            do throws(AMQPError) {
                let connection = try connect(until: deadline)
                let id = UUID()
                try publish(query, id, over: connection)
                if let body = try receipt(of: id, over: connection) {
                    if let answer = Self.answer(body, read) { return answer }
                }
            } catch {
                connection = nil
                guard error.isRetriable else {
                    throw MissingRight.words(for: error, of: endpoint.user)
                }
                last = error
                Thread.sleep(forTimeInterval: Double.random(in: 0.1...0.5))
            }
        }
        throw NoAnswer(
            type: Swift.type(of: query).type, seconds: Int(patience.components.seconds), last: last)
    }

    private func connect(
        until deadline: ContinuousClock.Instant
    ) throws(AMQPError) -> AMQPConnection {
        if let connection { return connection }
        let connection = try ReceiptQueue.reader(
            endpoint, name: name, prefetch: 100, until: deadline)
        self.connection = connection
        return connection
    }

    private func publish(
        _ query: some Query, _ id: UUID, over connection: AMQPConnection
    ) throws(AMQPError) {
        let type = Swift.type(of: query).type
        let header = Header(id: id, source: "nuanxin/\(endpoint.user)", type: type, time: .now())
        guard let body = try? MessageEncoder().encode(header, query) else {
            throw AMQPError(.configuration, "\(type) cannot be written")
        }
        var properties = Properties()
        properties.contentType = "application/cloudevents+json"
        properties.messageID = id.wireText
        properties.correlationID = id.wireText
        properties.type = type
        properties.userID = endpoint.user
        properties.replyTo = ReceiptQueue.name(of: endpoint)
        try connection.publish(
            exchange: CommandPublisher.exchange, routingKey: type, properties: properties,
            body: body)
    }

    /// The body of the receipt; nil if none comes in time. Receipts of earlier questions are dropped.
    private func receipt(
        of id: UUID, over connection: AMQPConnection
    ) throws(AMQPError) -> [UInt8]? {
        let deadline = ContinuousClock.now + again
        while ContinuousClock.now < deadline {
            AMQPConnection.wait(for: [connection], milliseconds: 100)
            incoming.removeAll(keepingCapacity: true)
            try connection.receive(into: &incoming, limit: 100)
            var found: [UInt8]?
            var last: UInt64?
            for case .delivery(let delivery) in incoming {
                last = delivery.tag
                if delivery.properties.correlationID == id.wireText { found = delivery.body }
            }
            if let last { try connection.acknowledge(last, multiple: true) }
            if let found { return found }
        }
        return nil
    }

    private struct Answered<Value: Decodable>: Decodable {
        let answer: Value?
    }

    private static func answer<Value>(
        _ body: [UInt8], _ read: ([UInt8]) -> Value?
    ) -> Answer<Value>? {
        if let value = read(body) { return .answered(value) }
        guard let receipt = Receipt(body: body), receipt.decision.status == .rejected else {
            return nil
        }
        return .refused(
            code: receipt.decision.code ?? "", pointer: receipt.decision.pointer ?? "",
            expected: receipt.decision.expected ?? "")
    }
}

extension BrokerQueries.Answer {
    /// The answer. A refusal is printed and ends the program with status 4.
    func orExit(in language: ToolLanguage = .en) throws -> Value {
        switch self {
        case .answered(let value): return value
        case .refused(let code, let pointer, let expected):
            let reason = ToolWords.refused(code, at: pointer, expected: expected)
            throw ExitCode.error(reason, 4, in: language)
        }
    }
}
