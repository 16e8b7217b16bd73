import Foundation

/// One line on standard error that says how far something is, if that is a terminal; otherwise nothing.
public final class ProgressBar {
    private static let interval = Duration.milliseconds(100)
    private static let width = 24

    private let title: String
    private let total: Int
    private let isShown = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private var last: ContinuousClock.Instant?
    private var done = 0
    private let unit: String

    /// - Parameters:
    ///   - total: 0 if nobody knows.
    ///   - unit: what is counted a second.
    public init(_ title: String, total: Int, unit: String = "") {
        self.title = title
        self.total = total
        self.unit = unit
    }

    /// - Parameters:
    ///   - items: what the rate counts, if that is not what the bar measures.
    ///   - note: a few words after the figures.
    public func show(_ done: Int, items: Int? = nil, note: String = "") {
        self.done = done
        guard isShown else { return }
        let now = ContinuousClock.now
        if let last, now - last < Self.interval { return }
        last = now
        draw(items ?? done, note, now - start)
    }

    /// Leaves the last state on the terminal.
    public func finish(items: Int? = nil, note: String = "") {
        guard isShown else { return }
        draw(items ?? done, note, ContinuousClock.now - start)
        write("\n")
    }

    /// Removes the line, so that something else can be said there; the next `show` brings it back.
    public func clear() {
        guard isShown, last != nil else { return }
        last = nil
        write("\r\u{1B}[K")
    }

    private func draw(_ items: Int, _ note: String, _ elapsed: Duration) {
        let seconds = max(elapsed.inSeconds, 0.001)
        var parts = [title]
        if total > 0 {
            let share = min(1, Double(done) / Double(total))
            let filled = Int(share * Double(Self.width))
            let bar =
                String(repeating: "#", count: filled)
                + String(repeating: "-", count: Self.width - filled)
            parts.append("[\(bar)] \(Int(share * 100)) %")
            if done > 0, done < total {
                let left = seconds * Double(total - done) / Double(done)
                parts.append("\(Int(left.rounded(.up))) s left")
            } else {
                parts.append("\(Int(seconds.rounded())) s")
            }
        }
        parts.append("\(items) \(unit)(\(Int(Double(items) / seconds))/s)")
        if !note.isEmpty { parts.append(note) }
        write("\r" + parts.joined(separator: "  ") + "\u{1B}[K")
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
