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

    static let table = Table(
        "attendance_review", key: "attendance", AttendanceReview.init,
        Field("attendance", \.attendance), Field("other", \.other), Field("is_open", \.isOpen),
        Field("sequence", \.sequence))
}

/// Opens and settles reviews of attendances.
enum AttendanceReviews {
    /// A review of the two; nil if people look at them.
    static func open(
        _ attendance: AttendanceID, _ other: AttendanceID, _ unit: UnitOfWork
    ) throws -> AttendanceReview? {
        let held = try unit.find(AttendanceReview.self, attendance.uuid)
        if let held, held.isOpen, held.other == other { return nil }
        return AttendanceReview(
            attendance: attendance, other: other, sequence: held?.sequence ?? 0)
    }

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
