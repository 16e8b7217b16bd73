import Messages

// What events' facts outside of sessions contribute: who was on duty, what was handed out, whom the association
// reached, whom it helped.

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
            source: .shift, record: "shift/\(shift)", territory: territory, day: dutyOn,
            programme: programme, dimension: role.rawValue, subject: person.uuid)
    }

    /// The same shift as one of the household that volunteers.
    var others: [Entry] {
        guard let household else { return [] }
        return [
            Entry(
                source: .householdShift, record: "shift/\(shift)/household", territory: territory,
                day: dutyOn, programme: programme, subject: household.uuid)
        ]
    }
}

extension ShiftMissed: Contributing {
    /// Divided by staff and volunteers.
    var entry: Entry {
        Entry(
            source: .missedShift, record: "shift/\(shift)/missed", territory: territory,
            day: dutyOn, programme: programme, dimension: role.rawValue)
    }
}

extension MaterialPrinted: Contributing {
    /// Divided by what was printed.
    var entry: Entry {
        Entry(
            source: .printing, record: "printing/\(printing)", territory: territory,
            day: printedOn, programme: programme, dimension: kind.rawValue, times: Int64(copies))
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

extension ReachRecorded: Contributing {
    /// What a reading adds to the one before it, divided by channel: changes up to a day add up to the
    /// newest readings, whichever came first.
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
            source: .casework, record: "casework/\(casework)", territory: territory, day: servedOn,
            programme: programme, dimension: kind.rawValue, subject: person?.uuid)
    }
}
