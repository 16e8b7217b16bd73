import Foundation
import Messages
import Postgres
import ServiceKit

/// One version of a headcount, with its publisher. Rows are never changed or deleted. The reason is
/// kept apart.
struct HeadcountVersion: Record {
    let headcount: Headcount
    let before: Headcount
    let correctedOn: BusinessDate
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
            Column("session", \.headcount.session),
            Column("beyond_capacity", \.headcount.isBeyond),
            Column("corrected_on", \.correctedOn),
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
        try Corrections.requireActor(
            command.actor, over: session.territory, on: command.correctedOn, unit)
        try unit.requireOrder(
            command.correctedOn, from: held.changedOn, else: .dateTooEarly, at: "/correctedOn")
        var headcount = held
        headcount.count = command.count
        headcount.method = command.method
        headcount.isBeyond = command.beyondCapacity ?? held.isBeyond
        headcount.session = command.session ?? held.session
        guard
            (headcount.session, headcount.count, headcount.method, headcount.isBeyond)
                != (held.session, held.count, held.method, held.isBeyond)
        else { throw Refusal(.nothingChanges, at: "/headcount") }
        headcount.changedOn = command.correctedOn
        session.remove(held)
        let wasClosed = session.isClosed
        if let other = command.session, other != session.id {
            try unit.store(session)
            session = try Sessions.requireHeld(other, unit)
            try session.requireReason(command.reason)
        }
        try session.add(headcount)
        try unit.store(session)
        unit.keep(command.reason, "reason", of: unit.message.id)
        return try save(
            headcount, before: held, session, on: command.correctedOn, by: command.actor,
            restated: wasClosed || session.isClosed, unit)
    }

    /// Saves a new version, and says what holds now.
    /// - Parameters:
    ///   - actor: the officer who has decided it; nil if nobody was named.
    ///   - restated: whether a session that was closed counts otherwise.
    static func save(
        _ headcount: Headcount, before: Headcount, _ session: Session, on day: BusinessDate,
        by actor: Actor?, restated: Bool, _ unit: UnitOfWork
    ) throws -> Emission {
        var headcount = headcount
        let fact = HeadcountCorrected(
            session.subject, headcount: headcount.id, countBefore: before.count,
            methodBefore: before.method, count: headcount.count, method: headcount.method,
            restated: restated, correctedOn: day, correctedBy: unit.publisher,
            beyondCapacity: headcount.isBeyond ? true : nil, actor: actor)
        let saved = try unit.save(&headcount, fact)
        unit.append(
            HeadcountVersion(
                headcount: headcount, before: before, correctedOn: day,
                publisher: unit.publisher, cause: unit.message.id))
        return saved
    }
}

extension RefusalCode {
    static let unknownHeadcount = RefusalCode("unknown_headcount", "the id of a recorded headcount")
}
