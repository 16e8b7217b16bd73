import Foundation
import Messages
import Postgres
import ServiceKit

/// A period whose figures are final, with all periods that lie in it.
struct ClosedPeriod: Aggregate {
    let period: Period
    let closedOn: BusinessDate
    var sequence: Int64 = 0

    var key: String { period.wireText }

    static let table = Table(
        "closed_period", key: "name",
        also: [
            Column("start", \.period.start), Column("until", { $0.period.end.adding(days: 1) }),
        ], ClosedPeriod.init,
        Field([Column("name", \.key)]) { row in
            guard let period = Period(try row.next(String.self)) else {
                throw StoredValueError(type: "period")
            }
            return period
        },
        Field("closed_on", \.closedOn), Field("sequence", \.sequence))
}

/// Closing a period makes its cells final. Later facts lead to revisions, each with a vintage, a reason, and the version that it
/// replaces.
enum PeriodClosing {
    /// All figures of the period are final with the next edition, changed or not. This concerns all territories, so only the
    /// operator may do it.
    static func close(_ command: ClosePeriod, _ unit: UnitOfWork) throws -> Emission {
        let period = command.period
        let today = try Editions.today(unit.now, unit.query)
        guard period.end < today else {
            throw Refusal(
                .periodNotOver, at: "/period", expected: "a period that ended before \(today)")
        }
        guard command.closedOn > period.end else {
            throw Refusal(
                .periodNotOver, at: "/closedOn", expected: "a date after \(period.end)")
        }
        let span = period.span.rawValue
        try unit.execute(Summaries.lock)
        let closed = try unit.query(
            "SELECT FROM (SELECT is_closed(\(span)::span, \(period.start)) AS it) c WHERE c.it")
        guard closed.isEmpty else { throw Refusal(.periodClosed, at: "/period") }
        try unit.execute(Editions.noteChange)
        var row = ClosedPeriod(period: period, closedOn: command.closedOn)
        return try unit.save(&row, PeriodClosed(period: period, closedOn: command.closedOn))
    }
}

extension RefusalCode {
    static let periodNotOver = RefusalCode("period_not_over", "a period that is over")
    static let periodClosed = RefusalCode("period_closed", "a period that is not closed yet")
}
