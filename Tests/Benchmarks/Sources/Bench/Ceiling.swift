import AMQP
import Foundation
import Support

/// What the broker alone allows: takes messages from a quorum queue, publishes each again with a
/// confirm into another, and acknowledges, in batches of 256. No database, no JSON.
struct Ceiling {
    private static let batch = 256

    let deployment: Deployment

    /// - Returns: messages a second.
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
        let out = try AMQPConnection(endpoint, name: "ceiling out")
        try out.selectConfirms()
        let body = [UInt8](repeating: 0x78, count: 436)
        try publish(out, "ceiling.in", count) { _ in body }
        return try passThrough(endpoint, out, count)
    }

    private func publish(
        _ connection: AMQPConnection, _ exchange: String, _ count: Int, _ body: (Int) -> [UInt8]
    ) throws {
        var unconfirmed = 0
        var incoming: [Incoming] = []
        for index in 0..<count {
            try connection.publish(
                exchange: exchange, routingKey: "x", properties: Self.properties, body: body(index))
            unconfirmed += 1
            if unconfirmed % Self.batch == 0 {
                try Self.awaitConfirms(connection, Self.batch, &incoming)
            }
        }
        try Self.awaitConfirms(connection, count % Self.batch, &incoming)
    }

    private func passThrough(
        _ endpoint: Endpoint, _ out: AMQPConnection, _ count: Int
    ) throws -> Double {
        let connection = try AMQPConnection(endpoint, name: "ceiling in")
        try connection.setPrefetch(UInt16(Self.batch * 2))
        let start = ContinuousClock.now
        try connection.consume("ceiling.in", tag: "in")
        var taken = 0
        var incoming: [Incoming] = []
        var confirms: [Incoming] = []
        while taken < count {
            AMQPConnection.wait(for: [connection], milliseconds: 1_000)
            incoming.removeAll(keepingCapacity: true)
            try connection.receive(into: &incoming, limit: Self.batch)
            var last: UInt64 = 0
            for case .delivery(let delivery) in incoming {
                try out.publish(
                    exchange: "ceiling.out", routingKey: "x", properties: Self.properties,
                    body: delivery.body)
                last = delivery.tag
            }
            guard last > 0 else { continue }
            try Self.awaitConfirms(out, incoming.count, &confirms)
            try connection.acknowledge(last, multiple: true)
            taken += incoming.count
        }
        return Double(count) / (ContinuousClock.now - start).seconds
    }

    private static var properties: Properties {
        var properties = Properties()
        properties.contentType = "application/cloudevents+json"
        properties.messageID = "01234567-89ab-cdef-0123-456789abcdef"
        return properties
    }

    /// Waits for so many more confirms; the broker may acknowledge several at once.
    private static func awaitConfirms(
        _ connection: AMQPConnection, _ count: Int, _ incoming: inout [Incoming]
    ) throws {
        let target = confirmed(connection) + UInt64(count)
        while confirmed(connection) < target {
            AMQPConnection.wait(for: [connection], milliseconds: 1_000)
            incoming.removeAll(keepingCapacity: true)
            try connection.receive(into: &incoming, limit: 1_000)
            for item in incoming {
                guard case .confirmed(let tag, let multiple) = item else { continue }
                note(connection, tag, multiple)
            }
        }
    }

    private static func confirmed(_ connection: AMQPConnection) -> UInt64 {
        counts[ObjectIdentifier(connection)]?.count ?? 0
    }

    /// Single confirms may overtake a multiple one; each message is counted once.
    private static func note(_ connection: AMQPConnection, _ tag: UInt64, _ multiple: Bool) {
        var state = counts[ObjectIdentifier(connection)] ?? (0, 0, [])
        if multiple {
            state.single = state.single.filter { $0 > tag }
            state.through = max(state.through, tag)
        } else if tag > state.through {
            state.single.insert(tag)
        }
        while state.single.remove(state.through + 1) != nil { state.through += 1 }
        state.count = state.through + UInt64(state.single.count)
        counts[ObjectIdentifier(connection)] = state
    }

    // The benchmark has one thread.
    nonisolated(unsafe) private static var counts:
        [ObjectIdentifier: (count: UInt64, through: UInt64, single: Set<UInt64>)] = [:]
}
