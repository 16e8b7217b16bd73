import Foundation
import Messages

/// Shifts at duty posts, for the tests of events.
extension EventsSamples {
    /// - Parameters: hours of 10 February 2020, UTC.
    static func shift(
        _ id: ShiftID = ShiftID(UUID()), at post: PostID, of person: PersonID,
        for household: HouseholdID? = nil, kind: PostKind = .lanePost, from: Int = 0, to: Int = 4,
        in community: String = community
    ) throws -> OfferShift {
        OfferShift(
            ShiftSubject(
                shift: id, post: post, postKind: kind, role: .volunteer,
                programme: try programme("epidemic-relief"), territory: try territory(community),
                person: person, household: household, startsAt: try hour(from),
                endsAt: try hour(to), dutyOn: try date("2020-02-10")),
            offeredOn: try date("2020-02-08"))
    }

    private static func hour(_ hour: Int) throws -> Timestamp {
        try time("2020-02-10T\(hour < 10 ? "0" : "")\(hour):00:00Z")
    }

    static func confirm(_ shift: ShiftID, on day: String = "2020-02-09") throws -> ConfirmShift {
        ConfirmShift(shift: shift, confirmedOn: try date(day))
    }

    static func checkIn(
        _ shift: ShiftID, at text: String = "2020-02-09T23:55:00Z"
    ) throws -> CheckInToShift {
        CheckInToShift(shift: shift, checkedInAt: try time(text))
    }

    static func complete(_ shift: ShiftID, on day: String = "2020-02-10") throws -> CompleteShift {
        CompleteShift(shift: shift, completedOn: try date(day))
    }

    static func noShow(_ shift: ShiftID, on day: String = "2020-02-10") throws -> RecordNoShow {
        RecordNoShow(shift: shift, recordedOn: try date(day))
    }
}
