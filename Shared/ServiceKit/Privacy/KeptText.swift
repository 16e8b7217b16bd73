internal import Foundation
internal import Messages

/// What is kept in clear of texts that publishers choose outside of a message's fields: nobody's name stands among it.
enum KeptText {
    /// A correlation id that is a UUID. Any other text may say something.
    static func correlationID(_ text: String?) -> String? {
        text.flatMap { UUID(uuidString: $0) == nil ? nil : $0 }
    }
}

extension Examined {
    /// The correlation id that is stored while the message waits. In place of any other text there is the message's id.
    var keptCorrelationID: String? {
        KeptText.correlationID(intake.correlationID) ?? id?.wireText
    }
}

extension Refusal {
    /// The pointer that is stored. A name that stands twice is any name: only the attribute of the envelope in which it stands is
    /// kept. All other pointers name fields that a type has.
    var keptPointer: String {
        guard code == RefusalCode.repeatedName.code else { return pointer }
        return pointer == "/data" || pointer.hasPrefix("/data/") ? "/data" : ""
    }
}
