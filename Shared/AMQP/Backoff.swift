/// Spaces tries to connect: 100 ms, doubled with each failure, 5 s at most.
public struct Backoff: Sendable {
    private static let shortest: Duration = .milliseconds(100)
    private static let longest: Duration = .seconds(5)
    private var delay = Self.shortest
    private var due: ContinuousClock.Instant = .now

    public init() {}

    /// Whether it is time for another try.
    public var isDue: Bool { ContinuousClock.now >= due }

    public mutating func failed() {
        due = .now + delay
        delay = min(delay * 2, Self.longest)
    }

    public mutating func succeeded() { delay = Self.shortest }
}
