import Foundation
import Messages
import Postgres
import ServiceKit

/// A number of unnamed persons who were at a session, besides those on its roster.
struct Headcount: Aggregate {
    let id: HeadcountID
    let session: SessionID
    /// 0 if a correction has said that nobody was there.
    var count: Int
    var method: HeadcountMethod
    let recordedOn: BusinessDate
    /// The date of the last correction, or of the record if there was none.
    var changedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "headcount", key: "id", Headcount.init,
        Field("id", \.id), Field("session", \.session), Field("count", \.count),
        Field("method", \.method), Field("recorded_on", \.recordedOn),
        Field("changed_on", \.changedOn), Field("sequence", \.sequence))
}

/// Records headcounts. All headcounts of a session are added up.
enum Headcounts {
    static func record(_ command: RecordHeadcount, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Headcount.self, command.headcount.uuid, else: .headcountExists, at: "/headcount")
        var session = try Sessions.requireBegun(command.session, unit)
        session.headcount += command.count
        try unit.store(session)
        var headcount = Headcount(
            id: command.headcount, session: command.session, count: command.count,
            method: command.method, recordedOn: command.recordedOn, changedOn: command.recordedOn)
        let fact = HeadcountRecorded(
            headcount: headcount.id, session: session.id, activity: session.activity,
            kind: session.kind, programme: session.programme, territory: session.territory,
            count: headcount.count, method: headcount.method, startsOn: session.startsOn)
        return try unit.save(&headcount, fact)
    }
}

extension RefusalCode {
    static let headcountExists = RefusalCode(
        "headcount_exists", "the id of a headcount that was not recorded yet")
}
