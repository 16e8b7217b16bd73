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

/// The result of a handler that accepted its message. Otherwise it throws a `Refusal` or a `Wait`.
enum Handled: Sendable {
    /// These facts follow from it.
    case accepted([Emission])
    /// The answer to a query. It goes into the receipt and is kept nowhere: a query that comes again is
    /// answered anew.
    case answered(any Codable & Sendable)
    /// A fact was taken in, and no other fact follows. It may have been known.
    case applied
}
