internal import Foundation
public import Messages

/// A fact on its way to the journal.
public struct Emission: Sendable {
    public let fact: any Fact
    /// The aggregate's key, and which of its facts this is.
    public let subject: String
    public let sequence: Int64

    public init<A: Aggregate>(_ fact: any Fact, of row: A) {
        self.fact = fact
        subject = (row.key as? UUID)?.uuidString.lowercased() ?? "\(row.key)"
        sequence = row.sequence
    }
}

/// What a handler has made of a message that it takes. One that it does not take ends in a thrown `Refusal` or `Wait`.
enum Handled: Sendable {
    /// These facts follow from it.
    case accepted([Emission])
    /// What a query asked for. It goes into the receipt and is kept nowhere: a query that comes again is
    /// answered anew.
    case answered(any Codable & Sendable)
    /// A fact from which no other follows; what it says may have been known.
    case applied
}
