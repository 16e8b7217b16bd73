import Messages

// Contributions of events' facts about sessions, divided by the kind of activity and counted on the day the session
// starts.

extension SessionSubject {
    /// A session was held once it is closed. Its persons have contributed one by one.
    fileprivate func entry(held: Bool) -> Entry {
        Entry(
            source: .session, record: "session/\(session)", territory: territory, day: startsOn,
            programme: programme, dimension: kind.rawValue, ground: session.uuid, isVoid: !held)
    }
}

extension SessionClosed: Contributing {
    var entry: Entry { about.entry(held: true) }
}

extension SessionReopened: Contributing {
    /// It is not held until it is closed again.
    var entry: Entry { about.entry(held: false) }
}

extension SessionMoved: Contributing {
    /// Facts about its attendances and headcounts follow.
    var entry: Entry { about.entry(held: held) }
}

extension SessionCorrected: Contributing {
    /// Facts about its attendances and headcounts follow.
    var entry: Entry { about.entry(held: held) }
}

/// An attendance as its newest fact has it.
protocol Attending: Contributing {
    var attendance: AttendanceID { get }
    var session: SessionID { get }
    var kind: ActivityKind { get }
    var programme: Programme { get }
    var territory: TerritoryCode { get }
    var startsOn: BusinessDate { get }
    var person: PersonID { get }
    var child: PersonID? { get }
    var household: HouseholdID? { get }
}

extension Attending {
    /// - Parameter part: of the attendance; empty for its person-times.
    fileprivate func entry(
        _ source: Source, _ part: String = "", times: Int = 1, amount: Int = 0,
        of subject: ID<some Any>?, void: Bool
    ) -> Entry {
        Entry(
            source: source, record: "attendance/\(attendance)\(part)", territory: territory,
            day: startsOn, programme: programme, dimension: kind.rawValue, times: Int64(times),
            amount: Int64(amount), subject: subject?.uuid, ground: session.uuid, isVoid: void)
    }

    /// A child is a person of its own, whose person-time is among those of the attendance.
    fileprivate func childEntry(void: Bool) -> Entry {
        entry(.attendance, "/child", times: 0, of: child, void: void || child == nil)
    }
}

extension AttendanceRecorded: Attending {
    var entry: Entry {
        entry(
            .attendance, times: personTimes ?? 1, amount: identified ?? 1, of: person, void: false)
    }

    var others: [Entry] {
        var entries: [Entry] = []
        if child != nil { entries.append(childEntry(void: false)) }
        if let pairs, pairs > 0 {
            entries.append(entry(.pair, "/pair", times: pairs, of: child, void: false))
        }
        if let households, households > 0 {
            entries.append(
                entry(
                    .householdAttendance, "/household", times: households, of: household,
                    void: false))
        }
        return entries
    }
}

extension AttendanceCorrected: Attending {
    /// An attendance that was withdrawn is void, whatever numbers it has.
    var entry: Entry {
        entry(.attendance, times: personTimes, amount: identified, of: person, void: void)
    }

    var others: [Entry] {
        [
            childEntry(void: void),
            entry(.pair, "/pair", times: pairs, of: child, void: void || pairs == 0),
            entry(
                .householdAttendance, "/household", times: households, of: household,
                void: void || households == 0),
        ]
    }
}

extension HeadcountRecorded: Contributing {
    /// Person-times without persons.
    var entry: Entry {
        Entry(
            source: .attendance, record: "headcount/\(headcount)", territory: territory,
            day: startsOn, programme: programme, dimension: kind.rawValue, times: Int64(count),
            ground: session.uuid)
    }
}

extension HeadcountCorrected: Contributing {
    /// The same record.
    var entry: Entry {
        Entry(
            source: .attendance, record: "headcount/\(headcount)", territory: about.territory,
            day: about.startsOn, programme: about.programme, dimension: about.kind.rawValue,
            times: Int64(count), ground: about.session.uuid, isVoid: count == 0)
    }
}
