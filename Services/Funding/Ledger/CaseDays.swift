import Messages
import Postgres
import ServiceKit

/// Keeps the days of one case in order: of one loan, grant, donation or policy. The accounts of a fund add all cases up, so
/// they do not show that one of them has paid back more than it had on some day.
///
/// The rows of the case must be locked.
enum CaseDays {
    /// Refuses a day before the latest posting of a case.
    /// - Parameter latest: a query of one value, the day of that posting; null if there is none.
    static func requireLatest(
        _ day: BusinessDate, after latest: Statement, at pointer: String, _ unit: UnitOfWork
    ) throws {
        guard var row = try unit.query(latest).first?.cursor(),
            let last = try row.next(optional: BusinessDate.self)
        else { return }
        try day.require(from: last, else: .dateTooEarly, at: pointer)
    }

    /// Refuses an amount above what was left on that day and on every later one.
    /// - Parameters:
    ///   - lowest: a query of one value, the least amount left on any of these days.
    ///   - left: the rest of the sentence, such as "which are owed".
    static func requireLeft(
        _ amount: Fen, of lowest: Statement, from day: BusinessDate, else code: RefusalCode,
        at pointer: String, left: String, _ unit: UnitOfWork
    ) throws {
        guard let row = try unit.query(lowest).first else { return }
        let least = max(0, try row.decode(Int64.self, at: 0))
        guard amount.rawValue <= least else {
            throw Refusal(
                code, at: pointer,
                expected: "at most \(least) fen, \(left) on each day from \(day) on")
        }
    }
}
