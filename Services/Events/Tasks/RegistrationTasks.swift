import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// The tasks about registrations for sessions to come: to restore one, or to look at it.
enum RegistrationTasks {
    /// Raises and settles the tasks of registrations for open sessions, of whoever has one of these ids.
    /// - Parameters:
    ///   - reviewing: whether those that hold are to be looked at too.
    ///   - day: the business date of the news.
    static func follow(
        _ ids: [UUID], reviewing: Bool, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let found = try unit.query(
            """
            SELECT r.id FROM session_registration AS r
            JOIN session AS s ON s.id = r.session AND s.state = 'open'
            WHERE (r.person = ANY(\(ids)) OR r.child = ANY(\(ids)))
              AND (\(reviewing) OR r.state = 'cancelled')
            ORDER BY r.id
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        for registration in try unit.find(Registration.self, all: found) {
            guard var session = try unit.find(Session.self, named: registration.session.uuid)
            else { continue }
            let hadTasks = session.hasTasks
            try restoring(registration, at: &session, on: day, unit)
            if reviewing { try self.reviewing(registration, at: &session, on: day, unit) }
            if session.hasTasks != hadTasks { try unit.store(session) }
        }
    }

    /// The tasks of a registration that was changed, and of those that share a person with it.
    static func recheck(
        _ registration: Registration, at session: inout Session, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws {
        guard session.hasTasks else { return }
        try restoring(registration, at: &session, on: day, unit)
        try reviewing(registration, at: &session, on: day, unit)
        for other in try others(registration, unit) {
            try reviewing(other, at: &session, on: day, unit)
        }
    }

    /// A person who is registered again, or is there, needs no old place back, under any id.
    static func needNoOldPlace(
        _ party: Party, at session: Session, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        guard session.hasTasks else { return }
        for place in try party.allPlaces(at: session.id, unit) {
            if let old = try unit.find(RegistrationPlace.self, place)?.withdrawn {
                try unit.settle(.restoreRegistration, old.uuid, on: day)
            }
        }
    }

    // MARK: One registration

    static func restoring(
        _ registration: Registration, at session: inout Session, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws {
        guard try isMissed(registration, at: session, unit) else {
            guard session.hasTasks else { return }
            try unit.settle(.restoreRegistration, registration.key, on: unit.days.today)
            return
        }
        session.hasTasks = true
        try unit.raise(
            .restoreRegistration, registration.key, in: session.territory, on: day,
            due: session.startsOn)
    }

    /// Whether news has cancelled it which hold no more, and nobody has its places since.
    private static func isMissed(
        _ registration: Registration, at session: Session, _ unit: UnitOfWork
    ) throws -> Bool {
        guard case .open = session.state, registration.state == .cancelled else { return false }
        let party = registration.party
        let own = Party.place(session.id, party.person.uuid)
        guard try unit.find(RegistrationPlace.self, own)?.withdrawn == registration.id else {
            return false
        }
        for id in [party.person, party.child].compactMap(\.self) {
            guard let person = try Persons.find(id, unit), !person.isErased,
                person.lives(on: session.startsOn)
            else { return false }
        }
        return try party.allPlaces(at: session.id, unit).allSatisfy {
            try unit.find(RegistrationPlace.self, $0)?.registration == nil
        }
    }

    private static func reviewing(
        _ registration: Registration, at session: inout Session, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws {
        guard case .open = session.state, registration.state != .cancelled,
            let code = try doubt(registration, at: session, unit)
        else {
            guard session.hasTasks else { return }
            try unit.settle(.reviewRegistration, registration.key, on: unit.days.today)
            return
        }
        session.hasTasks = true
        let isNew = try unit.raise(
            .reviewRegistration, registration.key, in: session.territory, on: day,
            due: session.startsOn)
        if isNew {
            try unit.notify(
                Registration.self, [registration.key], "under_review", because: code)
        }
    }

    /// The reason for looking at it: another registration of one of its persons goes first, or the two are not parent and
    /// child. It is none that they have moved apart since.
    private static func doubt(
        _ registration: Registration, at session: Session, _ unit: UnitOfWork
    ) throws -> RefusalCode? {
        let isSecond = try others(registration, unit).contains { $0.goes(before: registration) }
        if isSecond { return .alreadyRegistered }
        let party = registration.party
        guard let id = party.child, let person = try Persons.find(party.person, unit),
            let child = try Persons.find(id, unit), !person.isErased, !child.isErased
        else { return nil }
        let isPair = try Persons.isParent(
            person.id, of: child.id, on: session.startsOn, unit)
        guard isPair, let born = person.birthDate, let childBorn = child.birthDate,
            born < childBorn
        else { return .notAChild }
        return nil
    }

    /// The other live registrations that have a place of one of its persons, under any id.
    private static func others(
        _ registration: Registration, _ unit: UnitOfWork
    ) throws -> [Registration] {
        let places = try registration.party.allPlaces(at: registration.session, unit)
        let holders = try unit.find(RegistrationPlace.self, all: places).compactMap(\.registration)
        return try unit.find(
            Registration.self, all: Set(holders).subtracting([registration.id]).map(\.uuid))
    }
}
