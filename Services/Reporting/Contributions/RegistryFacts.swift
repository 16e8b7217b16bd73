import Messages

// Contributions of registry's facts. They belong to no programme.

extension HouseholdRegistered: Contributing {
    /// One household and the members who are registered with it. A member who was registered before or is later
    /// contributes alone.
    var entry: Entry {
        let newcomers = members.filter { $0.sequence ?? 0 == 0 }
        return Entry(
            source: .registration, record: "household/\(household)", territory: territory,
            day: registeredOn, amount: Int64(newcomers.count))
    }

    var others: [Entry] { Registered.entries(stock, of: "household/\(household)/stock") }
}

extension PersonRegistered: Contributing {
    var entry: Entry {
        Entry(
            source: .registration, record: "person/\(person)", territory: territory,
            day: registeredOn, times: 0, amount: 1)
    }

    var others: [Entry] { Registered.entries(stock, of: "person/\(person)/stock") }
}

extension CommendationAwarded: Contributing {
    /// Divided by occasion.
    var entry: Entry {
        Entry(
            source: .commendation, record: "commendation/\(about.commendation)",
            territory: about.territory, day: about.awardedOn, dimension: about.occasion,
            subject: about.recipient.uuid)
    }
}

extension CommendationWithdrawn: Contributing {
    /// The same record, which counts nothing.
    var entry: Entry {
        Entry(
            source: .commendation, record: "commendation/\(about.commendation)",
            territory: about.territory, day: about.awardedOn, dimension: about.occasion,
            subject: about.recipient.uuid, isVoid: true)
    }
}

extension SiteOpened: Contributing {
    var entry: Entry { about.entry }
    var others: [Entry] { about.others }
}

extension SiteCorrected: Contributing {
    /// The same records, with what is right: also the closing, which is of the same kind as the opening.
    var entry: Entry { about.entry }
    var others: [Entry] {
        about.others + [closedOn].compactMap(\.self).map { about.closing(on: $0) }
    }
}

extension OpenSite {
    /// Divided by kind.
    fileprivate var entry: Entry { entry(.site, "", 0) }

    /// The numbers of tiers, rule sets and themes of the site. Those of two sites are never added up: two sites with the
    /// same three tiers have three tiers.
    fileprivate var others: [Entry] {
        [
            entry(.siteTier, "/tiers", tiers.count),
            entry(.siteRuleSet, "/rule_sets", ruleSets.count),
            entry(.siteTheme, "/themes", themes.count),
        ]
    }

    /// One fewer from that day on.
    fileprivate func closing(on day: BusinessDate) -> Entry {
        Entry(
            source: .site, record: "site/\(site)/closed", territory: territory, day: day,
            dimension: kind.rawValue, times: -1)
    }

    private func entry(_ source: Source, _ part: String, _ count: Int) -> Entry {
        Entry(
            source: source, record: "site/\(site)\(part)", territory: territory,
            day: openedOn, dimension: kind.rawValue, amount: Int64(count))
    }
}

extension SiteClosed: Contributing {
    /// One fewer from that day on.
    var entry: Entry {
        Entry(
            source: .site, record: "site/\(site)/closed", territory: territory, day: closedOn,
            dimension: kind.rawValue, times: -1)
    }
}

extension SiteReopened: Contributing {
    /// The same record, which counts nothing.
    var entry: Entry {
        Entry(
            source: .site, record: "site/\(site)/closed", territory: territory, day: closedOn,
            dimension: kind.rawValue, times: -1, isVoid: true)
    }
}
