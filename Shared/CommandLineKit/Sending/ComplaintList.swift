public import Messages

/// Writes rejected and unanswered commands to standard error, up to a bound.
public struct ComplaintList {
    private static let limit = 20
    private var count = 0
    private let progress: ProgressBar

    public init(_ progress: ProgressBar) { self.progress = progress }

    public mutating func rejected(_ place: String, _ receipt: Receipt) {
        let decision = receipt.decision
        let reason = [
            decision.code, decision.pointer.map { "at \($0.isEmpty ? "the document" : $0)" },
            receipt.found.map { "found \($0)" }, decision.expected.map { "expected \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
        let fate = decision.status == .parked ? "would wait" : "rejected"
        say("\(place): \(fate): \(reason)")
    }

    public mutating func missing(_ publisher: CommandPublisher, _ place: (Int) -> String) {
        if let trouble = publisher.trouble { say("the broker: \(trouble)") }
        for item in publisher.unanswered {
            let reason = item.parkedFor.map { "parked, \($0)" } ?? "no receipt"
            say("\(place(item.line)): \(item.id): \(reason)")
        }
    }

    /// The last word, if some were left out.
    public func close() {
        if count > Self.limit { write("… and \(count - Self.limit) more") }
    }

    private mutating func say(_ text: String) {
        count += 1
        if count <= Self.limit { write(text) }
    }

    private func write(_ text: String) {
        progress.clear()
        writeError(text)
    }
}
