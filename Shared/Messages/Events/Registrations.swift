extension Tag { public enum Registration {} }
public typealias RegistrationID = ID<Tag.Registration>

/// The party that comes to a session: a person, a pair of parent and child, or a household.
public struct PartySubject: Flattened {
    public var person: PersonID
    /// Child with whom the person forms a pair.
    public var child: PersonID?
    /// Household for which the person registers or attends.
    public var household: HouseholdID?
    /// Number of persons of the household, including those named: 1 to 20. Only with a household.
    public var persons: Int?

    public init(
        person: PersonID, child: PersonID? = nil, household: HouseholdID? = nil, persons: Int? = nil
    ) {
        self.person = person
        self.child = child
        self.household = household
        self.persons = persons
    }

    func check(_ checks: inout Checks) {
        checks.require(
            child != person, "child", "a person other than the one who comes with the child")
        checks.number(persons, "persons", (child == nil ? 1 : 2)...20)
        checks.require(
            persons == nil || household != nil, "persons", "a number for a household only")
    }
}

/// Requests places at a session for a person, for a pair of parent and child, or for a household.
/// The registration is confirmed while there are places, otherwise it is put on the waiting list.
public struct RequestRegistration: Command, HasSubject {
    public static let type = "events.registration.request.v1"

    public var registration: RegistrationID
    public var session: SessionID
    public var about: PartySubject
    public var requestedOn: BusinessDate

    public init(
        _ about: PartySubject, registration: RegistrationID, session: SessionID,
        requestedOn: BusinessDate
    ) {
        self.about = about
        self.registration = registration
        self.session = session
        self.requestedOn = requestedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(requestedOn, "requestedOn")
        about.check(&checks)
    }
}

/// Cancels a registration, whether it has places or is on the waiting list.
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
        checks.happened(cancelledOn, "cancelledOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// The registration that a fact is about, with its session.
public struct RegistrationSubject: Flattened, HasSubject {
    public var registration: RegistrationID
    public var about: SessionSubject
    public var person: PersonID
    /// Child with whom the person forms a pair.
    public var child: PersonID?
    /// Household for which the person registers or attends.
    public var household: HouseholdID?
    /// Number of persons who will come.
    public var places: Int

    public init(
        registration: RegistrationID, _ about: SessionSubject, person: PersonID,
        child: PersonID? = nil, household: HouseholdID? = nil, places: Int
    ) {
        self.registration = registration
        self.about = about
        self.person = person
        self.child = child
        self.household = household
        self.places = places
    }
}

/// A registration is confirmed: at once, or because places became free.
public struct RegistrationConfirmed: Fact, HasSubject {
    public static let type = "events.registration.confirmed.v1"

    public var about: RegistrationSubject
    public var confirmedOn: BusinessDate
    /// True if it was on the waiting list before.
    public var movedUp: Bool

    public init(_ about: RegistrationSubject, confirmedOn: BusinessDate, movedUp: Bool) {
        self.about = about
        self.confirmedOn = confirmedOn
        self.movedUp = movedUp
    }
}

/// A registration is on the waiting list.
public struct RegistrationWaitlisted: Fact, HasSubject {
    public static let type = "events.registration.waitlisted.v1"

    public var about: RegistrationSubject
    /// Its number on the session's waiting list, from 1. Numbers are not reused.
    public var number: Int
    public var requestedOn: BusinessDate

    public init(_ about: RegistrationSubject, number: Int, requestedOn: BusinessDate) {
        self.about = about
        self.number = number
        self.requestedOn = requestedOn
    }
}

/// A registration is cancelled. If a session is cancelled, its registrations are cancelled too, and
/// only `SessionCancelled` is published.
public struct RegistrationCancelled: Fact, HasSubject {
    public static let type = "events.registration.cancelled.v1"

    public var about: RegistrationSubject
    /// True if it held places, which are free now.
    public var heldPlaces: Bool
    public var cancelledOn: BusinessDate

    public init(_ about: RegistrationSubject, heldPlaces: Bool, cancelledOn: BusinessDate) {
        self.about = about
        self.heldPlaces = heldPlaces
        self.cancelledOn = cancelledOn
    }
}
