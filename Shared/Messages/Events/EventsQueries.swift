/// Sizes of pages of the queries of events.
public enum EventsPage {
    public static let largest = 200
    public static let usual = 50
}

/// Part of a session that a query pages through.
public enum SessionPart: String, WireEnum {
    /// Who was there.
    case roster
    /// Confirmed registrations.
    case registrations
    /// The waiting line, in its order.
    case waitlist
}

/// Asks for a session: its state, its counts, and who is on its lists, by ids.
public struct GetSession: Query {
    public static let type = "events.session.get.v1"

    public var session: SessionID
    /// The list that is paged through; nil for the first page of all three.
    public var part: SessionPart?
    /// The last record of the list's page before. Only with `part`.
    public var after: RecordID?
    /// Records of each list on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(
        session: SessionID, part: SessionPart? = nil, after: RecordID? = nil, limit: Int? = nil
    ) {
        self.session = session
        self.part = part
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.require(after == nil || part != nil, "after", "no record without a part")
        checks.number(limit, "limit", 1...EventsPage.largest)
    }
}

extension Tag { public enum Record {} }
/// The id of a record whose kind the query says elsewhere.
public typealias RecordID = ID<Tag.Record>

/// Asks for the sessions of a territory in a period, by their dates.
public struct ListSessions: Query, Territorial {
    public static let type = "events.sessions.list.v1"

    /// The territory, with everything inside it.
    public var territory: TerritoryCode
    public var from: BusinessDate?
    public var until: BusinessDate?
    /// The last session of the page before; nil for the first page.
    public var after: SessionID?
    /// Sessions on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(
        territory: TerritoryCode, from: BusinessDate? = nil, until: BusinessDate? = nil,
        after: SessionID? = nil, limit: Int? = nil
    ) {
        self.territory = territory
        self.from = from
        self.until = until
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.day(from, "from", .listed)
        checks.day(until, "until", .listed)
        if let from { checks.period(from, until, "until") }
        checks.number(limit, "limit", 1...EventsPage.largest)
    }
}

/// Asks for the shifts of a territory in a period, by their beginnings: of all posts and persons there, of one post, or of one
/// person.
public struct ListShifts: Query, Territorial {
    public static let type = "events.shifts.list.v1"

    /// The territory, with everything inside it.
    public var territory: TerritoryCode
    public var post: PostID?
    public var person: PersonID?
    public var from: BusinessDate?
    public var until: BusinessDate?
    /// The last shift of the page before; nil for the first page.
    public var after: ShiftID?
    /// Shifts on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(
        territory: TerritoryCode, post: PostID? = nil, person: PersonID? = nil,
        from: BusinessDate? = nil, until: BusinessDate? = nil, after: ShiftID? = nil,
        limit: Int? = nil
    ) {
        self.territory = territory
        self.post = post
        self.person = person
        self.from = from
        self.until = until
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.day(from, "from", .listed)
        checks.day(until, "until", .listed)
        if let from { checks.period(from, until, "until") }
        checks.number(limit, "limit", 1...EventsPage.largest)
    }
}

/// Part of what events knows of a person.
public enum PersonPart: String, WireEnum {
    case attendances, registrations, shifts
}

/// Asks for the attendances, registrations and shifts of a person in the publisher's territories.
public struct GetEventsPerson: Query {
    public static let type = "events.person.get.v1"

    /// Any of the person's ids.
    public var person: PersonID
    /// The list that is paged through; nil for the first page of all three.
    public var part: PersonPart?
    /// The last record of the list's page before. Only with `part`.
    public var after: RecordID?
    /// Records of each list on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(
        person: PersonID, part: PersonPart? = nil, after: RecordID? = nil, limit: Int? = nil
    ) {
        self.person = person
        self.part = part
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.require(after == nil || part != nil, "after", "no record without a part")
        checks.number(limit, "limit", 1...EventsPage.largest)
    }
}
