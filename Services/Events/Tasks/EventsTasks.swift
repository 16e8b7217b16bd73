import Messages
import People
import ServiceKit

extension TaskKind {
    /// A registration that a death or a merge has cancelled which turned out to be wrong: its place is gone.
    static let restoreRegistration = TaskKind("restore_registration")
    /// A shift that a death has cancelled which turned out to be wrong.
    static let restoreShift = TaskKind("restore_shift")
    /// A registration that a merge has made a second one of its person, or whose persons are not parent and child.
    static let reviewRegistration = TaskKind("review_registration")
    /// An attendance after the person's death, of a person who is recorded twice, or of a parent and a child who are one.
    static let reviewAttendance = TaskKind("review_attendance")
    /// A shift that somebody has served after death.
    static let reviewShift = TaskKind("review_shift")
    /// An individual service for somebody who was dead.
    static let reviewCasework = TaskKind("review_casework")
}

/// The tasks of those who run activities. Each is about one record: what a person's life demands may be in several territories.
enum EventsTasks {
    static let kinds: [TaskKind] = [
        .restoreRegistration, .restoreShift, .reviewRegistration, .reviewAttendance, .reviewShift,
        .reviewCasework,
    ]
    static let migration = Tasks.migration("0013_tasks")
    static let job = Tasks.job(kinds)

    static func register(in router: inout Router) {
        Tasks.register(
            in: &router, ListEventsTasks.self, SettleEventsTask.self, kinds: kinds,
            requireOfficer: { try Offices.held(by: $0, on: $1, $2) })
    }
}
