import Foundation
import Messages

@testable import ServiceSupport

/// Corrections that come near a constraint of the tables of events.
enum EventsWalkLimits {
    typealias Limit = CorrectionLimit<EventsWalkWorld>
    private typealias Samples = EventsSamples

    static let rows = presence + registrations + sessions + shifts + materials + others

    // MARK: Who was there

    private static let presence: [Limit] = [
        Limit("a void attendance, whose person was recorded again", .refused("already_attended")) {
            let void = try $0.correctAttendance(to: $0.person, void: true)
            return try $0.open() + [$0.attend($0.record), void, $0.attend($0.before)]
        } then: {
            try $0.correctAttendance(to: $0.person)
        },
        Limit("an attendance of somebody who is on the roster", .refused("already_attended")) {
            try $0.open() + [$0.attend($0.record), $0.attend($0.before, of: $0.other)]
        } then: {
            try $0.correctAttendance(to: $0.other)
        },
        Limit("a void attendance, whose place is taken", .refused("session_full")) {
            let void = try $0.correctAttendance(to: $0.person, void: true)
            return try $0.open(capacity: 1) + [
                $0.attend($0.record), void, $0.attend($0.before, of: $0.other),
            ]
        } then: {
            try $0.correctAttendance(to: $0.person)
        },
        Limit("an attendance at a session that is full", .refused("session_full")) {
            let full = try Samples.session(
                SessionID($0.before), of: $0.activity, capacity: 1)
            return try $0.open() + [
                full, $0.attend($0.record), $0.attend(UUID(), at: full.session, of: $0.other),
            ]
        } then: {
            try $0.correctAttendance(to: $0.person, at: SessionID($0.before))
        },
        Limit("an attendance at a cancelled session", .refused("session_cancelled")) {
            let cancelled = SessionID($0.before)
            return try $0.open() + [
                Samples.session(cancelled, of: $0.activity), Samples.cancel(cancelled),
                $0.attend($0.record),
            ]
        } then: {
            try $0.correctAttendance(to: $0.person, at: SessionID($0.before))
        },
        Limit("a larger headcount than there are places", .refused("beyond_capacity")) {
            try $0.open(capacity: 5) + [
                $0.attend($0.before),
                Samples.headcount(HeadcountID($0.record), at: $0.session, count: 3),
            ]
        } then: {
            try $0.correctHeadcount(to: 5)
        },
        Limit("a headcount beyond the places", .accepted) {
            try $0.open(capacity: 5) + [
                Samples.headcount(HeadcountID($0.record), at: $0.session, count: 3)
            ]
        } then: {
            try $0.correctHeadcount(to: 50, beyond: true)
        },
        Limit("a headcount beyond the places, within them", .refused("beyond_capacity")) {
            try $0.open(capacity: 5) + [
                Samples.headcount(HeadcountID($0.record), at: $0.session, count: 3),
                $0.correctHeadcount(to: 50, beyond: true),
            ]
        } then: {
            try $0.correctHeadcount(to: 6, beyond: false)
        },
    ]

    // MARK: Registrations

    private static let registrations: [Limit] = [
        Limit("a registration of somebody who has one", .refused("already_registered")) {
            try $0.open() + [$0.register($0.record), $0.register($0.before, of: $0.other)]
        } then: {
            try $0.correctRegistration(to: $0.other)
        },
        Limit("a cancelled one of somebody who has another", .refused("already_registered")) {
            try $0.open() + [
                $0.register($0.record), Samples.cancel(RegistrationID($0.record)),
                $0.register($0.before),
            ]
        } then: {
            try $0.restoreRegistration()
        },
        Limit("a cancelled one, whose place is taken", .accepted) {
            try $0.open(capacity: 1) + [
                $0.register($0.record), Samples.cancel(RegistrationID($0.record)),
                $0.register($0.before, of: $0.other),
            ]
        } then: {
            try $0.restoreRegistration()
        },
        Limit("one that waited, was cancelled and waits again", .accepted) {
            try $0.open(capacity: 1) + [
                $0.register($0.before, of: $0.other), $0.register($0.record),
                Samples.cancel(RegistrationID($0.record)),
            ]
        } then: {
            try $0.restoreRegistration()
        },
    ]

    // MARK: Sessions

    private static let sessions: [Limit] = [
        Limit("fewer places than are taken", .refused("places_taken")) {
            try $0.open(capacity: 2) + [
                $0.register($0.record), $0.register($0.before, of: $0.other),
            ]
        } then: {
            ResizeSession(session: $0.session, capacity: 1, try $0.correction())
        },
        Limit("fewer places than persons were there", .refused("places_taken")) {
            try $0.open() + [$0.attend($0.record), $0.attend($0.before, of: $0.other)]
        } then: {
            ResizeSession(session: $0.session, capacity: 1, try $0.correction())
        },
        Limit("a closed session after its closing", .refused("closed_before_start")) {
            try $0.open() + [Samples.close($0.session)]
        } then: {
            MoveSession(
                session: $0.session, startsOn: try $0.day("2019-03-10"),
                territory: try Samples.territory(), try $0.correction())
        },
        Limit("a cancelled session, to another day", .refused("session_cancelled")) {
            try $0.open() + [Samples.cancel($0.session)]
        } then: {
            MoveSession(
                session: $0.session, startsOn: try $0.day("2019-03-10"),
                territory: try Samples.territory(), try $0.correction())
        },
        Limit("a cancelled session that was full and had a line", .accepted) {
            try $0.open(capacity: 1) + [
                $0.register($0.record), $0.register($0.before, of: $0.other),
                $0.attend($0.before), Samples.cancel($0.session),
            ]
        } then: {
            ReopenSession(session: $0.session, try $0.correction())
        },
    ]

    // MARK: Shifts

    private static let shifts: [Limit] = [
        Limit("a shift into the hours of another one", .refused("elsewhere_on_duty")) {
            [
                try $0.offer($0.record), try $0.confirm($0.record),
                try $0.offer($0.before, from: 5, to: 9), try $0.confirm($0.before),
            ]
        } then: {
            try $0.correctShift(to: 6)
        },
        Limit("a shift to the hours up to another one", .accepted) {
            [
                try $0.offer($0.record), try $0.confirm($0.record),
                try $0.offer($0.before, from: 5, to: 9), try $0.confirm($0.before),
            ]
        } then: {
            try $0.correctShift(to: 5)
        },
        Limit("a missed shift, in whose hours another one is", .refused("elsewhere_on_duty")) {
            [
                try $0.offer($0.record), try $0.confirm($0.record),
                try Samples.noShow(ShiftID($0.record)), try $0.offer($0.before),
                try $0.confirm($0.before),
            ]
        } then: {
            ReopenShift(shift: ShiftID($0.record), try $0.correction())
        },
        Limit("a shift that ends before the check-in", .refused("checked_in_late")) {
            [
                try $0.offer($0.record), try $0.confirm($0.record),
                try Samples.checkIn(ShiftID($0.record), at: "2020-02-10T02:00:00Z"),
            ]
        } then: {
            try $0.correctShift(to: 1)
        },
    ]

    // MARK: Materials

    private static let materials: [Limit] = [
        Limit("a printing, of which copies were handed out", .refused("not_enough_printed")) {
            [try $0.printing(), try $0.distribute()]
        } then: {
            VoidPrinting(printing: PrintingID($0.record), try $0.correction())
        },
        Limit("fewer copies than were handed out", .refused("not_enough_printed")) {
            [try $0.printing(), try $0.distribute()]
        } then: {
            try $0.correctPrint(9)
        },
        Limit("a printing after copies were handed out", .refused("not_enough_printed")) {
            [try $0.printing(), try $0.distribute()]
        } then: {
            try $0.correctPrint(100, on: "2019-06-02")
        },
        Limit("more copies than were printed", .refused("not_enough_printed")) {
            [try $0.printing(), try $0.distribute()]
        } then: {
            try $0.correctDistribution(101)
        },
        Limit("fewer copies than came back", .refused("fewer_than_returned")) {
            [
                try $0.printing(), try $0.distribute(),
                try Samples.materialReturn(of: DistributionID($0.record), 4),
            ]
        } then: {
            try $0.correctDistribution(3)
        },
        Limit("handed out after copies came back", .refused("fewer_than_returned")) {
            [
                try $0.printing(), try $0.distribute(),
                try Samples.materialReturn(of: DistributionID($0.record), 4),
            ]
        } then: {
            try $0.correctDistribution(10, on: "2019-06-11")
        },
        Limit("a distribution, of which copies were handed out again", .accepted) {
            [
                try $0.printing(10), try $0.distribute(),
                try Samples.materialReturn(of: DistributionID($0.record), 4),
                try Samples.distribution(of: $0.material, 4, on: "2019-06-11"),
            ]
        } then: {
            VoidDistribution(distribution: DistributionID($0.record), try $0.correction())
        },
        Limit("a void distribution, whose copies are gone", .refused("not_enough_printed")) {
            [
                try $0.printing(10), try $0.distribute(),
                VoidDistribution(
                    distribution: DistributionID($0.record), try $0.correction()),
                try Samples.distribution(of: $0.material, 4),
            ]
        } then: {
            try $0.correctDistribution(10)
        },
    ]

    // MARK: Audiences and individual services

    private static let others: [Limit] = [
        Limit("a void reading, of whose time there is another", .refused("already_counted")) {
            let void = VoidReach(reach: ReachID($0.record), try $0.correction())
            return [try $0.reading($0.record), void, try $0.reading($0.before, count: 400)]
        } then: {
            CorrectReach(try $0.reading($0.record), try $0.correction())
        },
        Limit("a reading to the time of another one", .refused("already_counted")) {
            [try $0.reading($0.record), try $0.reading($0.before, on: 8)]
        } then: {
            CorrectReach(try $0.reading($0.record, on: 8), try $0.correction())
        },
        Limit("a reading to the other side of another one", .accepted) {
            [
                try $0.reading($0.record), try $0.reading($0.before, count: 400, on: 8),
                try $0.reading(UUID(), count: 450, on: 6),
            ]
        } then: {
            CorrectReach(try $0.reading($0.record, on: 7), try $0.correction())
        },
        Limit("the reading of a cancelled session", .refused("session_cancelled")) {
            try [$0.reading($0.record)] + $0.open() + [Samples.cancel($0.session)]
        } then: {
            var reading = try $0.reading($0.record)
            reading.session = $0.session
            return CorrectReach(reading, try $0.correction())
        },
        Limit("a void service, of which all is right", .accepted) {
            [
                try $0.serve(),
                VoidCasework(casework: CaseworkID($0.record), try $0.correction()),
            ]
        } then: {
            CorrectCasework(try $0.serve(), try $0.correction())
        },
    ]
}
