extension Tag { public enum Session {} }
public typealias SessionID = ID<Tag.Session>

/// Opens a session of a planned activity.
public struct OpenSession: Command, Territorial, Placed {
    public static let type = "events.session.open.v1"

    public var session: SessionID
    public var activity: ActivityID
    public var startsOn: BusinessDate
    public var territory: TerritoryCode
    public var capacity: Int?

    public var placement: Placement { Placement(territory, on: startsOn) }

    public init(
        session: SessionID, activity: ActivityID, startsOn: BusinessDate, territory: TerritoryCode,
        capacity: Int? = nil
    ) {
        self.session = session
        self.activity = activity
        self.startsOn = startsOn
        self.territory = territory
        self.capacity = capacity
    }

    public func check(_ checks: inout Checks) {
        checks.planned(startsOn, "startsOn")
        checks.number(capacity, "capacity", 1...100_000)
    }
}

/// Cancels a session. A cancelled session counts nothing, unless it is opened again.
public struct CancelSession: Command {
    public static let type = "events.session.cancel.v1"

    public var session: SessionID
    public var cancelledOn: BusinessDate
    public var reason: String

    public init(session: SessionID, cancelledOn: BusinessDate, reason: String) {
        self.session = session
        self.cancelledOn = cancelledOn
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.happened(cancelledOn, "cancelledOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// Closes a session that was held. After that nothing more is recorded for it, unless it is opened again; its records can
/// still be corrected.
public struct CloseSession: Command {
    public static let type = "events.session.close.v1"

    public var session: SessionID
    public var closedOn: BusinessDate

    public init(session: SessionID, closedOn: BusinessDate) {
        self.session = session
        self.closedOn = closedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(closedOn, "closedOn")
    }
}

/// The session that a fact is about.
public struct SessionSubject: Flattened {
    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var startsOn: BusinessDate

    public init(
        session: SessionID, activity: ActivityID, kind: ActivityKind, programme: Programme,
        territory: TerritoryCode, startsOn: BusinessDate
    ) {
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.startsOn = startsOn
    }
}

/// A session is open.
public struct SessionOpened: Fact, HasSubject {
    public static let type = "events.session.opened.v1"

    public var about: SessionSubject
    public var capacity: Int?

    public init(_ about: SessionSubject, capacity: Int? = nil) {
        self.about = about
        self.capacity = capacity
    }
}

/// A session does not take place, and its registrations are cancelled. The reason stays in events.
public struct SessionCancelled: Fact, HasSubject {
    public static let type = "events.session.cancelled.v1"

    public var about: SessionSubject
    public var cancelledOn: BusinessDate
    /// Number of registrations cancelled with it, confirmed or on the waiting list.
    public var registrations: Int?

    public init(_ about: SessionSubject, cancelledOn: BusinessDate, registrations: Int? = nil) {
        self.about = about
        self.cancelledOn = cancelledOn
        self.registrations = registrations
    }
}

/// A session was held. Its person-times are the sum of roster and headcount.
public struct SessionClosed: Fact, HasSubject {
    public static let type = "events.session.closed.v1"

    public var about: SessionSubject
    public var closedOn: BusinessDate
    /// Number of persons recorded by attendances.
    public var roster: Int
    /// Number of persons counted or estimated without names.
    public var headcount: Int
    /// Number of persons of the roster whose ids are known. If it is absent, all are known.
    public var identified: Int?

    public init(
        _ about: SessionSubject, closedOn: BusinessDate, roster: Int, headcount: Int,
        identified: Int? = nil
    ) {
        self.about = about
        self.closedOn = closedOn
        self.roster = roster
        self.headcount = headcount
        self.identified = identified
    }
}
