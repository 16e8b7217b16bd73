import AMQP
import Foundation
import Support
import Testing

extension SystemTests {
    @Suite("A connection to the broker")
    struct BrokerConnectionTests {
        private static let queue = "receipts.operator"

        private let deployment: Deployment
        private let endpoint: Endpoint

        init() throws {
            deployment = try Deployment("connection", services: [])
            endpoint = try Endpoint(url: deployment.broker("admin") + "?heartbeat=2")
        }

        private func publish(_ bodies: [[UInt8]]) throws {
            let client = try Client(deployment.broker("admin"))
            for body in bodies {
                try client.publish(
                    body, type: "funding.operator", receipt: false, exchange: "nuanxin.receipts")
            }
            try client.flush()
        }

        private func reader(bodyLimit: Int = .max) throws -> AMQPConnection {
            let connection = try AMQPConnection(
                endpoint, name: "test", isForReading: true, bodyLimit: bodyLimit)
            try connection.setPrefetch(100)
            try connection.consume(Self.queue, tag: "test")
            return connection
        }

        @Test
        func `A body that is too long is dropped as it arrives, and leaves its size and digest`()
            throws
        {
            let bodies = [[UInt8](repeating: 1, count: 1_000), [UInt8](0..<200), []]
            let long = [UInt8](repeating: 2, count: 300_000)
            try publish([long] + bodies)
            let connection = try reader(bodyLimit: 1_000)
            var incoming: [Incoming] = []
            try deployment.eventually("all have come") {
                AMQPConnection.wait(for: [connection], milliseconds: 100)
                try connection.receive(into: &incoming, limit: 100)
                return incoming.count == 4
            }
            let deliveries = incoming.compactMap { item -> Delivery? in
                if case .delivery(let delivery) = item { delivery } else { nil }
            }
            #expect(deliveries.first?.body == [])
            #expect(deliveries.first?.dropped == DroppedBody(of: long))
            #expect(deliveries.dropFirst().map(\.body) == bodies)
            #expect(deliveries.dropFirst().allSatisfy { $0.dropped == nil })
        }

        /// The broker gives up a connection that is silent for two to three heartbeats, of two seconds here.
        @Test func `It lives while it is served, though nothing is read, and is lost if it is not`()
            throws
        {
            let (served, unserved) = (try reader(), try reader())
            try publish([[1]])
            let end = Date().addingTimeInterval(12)
            while Date() < end {
                served.serve()
                Thread.sleep(forTimeInterval: 0.1)
            }
            #expect(served.isAlive && !served.isHungUp)
            #expect(served.silence < .seconds(2), "the broker is heard, too")
            #expect(unserved.isHungUp && !unserved.isAlive)
            var incoming: [Incoming] = []
            try served.receive(into: &incoming, limit: 10)
            #expect(incoming.count <= 1)
        }
    }
}
