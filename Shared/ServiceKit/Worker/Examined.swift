internal import Foundation
internal import Messages

/// A message that was looked at: what it is, or why it is nothing.
struct Examined {
    let intake: Intake
    /// Of publisher and body, under the service's secret: two messages with one id are the same if this is the
    /// same.
    let digest: [UInt8]
    /// What the document says that it is; nil if it says nothing.
    let type: String?
    /// Whether the body may be stored: it is no other service's, and not too large.
    let mayKeepBody: Bool
    let id: UUID?
    let content: Result<Message, Refusal>

    /// Whether it is a copy under another routing key. The broker checks the permission for the first key alone, so that
    /// publishers could reach services that they may not send to.
    let isCopy: Bool

    /// Whether it is a command that is to be decided, with nothing kept; one that is malformed too. A query keeps nothing but who
    /// read whom, which a dry run must not hide; so there is none of a query.
    var isDryRun = false
    /// The fields of a command that its type does not have.
    var ignored: [Receipt.IgnoredField] = []
}
