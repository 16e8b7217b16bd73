import AMQP
import Foundation
import Support
import Testing

extension SystemTests {
    /// Queues whose messages become nobody's dead letters: the broker drops none of them by a limit of its own.
    @Suite("Queues that keep what they hold")
    struct KeptQueueTests {
        private static let drops = 30

        private let deployment: Deployment

        init() throws { deployment = try Deployment("kept", services: []) }

        private func publish(_ text: String, to queue: String) throws {
            let client = try Client(deployment.broker("admin"))
            let parts = queue.split(separator: ".")
            let (exchange, key) =
                switch parts.last {
                case "dead": ("nuanxin.dead", parts.first.map(String.init))
                case "unroutable": ("nuanxin.unroutable", "")
                default: ("nuanxin.receipts", parts.last.map { "reporting.\($0)" })
                }
            try client.publish(
                Array(text.utf8), type: key ?? "", receipt: false, exchange: exchange)
            try client.flush()
        }

        @Test(
            arguments: [
                "receipts.operator", "receipts.subscriber", "registry.dead", "nuanxin.unroutable",
            ], Dropper.Way.allCases)
        func `A message that was read and dropped thirty times is still there`(
            queue: String, way: Dropper.Way
        ) throws {
            try publish("kept", to: queue)
            do {
                let reader = try Dropper(deployment.broker("admin"), queue)
                for count in 1...Self.drops {
                    try #require(try reader.drop(way) != nil, "it was there \(count - 1) times")
                }
            }
            let client = try Client(deployment.broker("admin"))
            try client.consume(queue)
            var bodies: [String] = []
            try deployment.eventually("it is read", within: 10) {
                bodies += try client.receive().map { String(decoding: $0.body, as: UTF8.self) }
                return !bodies.isEmpty
            }
            #expect(bodies == ["kept"])
        }
    }
}
