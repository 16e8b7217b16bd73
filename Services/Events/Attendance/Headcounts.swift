import Foundation
import Messages
import Postgres
import ServiceKit

/// A number of unnamed persons who were at a session, besides those on its roster.
struct Headcount: Aggregate {
    let id: HeadcountID
    var session: SessionID
    /// 0 if a correction has said that nobody was there.
    var count: Int
    var method: HeadcountMethod
    /// Whether they were there beyond the session's places.
    var isBeyond = false
    let recordedOn: BusinessDate
    /// The date of the last correction, or of the record if there was none.
    var changedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "headcount", key: "id", Headcount.init,
        Field("id", \.id), Field("session", \.session), Field("count", \.count),
        Field("method", \.method), Field("beyond_capacity", \.isBeyond),
        Field("recorded_on", \.recordedOn), Field("changed_on", \.changedOn),
        Field("sequence", \.sequence))
}

/// Records headcounts. All headcounts of a session are added up.
///
/// Capacity bounds them together with the roster. More people come to an open hall than it has chairs, so a headcount may be beyond
/// the capacity; but it says so, and why. It does not take the places of others then.
enum Headcounts {
    static func record(_ command: RecordHeadcount, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Headcount.self, command.headcount.uuid, else: .headcountExists, at: "/headcount")
        var session = try Sessions.requireBegun(command.session, unit)
        var headcount = Headcount(
            id: command.headcount, session: command.session, count: command.count,
            method: command.method, isBeyond: command.beyondCapacity == true,
            recordedOn: command.recordedOn, changedOn: command.recordedOn)
        try session.add(headcount)
        try unit.store(session)
        unit.keep(command.reason, "reason", of: unit.message.id)
        let fact = HeadcountRecorded(
            headcount: headcount.id, session: session.id, activity: session.activity,
            kind: session.kind, programme: session.programme, territory: session.territory,
            count: headcount.count, method: headcount.method, startsOn: session.startsOn,
            beyondCapacity: headcount.isBeyond ? true : nil)
        return try unit.save(&headcount, fact)
    }
}

extension Session {
    /// Adds unnamed persons. Refuses more than there are places for, unless they were there beyond them.
    mutating func add(_ counted: Headcount) throws(Refusal) {
        if counted.isBeyond {
            beyond += counted.count
        } else {
            try requireRoom(for: counted.count, else: .beyondCapacity, at: "/count")
        }
        headcount += counted.count
    }

    mutating func remove(_ counted: Headcount) {
        headcount -= counted.count
        if counted.isBeyond { beyond -= counted.count }
    }
}

extension RefusalCode {
    static let headcountExists = RefusalCode(
        "headcount_exists", "the id of a headcount that was not recorded yet")
    static let beyondCapacity = RefusalCode(
        "beyond_capacity",
        "no more persons than there are places left, or `beyondCapacity` with a reason")
}
