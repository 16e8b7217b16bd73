public import Messages

/// Writes rejected and unanswered commands to standard error, up to a bound, and what was ignored of others.
public struct ComplaintList {
    private static let limit = 20
    private var count = 0
    /// Fields that were ignored. They are counted apart, so that they hide no rejection.
    private var ignored = 0
    private let progress: ProgressBar

    public init(_ progress: ProgressBar) { self.progress = progress }

    /// Writes what a receipt says besides that its command was accepted.
    public mutating func answered(_ place: String, _ receipt: Receipt) {
        if receipt.isRejection {
            rejected(place, receipt)
        } else if receipt.decision.status == .parked {
            say("\(place): \(receipt.decision.waiting)")
        }
        for field in receipt.ignored ?? [] {
            ignored += 1
            if ignored <= Self.limit { write("\(place): \(field.text)") }
        }
    }

    public mutating func rejected(_ place: String, _ receipt: Receipt) {
        let decision = receipt.decision
        guard decision.status != .parked else {
            return say("\(place): would wait: \(decision.reason(found: receipt.found))")
        }
        say("\(place): rejected: \(decision.reason(found: receipt.found))")
    }

    public mutating func missing(_ publisher: CommandPublisher, _ place: (Int) -> String) {
        if let trouble = publisher.trouble { say("the broker: \(trouble)") }
        for item in publisher.unanswered {
            say("\(place(item.line)): \(item.id): \(item.parked?.decision.waiting ?? "no receipt")")
        }
    }

    /// The last word, if some were left out.
    public func close() {
        if count > Self.limit { write("… and \(count - Self.limit) more") }
        if ignored > Self.limit { write("… and \(ignored - Self.limit) more ignored fields") }
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

extension Receipt.First {
    /// Why it waits, and until when.
    public var waiting: String { "parked: \(reason(found: nil))" }

    /// Code, place and what would be right; of what waits, the end of the wait too.
    func reason(found: String?) -> String {
        var parts = [
            code, pointer.map { "at \($0.isEmpty ? "the document" : $0)" },
            found.map { "found \($0)" }, expected.map { "expected \($0)" },
        ].compactMap(\.self)
        if status == .parked {
            parts.append(until.map { "until \($0) at the latest" } ?? "until an operator decides")
        }
        return parts.joined(separator: ", ")
    }
}

extension Receipt.IgnoredField {
    /// The field in words.
    public var text: String {
        guard !pointer.hasSuffix("/*") else {
            return "\(pointer) is ignored: a field there is none of this type; "
                + "its name is not repeated, because it may be personal"
        }
        let hint = nearest.map { "; it has \($0)" } ?? ""
        return "\(pointer) is ignored: the type has no such field\(hint)"
    }

    public var json: JSONValue {
        var value: JSONValue = ["pointer": .text(pointer)]
        value["nearest"] = nearest.map { .text($0) }
        return value
    }
}
