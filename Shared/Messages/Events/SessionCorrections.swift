/// Opens a session again that was closed too early, or cancelled by mistake. What is late can then be recorded. The session
/// is not held until it is closed again. It can also be cancelled then.
public struct ReopenSession: Correcting {
    public static let type = "events.session.reopen.v1"

    public var session: SessionID
    public var correction: Correction

    public init(session: SessionID, _ correction: Correction) {
        self.session = session
        self.correction = correction
    }

    public func check(_ checks: inout Checks) { correction.check(&checks) }
}

/// Moves a session, open or closed, to another day or place. Its registrations stay. What was recorded of it counts there.
public struct MoveSession: Correcting, Territorial, Placed {
    public static let type = "events.session.move.v1"

    public var session: SessionID
    public var startsOn: BusinessDate
    public var territory: TerritoryCode
    public var correction: Correction

    public var placement: Placement { Placement(territory, on: startsOn) }

    public init(
        session: SessionID, startsOn: BusinessDate, territory: TerritoryCode,
        _ correction: Correction
    ) {
        self.session = session
        self.startsOn = startsOn
        self.territory = territory
        self.correction = correction
    }

    public func check(_ checks: inout Checks) {
        checks.planned(startsOn, "startsOn")
        correction.check(&checks)
    }
}

/// Gives a session another number of places. If there are more, the waiting list moves up. There are never fewer than are
/// confirmed.
public struct ResizeSession: Correcting {
    public static let type = "events.session.resize.v1"

    public var session: SessionID
    /// 1 to 100,000 persons. Nil for no limit.
    public var capacity: Int?
    public var correction: Correction

    public init(session: SessionID, capacity: Int?, _ correction: Correction) {
        self.session = session
        self.capacity = capacity
        self.correction = correction
    }

    public func check(_ checks: inout Checks) {
        checks.number(capacity, "capacity", 1...100_000)
        correction.check(&checks)
    }
}

/// Says that a session is one of another activity. Kind, programme and audience are those of the activity.
public struct CorrectSession: Correcting {
    public static let type = "events.session.correct.v1"

    public var session: SessionID
    public var activity: ActivityID
    public var correction: Correction

    public init(session: SessionID, activity: ActivityID, _ correction: Correction) {
        self.session = session
        self.activity = activity
        self.correction = correction
    }

    public func check(_ checks: inout Checks) { correction.check(&checks) }
}

/// A session is open again, and not held any more.
public struct SessionReopened: CorrectionFact, HasSubject {
    public static let type = "events.session.reopened.v1"

    public var about: SessionSubject
    /// True if it was cancelled: what was recorded of it counts again.
    public var wasCancelled: Bool
    /// Number of registrations that had been cancelled with it and hold again, confirmed or on the waiting list.
    public var registrations: Int?
    public var correction: CorrectionMark

    public init(
        _ about: SessionSubject, wasCancelled: Bool, registrations: Int? = nil,
        _ correction: CorrectionMark
    ) {
        self.about = about
        self.wasCancelled = wasCancelled
        self.registrations = registrations
        self.correction = correction
    }
}

/// A session is on another day or in another place. A corrected fact of each of its attendances and headcounts follows.
public struct SessionMoved: CorrectionFact, HasSubject {
    public static let type = "events.session.moved.v1"

    public var about: SessionSubject
    /// The day before it was moved.
    public var startedOn: BusinessDate
    /// The territory before it was moved.
    public var from: TerritoryCode
    /// True if the session is closed: it counts as held.
    public var held: Bool
    public var correction: CorrectionMark

    public init(
        _ about: SessionSubject, startedOn: BusinessDate, from: TerritoryCode, held: Bool,
        _ correction: CorrectionMark
    ) {
        self.about = about
        self.startedOn = startedOn
        self.from = from
        self.held = held
        self.correction = correction
    }
}

/// A session has another number of places. A confirmed fact of each registration that has moved up follows.
public struct SessionResized: CorrectionFact, HasSubject {
    public static let type = "events.session.resized.v1"

    public var about: SessionSubject
    /// Absent if there is no limit.
    public var capacity: Int?
    public var capacityBefore: Int?
    public var correction: CorrectionMark

    public init(
        _ about: SessionSubject, capacity: Int?, capacityBefore: Int?, _ correction: CorrectionMark
    ) {
        self.about = about
        self.capacity = capacity
        self.capacityBefore = capacityBefore
        self.correction = correction
    }
}

/// A session is one of another activity. A corrected fact of each of its attendances and headcounts follows.
public struct SessionCorrected: CorrectionFact, HasSubject {
    public static let type = "events.session.corrected.v1"

    public var about: SessionSubject
    public var activityBefore: ActivityID
    /// True if the session is closed: it counts as held.
    public var held: Bool
    public var correction: CorrectionMark

    public init(
        _ about: SessionSubject, activityBefore: ActivityID, held: Bool,
        _ correction: CorrectionMark
    ) {
        self.about = about
        self.activityBefore = activityBefore
        self.held = held
        self.correction = correction
    }
}
