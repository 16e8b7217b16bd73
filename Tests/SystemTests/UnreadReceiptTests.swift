import AMQP
import Foundation
import ServiceKit
import Support
import Testing

extension SystemTests {
    /// A publisher or subscriber that asks and does not read.
    @Suite("Receipts that nobody reads")
    struct UnreadReceiptTests {
        private let deployment: Deployment

        init() throws { deployment = try Deployment("unread", services: []) }

        @Test func `A full queue of receipts drops its oldest, and refuses nothing`() throws {
            let client = try Client(deployment.broker("admin"))
            let largest = try #require(Topology.receipts.largestBytes)
            let count = largest / (Topology.messageLimit / 2) + 8
            var body = [UInt8](repeating: 0, count: Topology.messageLimit / 2)
            for number in 0..<count {
                body[0] = UInt8(number)
                try client.publish(
                    body, type: "reporting.subscriber", receipt: false,
                    exchange: "nuanxin.receipts")
            }
            // A queue that refuses would fail this.
            try client.flush()
            let reader = try Client(deployment.broker("admin"))
            try reader.consume("receipts.subscriber")
            var numbers: [Int] = []
            try deployment.eventually("the newest receipt is read", within: 30) {
                numbers += try reader.receive().compactMap { $0.body.first.map(Int.init) }
                return numbers.last == count - 1
            }
            #expect(numbers == Array((count - numbers.count)..<count), "in order, without gaps")
            #expect(numbers.count < count && numbers.count >= count - 16)
        }
    }
}
