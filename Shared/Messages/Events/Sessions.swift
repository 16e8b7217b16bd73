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
        checks.number(capacity, "capacity", 1...100_000)
    }
}

/// Cancels a session; it counts nothing.
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
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// Closes a session that was held; nothing is recorded for it afterwards, but what was recorded can be corrected.
public struct CloseSession: Command {
    public static let type = "events.session.close.v1"

    public var session: SessionID
    public var closedOn: BusinessDate

    public init(session: SessionID, closedOn: BusinessDate) {
        self.session = session
        self.closedOn = closedOn
    }
}

/// A session is open.
public struct SessionOpened: Fact {
    public static let type = "events.session.opened.v1"

    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var startsOn: BusinessDate
    public var capacity: Int?

    public init(
        session: SessionID, activity: ActivityID, kind: ActivityKind, programme: Programme,
        territory: TerritoryCode, startsOn: BusinessDate, capacity: Int? = nil
    ) {
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.startsOn = startsOn
        self.capacity = capacity
    }
}

/// A session does not take place, and its registrations are cancelled. The reason stays in events.
public struct SessionCancelled: Fact {
    public static let type = "events.session.cancelled.v1"

    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var startsOn: BusinessDate
    public var cancelledOn: BusinessDate
    /// Registrations that are cancelled with it, confirmed and in line.
    public var registrations: Int?

    public init(
        session: SessionID, activity: ActivityID, kind: ActivityKind, programme: Programme,
        territory: TerritoryCode, startsOn: BusinessDate, cancelledOn: BusinessDate,
        registrations: Int? = nil
    ) {
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.startsOn = startsOn
        self.cancelledOn = cancelledOn
        self.registrations = registrations
    }
}

/// A session was held. Its person-times are roster and headcount together.
public struct SessionClosed: Fact {
    public static let type = "events.session.closed.v1"

    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var startsOn: BusinessDate
    public var closedOn: BusinessDate
    /// Persons recorded by attendances.
    public var roster: Int
    /// Persons counted or estimated, with no names.
    public var headcount: Int
    /// Those of the roster whose ids are known; all of them if missing.
    public var identified: Int?

    public init(
        session: SessionID, activity: ActivityID, kind: ActivityKind, programme: Programme,
        territory: TerritoryCode, startsOn: BusinessDate, closedOn: BusinessDate, roster: Int,
        headcount: Int, identified: Int? = nil
    ) {
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.startsOn = startsOn
        self.closedOn = closedOn
        self.roster = roster
        self.headcount = headcount
        self.identified = identified
    }
}
