import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Raises the tasks for an office when lives change and nothing follows from that by itself.
///
/// Each task follows from what its record and registry say now, so news in any order end in the same tasks.
enum LifeTasks {
    /// Raises and settles the tasks of the records concerned. Only for handlers registered `alone`.
    static func follow(_ changes: [LifeChange], _ unit: UnitOfWork) throws {
        for change in changes {
            let persons = try [change.after.id, change.before?.mergedInto].compactMap { id in
                try id.flatMap { try Persons.find($0, unit) }
            }
            let ids = try Set(persons.flatMap { try Persons.ids(of: $0.id, unit).map(\.uuid) })
                .sorted { $0.uuidString < $1.uuidString }
            let day = change.day ?? unit.days.today
            try RegistrationTasks.follow(
                ids, reviewing: change.isMerge || change.isBirth, on: day, unit)
            try ShiftTasks.followRestored(ids, on: day, unit)
            let deaths = [change.before?.diedOn, change.after.diedOn] + persons.map(\.diedOn)
            if let first = deaths.compactMap(\.self).min() {
                try AttendanceTasks.follow(ids, after: first, unit)
                try ShiftTasks.follow(ids, after: first, on: day, unit)
                try CaseworkTasks.follow(ids, after: first, unit)
            }
            if change.isMerge { try AttendanceTasks.followMerge(ids, unit) }
            if try Persons.find(change.after.id, unit)?.isErased == true {
                try eraseTexts(of: ids, unit)
            }
        }
    }

    /// The reasons for which tasks about records of an erased person were dismissed go too.
    private static func eraseTexts(of ids: [UUID], _ unit: UnitOfWork) throws {
        let records = try unit.query(
            """
            SELECT id FROM attendance WHERE person = ANY(\(ids)) OR child = ANY(\(ids))
            UNION ALL
            SELECT id FROM session_registration WHERE person = ANY(\(ids)) OR child = ANY(\(ids))
            UNION ALL
            SELECT id FROM shift WHERE person = ANY(\(ids))
            UNION ALL
            SELECT id FROM casework WHERE person = ANY(\(ids))
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        unit.eraseTexts(about: records)
    }
}
