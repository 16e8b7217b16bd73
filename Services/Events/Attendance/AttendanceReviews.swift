import Foundation
import Messages
import Postgres
import ServiceKit

/// An open question about an attendance: its person turned out to be the same as that of another
/// attendance of the same session. Both attendances have such a row, and both count until one is
/// corrected.
struct AttendanceReview: Aggregate {
    let attendance: AttendanceID
    let other: AttendanceID
    var isOpen = true
    var sequence: Int64 = 0

    var key: UUID { attendance.uuid }

    static let table = Table<AttendanceReview>(
        "attendance_review", key: "attendance",
        columns: [
            Column("attendance", { $0.attendance }), Column("other", { $0.other }),
            Column("is_open", { $0.isOpen }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        AttendanceReview(
            attendance: try row.next(AttendanceID.self), other: try row.next(AttendanceID.self),
            isOpen: try row.next(Bool.self), sequence: try row.next(Int64.self))
    }
}

/// Settles reviews of attendances.
enum AttendanceReviews {
    /// A correction of one of the two settles the review of both.
    static func settle(_ attendance: AttendanceID, _ unit: UnitOfWork) throws {
        guard var review = try unit.find(AttendanceReview.self, attendance.uuid), review.isOpen
        else { return }
        review.isOpen = false
        try unit.store(review)
        guard var other = try unit.find(AttendanceReview.self, review.other.uuid), other.isOpen,
            other.other == attendance
        else { return }
        other.isOpen = false
        try unit.store(other)
    }
}
