import Foundation
import Messages
import Postgres
import ServiceKit

/// Registers parties for sessions: at once while there are places, otherwise in a waiting line.
/// Nobody overtakes in the line, not even a smaller party that would fit.
///
/// Each request holds the session's row, and a trigger of the schema checks the count.
enum Registrations {
    static func register(in router: inout Router) {
        router.on(
            RequestRegistration.self,
            keys: { command, keys in
                keys.need(Registration.self, command.registration.uuid)
                keys.need(Session.self, command.session.uuid)
                for place in Parties.named(command).places(at: command.session) {
                    keys.need(RegistrationPlace.self, place)
                }
                Parties.keys(command, &keys)
            }, request)
        // Alone, because it asks the database who is next in line.
        router.on(
            CancelRegistration.self,
            keys: { $1.need(Registration.self, $0.registration.uuid) }, alone: true, cancel)
    }

    static func request(_ command: RequestRegistration, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Registration.self, command.registration.uuid, else: .registrationExists,
            at: "/registration")
        var session = try Sessions.requireOpenWhenSent(command.session, unit)
        guard command.requestedOn <= session.startsOn else {
            throw Refusal(
                .requestedAfterStart, at: "/requestedOn",
                expected: "a date up to \(session.startsOn)")
        }
        let (party, person) = try Parties.require(command, unit)
        guard person.isAlive else { throw Refusal(.personDied, at: "/person") }
        try Audiences.require(party, of: person, at: session, unit)
        let places = party.places(at: session.id)
        for place in places
        where try unit.find(RegistrationPlace.self, place)?.registration != nil {
            throw Refusal(.alreadyRegistered, at: "/person")
        }
        if let capacity = session.capacity, party.size > capacity {
            throw Refusal(.sessionTooSmall, at: "/persons")
        }
        var registration = Registration(
            id: command.registration, session: session.id, party: party,
            requestedOn: command.requestedOn, state: .confirmed, since: command.requestedOn)
        let fact = admit(&registration, to: &session)
        try unit.store(session)
        for place in places {
            try unit.store(RegistrationPlace(key: place, registration: registration.id))
        }
        unit.tell(
            registration.state, place: registration.state == .waitlisted ? session.waiting : nil)
        unit.follow(registration.key)
        return try unit.save(&registration, fact)
    }

    /// Gives the party its places, or the next number in the waiting line.
    private static func admit(
        _ registration: inout Registration, to session: inout Session
    ) -> any Fact {
        let persons = registration.party.size
        if session.waiting == 0, session.hasPlaces(for: persons) {
            session.registered += persons
            return registration.confirmed(session, movedUp: false)
        }
        session.waiting += 1
        session.lastNumber += 1
        registration.state = .waitlisted
        registration.number = session.lastNumber
        return registration.waitlisted(session, number: session.lastNumber)
    }

    static func cancel(_ command: CancelRegistration, _ unit: UnitOfWork) throws -> [Emission] {
        var registration = try unit.require(
            Registration.self, command.registration.uuid, else: .unknownRegistration,
            at: "/registration")
        var session = try Sessions.requireOpenWhenSent(
            registration.session, at: "/registration", unit)
        let before = registration.state
        switch before {
        case .confirmed: session.registered -= registration.party.size
        case .waitlisted: session.waiting -= 1
        case .cancelled: throw Refusal(.registrationCancelled, at: "/registration")
        }
        try command.cancelledOn.require(
            from: registration.requestedOn, else: .dateTooEarly, at: "/cancelledOn")
        registration.state = .cancelled
        registration.since = command.cancelledOn
        unit.keep(
            command.reason, "reason", of: registration.key, about: registration.party.about)
        for place in registration.party.places(at: session.id) {
            try unit.store(RegistrationPlace(key: place, registration: nil))
        }
        let fact = registration.cancelled(session, heldPlaces: before == .confirmed)
        let cancelled = try unit.save(&registration, fact)
        unit.tell(registration.state)
        try unit.notifyOthers(registration.key, registration.state)
        let moved = try moveUp(
            &session, without: registration.id, on: command.cancelledOn, unit)
        try unit.store(session)
        return [cancelled] + moved
    }

    /// Gives free places to the waiting line in its order, as long as the next party fits. A session that is
    /// closed gives none.
    private static func moveUp(
        _ session: inout Session, without cancelled: RegistrationID, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws -> [Emission] {
        guard let capacity = session.capacity, session.waiting > 0, session.registered < capacity,
            !session.isClosed
        else { return [] }
        let line = try unit.query(
            """
            SELECT id FROM session_registration
            WHERE session = \(session.id) AND state = 'waitlisted' AND id <> \(cancelled)
            ORDER BY number LIMIT \(capacity - session.registered)
            """)
        var moved: [Emission] = []
        for row in line {
            var next = try unit.require(
                Registration.self, row.decode(UUID.self, at: 0), else: .unknownRegistration,
                at: "/registration")
            guard session.hasPlaces(for: next.party.size) else { break }
            session.registered += next.party.size
            session.waiting -= 1
            next.state = .confirmed
            next.since = max(day, next.since)
            moved.append(try unit.save(&next, next.confirmed(session, movedUp: true)))
            try unit.notify([next.key], next.state.rawValue)
        }
        return moved
    }
}

extension RefusalCode {
    static let registrationExists = RefusalCode(
        "registration_exists", "the id of a registration that was not requested yet")
    static let unknownRegistration = RefusalCode(
        "unknown_registration", "the id of a registration")
    static let alreadyRegistered = RefusalCode(
        "already_registered", "persons and a household without a registration for the session")
    static let registrationCancelled = RefusalCode(
        "registration_cancelled", "a registration that is not cancelled")
    static let requestedAfterStart = RefusalCode(
        "requested_after_start", "a date that is not after the session's")
    static let sessionTooSmall = RefusalCode(
        "session_too_small", "no more persons than the session has places")
}
