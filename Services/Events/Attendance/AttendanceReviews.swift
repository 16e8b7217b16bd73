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

/// Opens and closes reviews of attendances.
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

    /// A correction of one of the two closes the review of both.
    static func close(
        of attendance: AttendanceID, on day: BusinessDate, by actor: Actor, _ unit: UnitOfWork
    ) throws -> [Emission] {
        guard let review = try unit.find(AttendanceReview.self, attendance.uuid), review.isOpen
        else { return [] }
        let other = try unit.find(AttendanceReview.self, named: review.other.uuid)
        let both = [review] + [other].compactMap { $0 }.filter { $0.other == attendance }
        return try close(both, on: day, by: actor, unit)
    }

    /// Closes those that are open. The fact belongs to the record that has the fact of the opening.
    static func close(
        _ reviews: [AttendanceReview], on day: BusinessDate, by actor: Actor? = nil,
        _ unit: UnitOfWork
    ) throws -> [Emission] {
        try reviews.filter(\.isOpen).compactMap { review in
            var review = review
            review.isOpen = false
            guard review.sequence > 0 else {
                try unit.store(review)
                return nil
            }
            guard let attendance = try unit.find(Attendance.self, named: review.attendance.uuid),
                let session = try unit.find(Session.self, named: attendance.session.uuid)
            else { throw StoredValueError(type: "review of an attendance") }
            let fact = AttendanceReviewClosed(
                session.subject, attendance: review.attendance, other: review.other,
                closedOn: day, actor: actor)
            return try unit.save(&review, fact)
        }
    }
}
