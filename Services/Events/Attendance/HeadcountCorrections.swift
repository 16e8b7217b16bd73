import Foundation
import Messages
import Postgres
import ServiceKit

/// What a headcount was from one version to the next, why, and who said so. Only ever added to.
struct HeadcountVersion: Record {
    let headcount: Headcount
    let before: Headcount
    let reason: String?
    /// The broker user who corrected it.
    let publisher: String
    /// The command that led to the version.
    let cause: UUID

    static let table = RecordTable<HeadcountVersion>(
        "headcount_version",
        columns: [
            Column("headcount", { $0.headcount.id }),
            Column("version", { $0.headcount.sequence }),
            Column("count_before", { $0.before.count }),
            Column("method_before", { $0.before.method.rawValue }),
            Column("count", { $0.headcount.count }),
            Column("method", { $0.headcount.method.rawValue }),
            Column("reason", optional: { $0.reason }),
            Column("corrected_on", { $0.headcount.changedOn }),
            Column("publisher", { $0.publisher }), Column("cause", { $0.cause }),
        ])
}

/// Corrects headcounts as attendances are: before their session closes and after, when it restates figures that
/// were published and needs a reason. Nothing else ever lowers the person-times of a closed session.
enum HeadcountCorrections {
    static func correct(_ command: CorrectHeadcount, _ unit: UnitOfWork) throws -> Emission {
        let held = try unit.require(
            Headcount.self, command.headcount.uuid, else: .unknownHeadcount, at: "/headcount")
        var session = try Sessions.requireHeld(held.session, at: "/headcount", unit)
        try session.requireReason(command.reason)
        try command.correctedOn.require(
            from: held.changedOn, else: .dateTooEarly, at: "/correctedOn")
        session.headcount += command.count - held.count
        try unit.store(session)
        var headcount = held
        headcount.count = command.count
        headcount.method = command.method
        headcount.changedOn = command.correctedOn
        let fact = HeadcountCorrected(
            headcount: headcount.id, session: session.id, activity: session.activity,
            kind: session.kind, programme: session.programme, territory: session.territory,
            startsOn: session.startsOn, countBefore: held.count, methodBefore: held.method,
            count: headcount.count, method: headcount.method, restated: session.isClosed,
            correctedOn: command.correctedOn, correctedBy: unit.publisher)
        let corrected = try unit.save(&headcount, fact)
        unit.append(
            HeadcountVersion(
                headcount: headcount, before: held, reason: command.reason,
                publisher: unit.publisher, cause: unit.message.id))
        return corrected
    }
}

extension RefusalCode {
    static let unknownHeadcount = RefusalCode("unknown_headcount", "the id of a recorded headcount")
}
