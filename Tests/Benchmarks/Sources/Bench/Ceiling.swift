import AMQP
import Foundation
import Support

/// The broker's own ceiling: takes messages from a quorum queue, publishes each again with a
/// confirm into another, and acknowledges, in batches of 256. No database, no JSON.
struct Ceiling {
    fileprivate static let batch = 256

    let deployment: Deployment

    /// - Returns: messages a second.
    /// - Throws: `Unfinished` if the broker falls silent.
    func measure(_ count: Int) throws -> Double {
        let host = deployment.virtualHost
        for name in ["in", "out"] {
            try deployment.manage(
                "PUT", "queues/\(host)/ceiling.\(name)", nil,
                body: #"{"durable":true,"arguments":{"x-queue-type":"quorum"}}"#)
            try deployment.manage(
                "PUT", "exchanges/\(host)/ceiling.\(name)", nil,
                body: #"{"type":"topic","durable":true}"#)
            try deployment.manage(
                "POST", "bindings/\(host)/e/ceiling.\(name)/q/ceiling.\(name)", nil,
                body: ##"{"routing_key":"#"}"##)
        }
        defer {
            for name in ["in", "out"] {
                _ = try? deployment.manage("DELETE", "queues/\(host)/ceiling.\(name)", nil)
            }
        }
        let endpoint = try Endpoint(url: deployment.broker("admin"))
        let out = try BatchPublisher(endpoint, name: "ceiling out")
        let body = [UInt8](repeating: 0x78, count: 436)
        for index in 0..<count {
            try out.publish("ceiling.in", body)
            if index % Self.batch == Self.batch - 1 { try out.awaitConfirms() }
        }
        try out.awaitConfirms()
        return try passThrough(endpoint, out, count)
    }

    private func passThrough(
        _ endpoint: Endpoint, _ out: BatchPublisher, _ count: Int
    ) throws -> Double {
        let connection = try AMQPConnection(endpoint, name: "ceiling in")
        try connection.setPrefetch(UInt16(Self.batch * 2))
        let start = ContinuousClock.now
        try connection.consume("ceiling.in", tag: "in")
        var taken = 0
        var incoming: [Incoming] = []
        var deadline = Deadline(Patience.broker)
        while taken < count {
            try deadline.check("message \(taken + 1) of \(count)")
            AMQPConnection.wait(for: [connection], milliseconds: 1_000)
            incoming.removeAll(keepingCapacity: true)
            try connection.receive(into: &incoming, limit: Self.batch)
            var last: UInt64 = 0
            var delivered = 0
            for case .delivery(let delivery) in incoming {
                try out.publish("ceiling.out", delivery.body)
                last = delivery.tag
                delivered += 1
            }
            guard delivered > 0 else { continue }
            try out.awaitConfirms()
            try connection.acknowledge(last, multiple: true)
            taken += delivered
            deadline = Deadline(Patience.broker)
        }
        return Double(count) / (ContinuousClock.now - start).seconds
    }
}

/// Publishes a batch and waits until all of it is confirmed.
private final class BatchPublisher {
    private let connection: AMQPConnection
    private var window = PublishWindow<Void>()
    private var incoming: [Incoming] = []
    private let properties: Properties

    init(_ endpoint: Endpoint, name: String) throws {
        connection = try AMQPConnection(endpoint, name: name)
        try connection.selectConfirms()
        var properties = Properties()
        properties.contentType = "application/cloudevents+json"
        properties.messageID = "01234567-89ab-cdef-0123-456789abcdef"
        self.properties = properties
    }

    func publish(_ exchange: String, _ body: [UInt8]) throws {
        window.published(())
        try connection.publish(
            exchange: exchange, routingKey: "x", properties: properties, body: body)
    }

    func awaitConfirms() throws {
        let deadline = Deadline(Patience.broker)
        while !window.isEmpty {
            try deadline.check("the confirms of \(window.count) messages")
            AMQPConnection.wait(for: [connection], milliseconds: 1_000)
            incoming.removeAll(keepingCapacity: true)
            try connection.receive(into: &incoming, limit: 1_000)
            for item in incoming {
                switch item {
                case .confirmed(let tag, let multiple):
                    window.settle(tag: tag, multiple: multiple, confirmed: true)
                case .refused: throw Unfinished(description: "a queue refused a message")
                default: break
                }
            }
            _ = window.takeConfirmed()
        }
    }
}
