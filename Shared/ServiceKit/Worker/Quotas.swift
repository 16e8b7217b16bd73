internal import Foundation
internal import Logging
internal import Messages
internal import Postgres

/// What one publisher may leave in a service's database. Above that, the service keeps no more of it, and says so to that
/// publisher alone.
///
/// Each worker counts every few seconds, so a publisher may be above its quota by what arrives meanwhile. Facts have no
/// quota: nothing of another service is turned away.
struct Quotas {
    enum Quota: String, CaseIterable {
        case rate, parked
        case deadLetters = "dead_letters"
    }

    /// Messages of one publisher, and the bytes of their bodies.
    struct Limit {
        let messages: Int64
        let bytes: Int64
    }

    /// Commands that wait. An import may send all that waits for one other message before that message.
    static let parked = Limit(messages: 100_000, bytes: 256 << 20)
    /// Open dead letters. More than an operator reads.
    static let deadLetters = Limit(messages: 10_000, bytes: 64 << 20)
    private static let interval: Duration = .seconds(5)

    /// Publishers at their quota; the empty name stands for messages that name none.
    private var full: [Quota: Set<String>] = [:]
    /// Messages of which nothing is kept, by quota and publisher.
    private var turnedAway: [Quota: [String: Int]] = [:]
    private var next: ContinuousClock.Instant = .now + interval

    /// Measures from the start that nothing was turned away: Prometheus sees only changes.
    static func measureNone() {
        for quota in Quota.allCases { Measurements.overQuota(quota.rawValue, 0) }
    }

    /// Whether nothing may be kept of a message from a queue. Such messages are counted.
    mutating func turnsAway(_ quota: Quota, _ intake: Intake) -> Bool {
        let publisher = intake.publisher ?? ""
        guard !intake.isParked, intake.origin != .facts, full[quota]?.contains(publisher) == true
        else { return false }
        note(quota, intake)
        return true
    }

    mutating func note(_ quota: Quota, _ intake: Intake) {
        turnedAway[quota, default: [:]][intake.publisher ?? "", default: 0] += 1
    }

    /// Measures what was turned away, once the transaction is committed.
    func measure(_ logger: Logger) {
        for (quota, publishers) in turnedAway {
            for (publisher, count) in publishers {
                Measurements.overQuota(quota.rawValue, count)
                logger.warning(
                    "publisher over quota",
                    metadata: [
                        "publisher": "\(publisher)", "quota": "\(quota.rawValue)",
                        "messages": "\(count)",
                    ])
            }
        }
    }

    /// Counts, if it is time for that.
    mutating func countIfDue(_ connection: Connection) throws {
        if ContinuousClock.now >= next { try count(connection) }
    }

    mutating func count(_ connection: Connection) throws {
        next = .now + Self.interval
        full = [:]
        for row in try connection.run(Self.select) {
            var row = row.cursor()
            guard let quota = Quota(rawValue: try row.next(String.self)) else { continue }
            full[quota, default: []].insert(try row.next(String.self))
        }
    }

    /// A body's length is known without reading it.
    private static let select: Statement = """
        SELECT 'parked', coalesce(publisher, '') FROM parked WHERE origin <> 'facts' GROUP BY 2
        HAVING count(*) >= \(parked.messages) OR sum(octet_length(body)) >= \(parked.bytes)
        UNION ALL
        SELECT 'dead_letters', coalesce(publisher, '') FROM dead_letter
        WHERE state = 'open' AND origin <> 'facts' GROUP BY 2
        HAVING count(*) >= \(deadLetters.messages)
            OR sum(octet_length(body)) >= \(deadLetters.bytes)
        """
}
