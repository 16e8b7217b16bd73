import Foundation
import Messages
import Postgres
import ServiceKit

/// One version of a headcount, with its publisher. Rows are never changed or deleted. The reason is
/// kept apart.
struct HeadcountVersion: Record {
    let headcount: Headcount
    let before: Headcount
    /// The broker user who corrected it.
    let publisher: String
    /// The command that made the version.
    let cause: UUID

    static let table = RecordTable<HeadcountVersion>(
        "headcount_version",
        columns: [
            Column("headcount", \.headcount.id), Column("version", \.headcount.sequence),
            Column("count_before", \.before.count), Column("method_before", \.before.method),
            Column("count", \.headcount.count), Column("method", \.headcount.method),
            Column("corrected_on", \.headcount.changedOn),
            Column("publisher", \.publisher), Column("cause", \.cause),
        ])
}

/// Corrects headcounts by the rules for attendances: before and after their session closes, and
/// with a reason if it is closed.
enum HeadcountCorrections {
    static func correct(_ command: CorrectHeadcount, _ unit: UnitOfWork) throws -> Emission {
        let held = try unit.require(
            Headcount.self, command.headcount.uuid, else: .unknownHeadcount, at: "/headcount")
        var session = try Sessions.requireHeld(held.session, at: "/headcount", unit)
        try session.requireReason(command.reason)
        try unit.requireOrder(
            command.correctedOn, from: held.changedOn, else: .dateTooEarly, at: "/correctedOn")
        session.headcount += command.count - held.count
        try unit.store(session)
        var headcount = held
        headcount.count = command.count
        headcount.method = command.method
        headcount.changedOn = command.correctedOn
        let fact = HeadcountCorrected(
            session.subject, headcount: headcount.id, countBefore: held.count,
            methodBefore: held.method, count: headcount.count, method: headcount.method,
            restated: session.isClosed, correctedOn: command.correctedOn,
            correctedBy: unit.publisher)
        let corrected = try unit.save(&headcount, fact)
        unit.append(
            HeadcountVersion(
                headcount: headcount, before: held, publisher: unit.publisher,
                cause: unit.message.id))
        unit.keep(command.reason, "reason", of: unit.message.id)
        return corrected
    }
}

extension RefusalCode {
    static let unknownHeadcount = RefusalCode("unknown_headcount", "the id of a recorded headcount")
}
