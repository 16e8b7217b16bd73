import Foundation
import Messages
import Testing

@testable import ServiceKit

@Suite("How a batch is divided")
struct BatchSegmentTests {
    private func receipt(bytes: Int) -> Publication {
        Publication(
            exchange: "nuanxin.receipts", routingKey: "office", id: UUID(),
            type: "funding.receipt.v1", correlationID: nil,
            body: Array(repeating: 32, count: bytes), journal: nil)
    }

    @Test func `What was decided is published before too much of it is held`() {
        #expect(!Batch.isFull([]))
        #expect(!Batch.isFull([receipt(bytes: 1), receipt(bytes: (8 << 20) - 2)]))
        #expect(Batch.isFull([receipt(bytes: 1), receipt(bytes: (8 << 20) - 1)]))
    }
}
