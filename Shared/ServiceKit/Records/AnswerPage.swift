public import Foundation
public import Messages

/// One list of an answer, page by page.
public struct AnswerPage<R> {
    /// Those that are shown.
    public let records: [R]
    /// `after` of the next page; nil on the last page.
    public let next: RecordID?

    /// - Parameters:
    ///   - records: one more than the limit, if there are more.
    ///   - isShown: whether the publisher may see a record.
    public init(
        _ records: [R], _ limit: Int, _ isShown: (R) throws -> Bool = { _ in true }
    ) rethrows where R: Row, R.Key == UUID {
        let page = Array(records.prefix(limit))
        self.records = try page.filter(isShown)
        next = records.count > limit ? page.last.map { RecordID($0.key) } : nil
    }
}
