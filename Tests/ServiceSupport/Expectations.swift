import Foundation
import Messages
import ServiceKit
import Support
import Testing

/// Expects a refusal with that code at that place inside `data`.
func expectRefusal(
    _ outcome: Outcome, _ code: String, at pointer: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(outcome.refusal?.code == code, sourceLocation: sourceLocation)
    #expect(outcome.refusal?.pointer == "/data" + pointer, sourceLocation: sourceLocation)
}

/// Expects the message to wait for that id, and to be refused with that code when it never comes.
func expectWait(
    _ outcome: Outcome, for id: UUID, else code: String, at pointer: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(outcome.wait?.id == id, sourceLocation: sourceLocation)
    #expect(outcome.wait?.otherwise.code == code, sourceLocation: sourceLocation)
    #expect(outcome.wait?.otherwise.pointer == "/data" + pointer, sourceLocation: sourceLocation)
}
