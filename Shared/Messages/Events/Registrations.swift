extension Tag { public enum Registration {} }
public typealias RegistrationID = ID<Tag.Registration>

/// Asks for places at a session: for a person, for a pair of parent and child, or for a household. It is
/// confirmed while there are places, else it waits in line.
public struct RequestRegistration: Command {
    public static let type = "events.registration.request.v1"

    public var registration: RegistrationID
    public var session: SessionID
    public var person: PersonID
    /// With whom the person makes a pair.
    public var child: PersonID?
    /// For which the person answers.
    public var household: HouseholdID?
    /// How many persons of the household come, those named included: 1 to 20; with a household only.
    public var persons: Int?
    public var requestedOn: BusinessDate

    public init(
        registration: RegistrationID, session: SessionID, person: PersonID, child: PersonID? = nil,
        household: HouseholdID? = nil, persons: Int? = nil, requestedOn: BusinessDate
    ) {
        self.registration = registration
        self.session = session
        self.person = person
        self.child = child
        self.household = household
        self.persons = persons
        self.requestedOn = requestedOn
    }

    public func check(_ checks: inout Checks) {
        checks.party(person, child, household, persons)
    }
}

/// Gives the places of a registration back, or leaves the line.
public struct CancelRegistration: Command {
    public static let type = "events.registration.cancel.v1"

    public var registration: RegistrationID
    public var cancelledOn: BusinessDate
    public var reason: String?

    public init(
        registration: RegistrationID, cancelledOn: BusinessDate, reason: String? = nil
    ) {
        self.registration = registration
        self.cancelledOn = cancelledOn
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A registration has its places: at once, or because others gave theirs back.
public struct RegistrationConfirmed: Fact {
    public static let type = "events.registration.confirmed.v1"

    public var registration: RegistrationID
    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var startsOn: BusinessDate
    public var person: PersonID
    /// With whom the person makes a pair.
    public var child: PersonID?
    /// For which the person answers.
    public var household: HouseholdID?
    /// How many persons come.
    public var places: Int
    public var confirmedOn: BusinessDate
    /// Whether it waited in line before.
    public var movedUp: Bool

    public init(
        registration: RegistrationID, session: SessionID, activity: ActivityID, kind: ActivityKind,
        programme: Programme, territory: TerritoryCode, startsOn: BusinessDate, person: PersonID,
        child: PersonID? = nil, household: HouseholdID? = nil, places: Int,
        confirmedOn: BusinessDate, movedUp: Bool
    ) {
        self.registration = registration
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.startsOn = startsOn
        self.person = person
        self.child = child
        self.household = household
        self.places = places
        self.confirmedOn = confirmedOn
        self.movedUp = movedUp
    }
}

/// A registration waits in line for places.
public struct RegistrationWaitlisted: Fact {
    public static let type = "events.registration.waitlisted.v1"

    public var registration: RegistrationID
    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var startsOn: BusinessDate
    public var person: PersonID
    /// With whom the person makes a pair.
    public var child: PersonID?
    /// For which the person answers.
    public var household: HouseholdID?
    /// How many persons come.
    public var places: Int
    /// Its number in the session's line, from 1; numbers are not given again.
    public var number: Int
    public var requestedOn: BusinessDate

    public init(
        registration: RegistrationID, session: SessionID, activity: ActivityID, kind: ActivityKind,
        programme: Programme, territory: TerritoryCode, startsOn: BusinessDate, person: PersonID,
        child: PersonID? = nil, household: HouseholdID? = nil, places: Int, number: Int,
        requestedOn: BusinessDate
    ) {
        self.registration = registration
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.startsOn = startsOn
        self.person = person
        self.child = child
        self.household = household
        self.places = places
        self.number = number
        self.requestedOn = requestedOn
    }
}

/// A registration is cancelled. When a session is cancelled, so are its registrations, and `SessionCancelled`
/// alone says it.
public struct RegistrationCancelled: Fact {
    public static let type = "events.registration.cancelled.v1"

    public var registration: RegistrationID
    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var startsOn: BusinessDate
    public var person: PersonID
    /// With whom the person makes a pair.
    public var child: PersonID?
    /// For which the person answers.
    public var household: HouseholdID?
    /// How many persons come.
    public var places: Int
    /// Whether it held places that others can have now.
    public var heldPlaces: Bool
    public var cancelledOn: BusinessDate

    public init(
        registration: RegistrationID, session: SessionID, activity: ActivityID, kind: ActivityKind,
        programme: Programme, territory: TerritoryCode, startsOn: BusinessDate, person: PersonID,
        child: PersonID? = nil, household: HouseholdID? = nil, places: Int, heldPlaces: Bool,
        cancelledOn: BusinessDate
    ) {
        self.registration = registration
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.startsOn = startsOn
        self.person = person
        self.child = child
        self.household = household
        self.places = places
        self.heldPlaces = heldPlaces
        self.cancelledOn = cancelledOn
    }
}

extension Checks {
    /// Who comes: a person, perhaps with a child, perhaps for a household.
    mutating func party(
        _ person: PersonID, _ child: PersonID?, _ household: HouseholdID?, _ persons: Int?
    ) {
        require(child != person, "child", "a person other than the one who comes with the child")
        number(persons, "persons", (child == nil ? 1 : 2)...20)
        require(persons == nil || household != nil, "persons", "a number for a household only")
    }
}
