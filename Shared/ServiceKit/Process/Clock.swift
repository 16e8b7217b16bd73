internal import Foundation
public import Messages
internal import Postgres

extension Timestamp {
    /// The machine's own clock, for logs and tools. Services decide by the clock of their database.
    public static func now() -> Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    func adding(seconds: Int) -> Timestamp {
        Timestamp(microseconds: microseconds + Int64(seconds) * 1_000_000)
    }

    func adding(days: Int) -> Timestamp { adding(seconds: days * 86_400) }

    /// Whole seconds from this instant to a later one; none to an earlier one.
    public func seconds(until later: Timestamp) -> Int64 {
        max(0, later.microseconds - microseconds) / 1_000_000
    }

    /// The day in UTC.
    public var day: BusinessDate {
        let days = microseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
        return BusinessDate(day: Int32(days.quotient) - (days.remainder < 0 ? 1 : 0))
    }
}

/// The clock of the database, which all replicas of a service share. It is asked with each batch, and goes on by itself in between;
/// what the machine's own clock is set to does not matter.
struct DatabaseClock: Sendable {
    /// Seconds by which the machine's own clock may differ. Its times stand in logs, and publishers may be on the same machine.
    static let tolerance: Int64 = 5

    static let ask: Statement = "SELECT clock_timestamp()"

    private var time: Timestamp
    private var asked: ContinuousClock.Instant

    init(_ connection: Connection) throws {
        (time, asked) = (.now(), .now)
        try set(connection.run(Self.ask))
    }

    /// - Parameter rows: the answer that has just come.
    mutating func set(_ rows: Rows?) throws {
        guard let row = rows?.first else { return }
        (time, asked) = (try row.decode(Timestamp.self, at: 0), .now)
    }

    var now: Timestamp {
        let (seconds, attoseconds) = (ContinuousClock.now - asked).components
        return Timestamp(
            microseconds: time.microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    /// Seconds by which the machine's own clock is ahead, rounded; negative if it is behind.
    var difference: Int64 {
        let microseconds = Timestamp.now().microseconds - now.microseconds
        return (microseconds + (microseconds < 0 ? -500_000 : 500_000)) / 1_000_000
    }
}
