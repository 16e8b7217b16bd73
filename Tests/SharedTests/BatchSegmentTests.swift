import Foundation
import Messages
import Testing

@testable import ServiceKit

@Suite("How a batch is divided")
struct BatchSegmentTests {
    @Test func `What was decided is published before too much of it is held`() {
        let small = Publication(
            exchange: "nuanxin.receipts", routingKey: "office", id: UUID(),
            type: "funding.receipt.v1", correlationID: nil, body: [32], journal: nil)
        var large = small
        large.body = Array(repeating: 32, count: 8 << 20)
        #expect(!Batch.isFull([small, small]))
        #expect(Batch.isFull([small, large]))
    }
}
