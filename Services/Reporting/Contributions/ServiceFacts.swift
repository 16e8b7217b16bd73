import Messages

// Contributions of events' facts outside of sessions: duty shifts, materials, reach and casework.

extension PostOpened: Contributing {
    /// Divided by what the post is.
    var entry: Entry {
        Entry(
            source: .dutyPost, record: "post/\(post)", territory: territory, day: openedOn,
            programme: programme, dimension: postKind.rawValue)
    }
}

extension ShiftSubject {
    /// Divided by staff and volunteers.
    fileprivate func completed(_ isCompleted: Bool = true) -> Entry {
        Entry(
            source: .shift, record: "shift/\(shift)", territory: territory, day: dutyOn,
            programme: programme, dimension: role.rawValue, subject: person.uuid,
            isVoid: !isCompleted)
    }

    /// The same shift as one of the household that volunteers.
    fileprivate func householdCompleted(_ isCompleted: Bool = true) -> Entry {
        Entry(
            source: .householdShift, record: "shift/\(shift)/household", territory: territory,
            day: dutyOn, programme: programme, subject: household?.uuid,
            isVoid: !isCompleted || household == nil)
    }

    /// Divided by staff and volunteers.
    fileprivate func missed(_ isMissed: Bool = true) -> Entry {
        Entry(
            source: .missedShift, record: "shift/\(shift)/missed", territory: territory,
            day: dutyOn, programme: programme, dimension: role.rawValue, isVoid: !isMissed)
    }

    /// What counts of it besides the shift itself, after a correction.
    fileprivate func others(_ state: ShiftStanding) -> [Entry] {
        [householdCompleted(state == .completed), missed(state == .missed)]
    }
}

extension ShiftCompleted: Contributing {
    var entry: Entry { about.completed() }

    /// It was not missed, though an absence may have been recorded before the check-in arrived.
    var others: [Entry] { about.others(.completed) }
}

extension ShiftMissed: Contributing {
    var entry: Entry { about.missed() }
}

extension ShiftExcused: Contributing {
    /// It is no longer missed.
    var entry: Entry { about.missed(false) }
}

extension ShiftReopened: Contributing {
    var entry: Entry { about.completed(state == .completed) }
    var others: [Entry] { about.others(state) }
}

extension ShiftCorrected: Contributing {
    var entry: Entry { about.completed(state == .completed) }
    var others: [Entry] { about.others(state) }
}

extension PrintMaterial {
    /// Divided by what was printed.
    fileprivate func entry(void: Bool = false) -> Entry {
        Entry(
            source: .printing, record: "printing/\(printing)", territory: territory,
            day: printedOn, programme: programme, dimension: kind.rawValue, times: Int64(copies),
            isVoid: void)
    }
}

extension MaterialPrinted: Contributing {
    var entry: Entry { about.entry() }
}

extension PrintingCorrected: Contributing {
    var entry: Entry { about.entry() }
}

extension PrintingVoided: Contributing {
    var entry: Entry { about.entry(void: true) }
}

extension MaterialDistributed: Contributing {
    var entry: Entry { entry(left: copies) }

    /// Divided by what was handed out.
    fileprivate func entry(left: Int) -> Entry {
        Entry(
            source: .distribution, record: "distribution/\(distribution)", territory: territory,
            day: distributedOn, programme: programme, dimension: kind.rawValue,
            times: Int64(left), ground: session?.uuid, isVoid: left == 0)
    }
}

extension DistributionCorrected: Contributing {
    var entry: Entry { about.entry(left: leftCopies) }
}

extension DistributionVoided: Contributing {
    var entry: Entry { about.entry(left: 0) }
}

extension MaterialReturned: Contributing {
    /// The rest of the distribution, on the day of the distribution.
    var entry: Entry {
        Entry(
            source: .distribution, record: "distribution/\(distribution)", territory: territory,
            day: distributedOn, programme: programme, dimension: kind.rawValue,
            times: Int64(leftCopies), ground: session?.uuid, isVoid: leftCopies == 0)
    }
}

extension ReachRecorded: Contributing {
    /// The difference to the previous reading, divided by channel. The changes up to a day add up to the newest readings,
    /// in whatever order they came.
    var entry: Entry {
        let source: Source =
            switch metric {
            case .followers: .followers
            case .viewers: .viewers
            case .viewerHouseholds: .viewerHouseholds
            }
        return Entry(
            source: source, record: "reach/\(reach)", territory: territory, day: countedOn,
            programme: programme, dimension: channel.rawValue, times: Int64(change),
            ground: session?.uuid)
    }
}

extension ReachCorrected: Contributing {
    var entry: Entry { about.entry }
}

extension ReachVoided: Contributing {
    var entry: Entry {
        var entry = about.entry
        entry.isVoid = true
        return entry
    }
}

extension RecordCasework {
    /// Divided by kind.
    fileprivate func entry(void: Bool = false) -> Entry {
        Entry(
            source: .casework, record: "casework/\(casework)", territory: territory,
            day: servedOn, programme: programme, dimension: kind.rawValue,
            subject: person?.uuid, isVoid: void)
    }
}

extension CaseworkRecorded: Contributing {
    var entry: Entry { about.entry() }
}

extension CaseworkCorrected: Contributing {
    var entry: Entry { about.entry() }
}

extension CaseworkVoided: Contributing {
    var entry: Entry { about.entry(void: true) }
}
