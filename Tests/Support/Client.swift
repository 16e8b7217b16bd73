public import AMQP
public import Foundation
public import Messages
import ServiceKit

/// A plain publisher and reader, as another system would be one. Use it on one thread.
public final class Client {
    public let user: String
    private let endpoint: Endpoint
    private let connection: AMQPConnection
    private let encoder = MessageEncoder()
    private var window = PublishWindow<Int>()
    private var confirmed = 0
    private var published = 0
    private var incoming: [Incoming] = []
    /// Deliveries that arrived and were not yet taken.
    public private(set) var deliveries: [Delivery] = []

    public init(_ url: String) throws {
        endpoint = try Endpoint(url: url)
        user = endpoint.user
        // Whoever uses it waits for services meanwhile, for minutes.
        connection = try AMQPConnection(endpoint, name: "test client", heartbeat: 0)
        try connection.selectConfirms()
    }

    /// Publishes a command and asks for a receipt.
    public func publish(
        _ command: any Command, id: UUID = UUID(), receipt: Bool = true
    ) throws {
        let type = Swift.type(of: command).type
        let header = Header(id: id, source: "test", type: type, time: .now())
        try publish(encoder.encode(header, command), type: type, id: id, receipt: receipt)
    }

    /// Publishes a fact as the service whose user this is.
    public func publish(fact: any Fact, subject: UUID, sequence: Int64) throws {
        let type = Swift.type(of: fact).type
        let id = UUID()
        let header = Header(
            id: id, source: "test", type: type, time: .now(),
            subject: subject.uuidString.lowercased(), sequence: sequence)
        try publish(
            encoder.encode(header, fact), type: type, id: id, receipt: false,
            exchange: "nuanxin.facts")
    }

    /// Publishes any body.
    public func publish(
        _ body: [UInt8], type: String, id: UUID = UUID(), receipt: Bool = true,
        exchange: String = "nuanxin.commands"
    ) throws {
        var properties = Properties()
        properties.contentType = "application/cloudevents+json"
        properties.messageID = id.uuidString.lowercased()
        properties.type = type
        properties.userID = user
        if receipt { properties.replyTo = "receipts.\(user)" }
        published += 1
        window.published(published)
        try connection.publish(
            exchange: exchange, routingKey: type, properties: properties, body: body)
        if window.count > 1_000 { try settle(until: { window.count < 500 }) }
    }

    /// Waits until the broker has stored all that was published.
    public func flush() throws { try settle(until: { window.isEmpty }) }

    /// Starts reading a queue; deliveries are acknowledged when they are taken.
    public func consume(_ queue: String, from start: ConsumerArgument? = nil) throws {
        try connection.setPrefetch(1_000)
        try connection.consume(queue, tag: queue, from: start)
    }

    /// Reads what has arrived, waiting at most so long for something.
    public func receive(milliseconds: Int32 = 100) throws -> [Delivery] {
        AMQPConnection.wait(for: [connection], milliseconds: milliseconds)
        try pump()
        defer { deliveries.removeAll(keepingCapacity: true) }
        if let last = deliveries.last { try connection.acknowledge(last.tag, multiple: true) }
        return deliveries
    }

    /// Seconds until what was published must be confirmed.
    private static let patience = 60.0

    private func settle(until done: () -> Bool) throws {
        let deadline = Date().addingTimeInterval(Self.patience)
        while !done() {
            guard Date() < deadline else {
                throw AMQPError(.connectionLost, "no confirm within \(Self.patience) s")
            }
            AMQPConnection.wait(for: [connection], milliseconds: 100)
            try pump()
        }
    }

    private func pump() throws {
        incoming.removeAll(keepingCapacity: true)
        try connection.receive(into: &incoming, limit: 1_000)
        for item in incoming {
            switch item {
            case .confirmed(let tag, let multiple):
                window.settle(tag: tag, multiple: multiple, confirmed: true)
            case .refused:
                throw AMQPError(.refused(code: 312), "a queue refused a publish")
            case .delivery(let delivery): deliveries.append(delivery)
            default: break
            }
        }
        confirmed += window.takeConfirmed().count
    }
}
