import Foundation
import Messages
import People
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
        let (party, person) = try Parties.require(command, on: session.startsOn, unit)
        try Audiences.require(party, of: person, at: session, unit)
        let places = party.places(at: session.id)
        for place in try party.allPlaces(at: session.id, unit)
        where try unit.find(RegistrationPlace.self, place)?.registration != nil {
            throw Refusal(.alreadyRegistered, at: "/person")
        }
        if let capacity = session.capacity, party.size > capacity {
            throw Refusal(.sessionTooSmall, at: "/persons")
        }
        try RegistrationTasks.needNoOldPlace(party, at: session, on: command.requestedOn, unit)
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
        unit.follow(registration)
        return try unit.save(&registration, fact)
    }

    /// Gives the party its places, or the next number in the waiting line.
    @discardableResult
    static func admit(
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
        guard registration.state != .cancelled else {
            throw Refusal(.registrationCancelled, at: "/registration")
        }
        try command.cancelledOn.require(
            from: registration.requestedOn, else: .dateTooEarly, at: "/cancelledOn")
        // It may be cancelled again after it was restored, for another reason.
        unit.keep(
            command.reason, "reason", of: unit.message.id, about: registration.party.about)
        let cancelled = try end(&registration, of: &session, on: command.cancelledOn, unit)
        unit.tell(registration.state)
        let moved = try moveUp(
            &session, without: [registration.key], on: command.cancelledOn, unit)
        try unit.store(session)
        return [cancelled] + moved
    }

    /// Cancels a live registration and frees its places.
    /// - Parameters:
    ///   - withdrawn: whether registry's news of its persons cancels it, so that better news demand it back.
    ///   - code: why, for whoever asked for it.
    static func end(
        _ registration: inout Registration, of session: inout Session, on day: BusinessDate,
        withdrawn: Bool = false, because code: RefusalCode? = nil, _ unit: UnitOfWork
    ) throws -> Emission {
        let heldPlaces = registration.state == .confirmed
        if heldPlaces {
            session.registered -= registration.party.size
        } else {
            session.waiting -= 1
        }
        registration.state = .cancelled
        registration.since = max(day, registration.since)
        for place in registration.party.places(at: session.id) {
            try unit.store(
                RegistrationPlace(
                    key: place, registration: nil, withdrawn: withdrawn ? registration.id : nil))
        }
        try unit.notifyOthers(registration, registration.state, because: code)
        let fact = registration.cancelled(session, heldPlaces: heldPlaces)
        let cancelled = try unit.save(&registration, fact)
        try RegistrationTasks.recheck(registration, at: &session, on: day, unit)
        return cancelled
    }

    /// Cancels all registrations for open sessions after that day, of whoever has one of these ids, and moves the waiting lines
    /// up. Only for handlers registered `alone`.
    static func withdraw(
        of ids: [UUID], after day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [Emission] {
        try live(of: ids, after: day, unit).flatMap { id, registrations -> [Emission] in
            guard var session = try unit.find(Session.self, named: id) else { return [] }
            var emissions: [Emission] = []
            for var registration in try unit.find(Registration.self, all: registrations)
            where registration.state != .cancelled {
                emissions.append(
                    try end(&registration, of: &session, on: day, withdrawn: true, unit))
            }
            emissions += try moveUp(&session, without: registrations, on: day, unit)
            try unit.store(session)
            return emissions
        }
    }

    /// The live registrations for open sessions after that day, of whoever has one of these ids, by session.
    static func live(
        of ids: [UUID], after day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [(session: UUID, registrations: [UUID])] {
        let live = try unit.query(
            """
            SELECT r.session, r.id FROM session_registration AS r
            JOIN session AS s ON s.id = r.session AND s.state = 'open' AND s.starts_on > \(day)
            WHERE (r.person = ANY(\(ids)) OR r.child = ANY(\(ids))) AND r.state <> 'cancelled'
            ORDER BY r.session, r.id
            """)
        var sessions: [(session: UUID, registrations: [UUID])] = []
        for row in live {
            let (id, registration) = (
                try row.decode(UUID.self, at: 0), try row.decode(UUID.self, at: 1)
            )
            if sessions.last?.session != id { sessions.append((id, [])) }
            sessions[sessions.count - 1].registrations.append(registration)
        }
        return sessions
    }

    /// Gives free places to the waiting line in its order, as long as the next party fits. A session that is closed gives none.
    /// - Parameter cancelled: registrations that wait no more, though the database does not know it yet.
    static func moveUp(
        _ session: inout Session, without cancelled: [UUID] = [], on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws -> [Emission] {
        guard !session.isClosed else { return [] }
        let most = session.capacity.map { $0 - session.registered } ?? session.waiting
        var moved: [Emission] = []
        var last = 0
        while session.waiting > 0, session.hasPlaces(for: 1) {
            let line = try unit.query(
                """
                SELECT id FROM session_registration
                WHERE session = \(session.id) AND state = 'waitlisted'
                  AND id <> ALL(\(cancelled)) AND number > \(last)
                ORDER BY number LIMIT \(most)
                """
            ).map { RegistrationID(try $0.decode(UUID.self, at: 0)) }
            for id in line {
                var next = try unit.require(
                    Registration.self, id.uuid, else: .unknownRegistration, at: "/registration")
                last = next.number ?? last
                // This message may have moved it up or cancelled it already, which the database does not know yet.
                guard next.state == .waitlisted else { continue }
                guard session.hasPlaces(for: next.party.size) else { return moved }
                session.registered += next.party.size
                session.waiting -= 1
                next.state = .confirmed
                next.since = max(day, next.since)
                moved.append(try unit.save(&next, next.confirmed(session, movedUp: true)))
                try unit.notify(Registration.self, [next.key], next.state.rawValue)
            }
            if line.count < most { break }
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
