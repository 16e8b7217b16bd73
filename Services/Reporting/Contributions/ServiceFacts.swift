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

extension ShiftCompleted: Contributing {
    /// Divided by staff and volunteers.
    var entry: Entry {
        Entry(
            source: .shift, record: "shift/\(about.shift)", territory: about.territory,
            day: about.dutyOn, programme: about.programme, dimension: about.role.rawValue,
            subject: about.person.uuid)
    }

    /// The same shift as one of the household that volunteers. It was not missed, though an absence may have been recorded
    /// before the check-in arrived.
    var others: [Entry] {
        var missed = about.missed
        missed.isVoid = true
        guard let household = about.household else { return [missed] }
        return [
            missed,
            Entry(
                source: .householdShift, record: "shift/\(about.shift)/household",
                territory: about.territory, day: about.dutyOn, programme: about.programme,
                subject: household.uuid),
        ]
    }
}

extension ShiftMissed: Contributing {
    /// Divided by staff and volunteers.
    var entry: Entry { about.missed }
}

extension ShiftSubject {
    fileprivate var missed: Entry {
        Entry(
            source: .missedShift, record: "shift/\(shift)/missed", territory: territory,
            day: dutyOn, programme: programme, dimension: role.rawValue)
    }
}

extension MaterialPrinted: Contributing {
    /// Divided by what was printed.
    var entry: Entry {
        Entry(
            source: .printing, record: "printing/\(about.printing)", territory: about.territory,
            day: about.printedOn, programme: about.programme, dimension: about.kind.rawValue,
            times: Int64(about.copies))
    }
}

extension MaterialDistributed: Contributing {
    /// Divided by what was handed out.
    var entry: Entry {
        Entry(
            source: .distribution, record: "distribution/\(distribution)", territory: territory,
            day: distributedOn, programme: programme, dimension: kind.rawValue,
            times: Int64(copies), ground: session?.uuid)
    }
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

extension CaseworkRecorded: Contributing {
    /// Divided by kind.
    var entry: Entry {
        Entry(
            source: .casework, record: "casework/\(about.casework)", territory: about.territory,
            day: about.servedOn, programme: about.programme, dimension: about.kind.rawValue,
            subject: about.person?.uuid)
    }
}
