/// Seconds that a benchmark waits; then it has not finished, and says so. Many times what was ever measured, so that a slow
/// machine is not taken for a fault.
enum Patience {
    /// For the broker's next confirm or message, where nobody else is at work.
    static let broker = 30.0
    /// For a service that was started, until it has done a first little work.
    static let start = 60.0
    /// For what is measured.
    static let work = 600.0
    /// For what is prepared, which may be a million households.
    static let preparation = 1_800.0
}

/// A wait that ends: what nobody has got by then did not come.
struct Deadline {
    private let end: ContinuousClock.Instant
    private let seconds: Double

    init(_ seconds: Double) {
        end = .now + .seconds(seconds)
        self.seconds = seconds
    }

    /// - Throws: `Unfinished` once the time is over.
    func check(_ what: @autoclosure () -> String) throws {
        guard ContinuousClock.now < end else {
            throw Unfinished(description: "not within \(Int(seconds)) s: \(what())")
        }
    }
}

/// A measurement that did not come to its end.
struct Unfinished: Error, CustomStringConvertible {
    let description: String
}
