import Foundation
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
