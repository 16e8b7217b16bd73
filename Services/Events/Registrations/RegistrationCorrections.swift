import Foundation
import Messages
import People
import Postgres
import ServiceKit

extension CorrectRegistration: PartyCommand {}

/// Puts registrations right while their session is open.
///
/// A registration that is restored goes to the end of the waiting line, unless there are places. Those behind it have moved up
/// meanwhile, and they were told so.
enum RegistrationCorrections {
    static func register(in router: inout Router) {
        // Alone, because it asks the database who is next in line.
        router.on(
            CorrectRegistration.self,
            keys: { command, keys in
                keys.need(Registration.self, command.registration.uuid)
                Corrections.keys(command, &keys)
                Parties.keys(command, &keys)
            }, alone: true, correct)
        router.on(
            RestoreRegistration.self,
            keys: { command, keys in
                keys.need(Registration.self, command.registration.uuid)
                Corrections.keys(command, &keys)
            }, restore)
    }

    static func correct(_ command: CorrectRegistration, _ unit: UnitOfWork) throws -> [Emission] {
        var (registration, session) = try require(command.registration, unit)
        guard let state = registration.standing else {
            throw Refusal(.registrationCancelled, at: "/registration")
        }
        let held = registration.party
        registration.party = try party(command, insteadOf: held, at: session, unit)
        guard registration.party != held else { throw Refusal(.nothingChanges, at: "/person") }
        try requirePlaces(registration, without: held.ids, at: "/person", unit)
        try session.requireSize(registration.party, at: "/persons")
        if state == .confirmed {
            session.registered -= held.size
            guard session.hasPlaces(for: registration.party.size) else {
                throw Refusal(.sessionFull, at: "/persons")
            }
            session.registered += registration.party.size
        }
        let mark = try Corrections.mark(
            command, over: [session.territory], of: held.people + registration.party.people,
            about: held.about.union(registration.party.about), unit)
        for place in held.places(at: session.id) {
            try unit.store(RegistrationPlace(key: place, registration: nil))
        }
        try hold(registration, unit)
        let fact = RegistrationCorrected(
            registration.subject(session), state: state,
            number: state == .waitlisted ? registration.number : nil, mark)
        let corrected = try unit.save(&registration, fact)
        try RegistrationTasks.recheck(
            registration, at: &session, on: mark.correctedOn, unit)
        // A smaller party may leave places, or fit now itself.
        let moved = try Registrations.moveUp(&session, on: mark.correctedOn, unit)
        try unit.store(session)
        try tell(registration, after: moved.count, unit)
        return [corrected] + moved
    }

    /// Says in the receipt whether the registration has its places now, or which place in the line.
    /// - Parameter moved: how many have moved up with this message. If it still waits, all of them were before it.
    private static func tell(
        _ registration: Registration, after moved: Int, _ unit: UnitOfWork
    ) throws {
        let state = try unit.find(Registration.self, registration.key)?.state ?? registration.state
        guard state == .waitlisted, let number = registration.number else {
            return unit.tell(state)
        }
        let line = try unit.query(
            """
            SELECT count(*) FROM session_registration
            WHERE session = \(registration.session) AND state = 'waitlisted'
              AND number <= \(number)
            """)
        let place = try line.first?.decode(Int64.self, at: 0)
        unit.tell(state, place: place.map { Int($0) - moved })
    }

    /// The party that the command names. Somebody else than before must be allowed to come.
    private static func party(
        _ command: CorrectRegistration, insteadOf held: Party, at session: Session,
        _ unit: UnitOfWork
    ) throws -> Party {
        let party = try held.corrected(by: command, on: session.startsOn, unit)
        guard party.ids != held.ids else { return party }
        let person = try Persons.require(
            party.person, aliveOn: session.startsOn, at: "/person", unit)
        try Audiences.require(party, of: person, at: session, unit)
        return party
    }

    static func restore(_ command: RestoreRegistration, _ unit: UnitOfWork) throws -> Emission {
        var (registration, session) = try require(command.registration, unit)
        guard registration.state == .cancelled else {
            throw Refusal(.registrationHolds, at: "/registration")
        }
        let party = registration.party
        for person in [party.person, party.child].compactMap({ $0 }) {
            _ = try Persons.require(
                person, aliveOn: session.startsOn, at: "/registration", unit)
        }
        try requirePlaces(registration, at: "/registration", unit)
        try session.requireSize(registration.party, at: "/registration")
        try RegistrationTasks.needNoOldPlace(party, at: session, on: unit.days.today, unit)
        let mark = try Corrections.mark(
            command, over: [session.territory], of: party.people, about: party.about, unit)
        registration.state = .confirmed
        registration.since = max(registration.requestedOn, mark.correctedOn)
        registration.number = nil
        Registrations.admit(&registration, to: &session)
        try unit.store(session)
        try hold(registration, unit)
        let fact = RegistrationRestored(
            registration.subject(session),
            state: registration.number == nil ? .confirmed : .waitlisted,
            number: registration.number, mark)
        unit.tell(
            registration.state, place: registration.state == .waitlisted ? session.waiting : nil)
        return try unit.save(&registration, fact)
    }

    // MARK: Help

    /// The registration and its session, which is open.
    private static func require(
        _ id: RegistrationID, _ unit: UnitOfWork
    ) throws -> (Registration, Session) {
        let registration = try unit.require(
            Registration.self, id.uuid, else: .unknownRegistration, at: "/registration")
        return (
            registration,
            try Sessions.requireOpen(registration.session, at: "/registration", unit)
        )
    }

    /// Refuses persons and households that another registration has, except those who were registered by this one before.
    private static func requirePlaces(
        _ registration: Registration, without held: [UUID] = [], at pointer: String,
        _ unit: UnitOfWork
    ) throws {
        for place in try registration.party.allPlaces(
            at: registration.session, without: held, unit)
        {
            let holder = try unit.find(RegistrationPlace.self, place)?.registration
            guard holder == nil || holder == registration.id else {
                throw Refusal(.alreadyRegistered, at: pointer)
            }
        }
    }

    private static func hold(_ registration: Registration, _ unit: UnitOfWork) throws {
        for place in registration.party.places(at: registration.session) {
            try unit.store(RegistrationPlace(key: place, registration: registration.id))
        }
    }
}

extension Registration {
    /// Nil if it is cancelled.
    fileprivate var standing: RegistrationState? {
        switch state {
        case .confirmed: .confirmed
        case .waitlisted: .waitlisted
        case .cancelled: nil
        }
    }
}

extension Session {
    fileprivate func requireSize(_ party: Party, at pointer: String) throws(Refusal) {
        if let capacity, party.size > capacity { throw Refusal(.sessionTooSmall, at: pointer) }
    }
}

extension RefusalCode {
    static let registrationHolds = RefusalCode(
        "registration_holds", "a registration that was cancelled")
}
