import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Answers publishers' queries about sessions, shifts and persons in their scope, by ids alone. Every answer is noted in
/// `ReadAccess`, with each person that it is about. Nothing else is stored.
enum EventsQueries {
    static func register(in router: inout Router) {
        router.on(GetSession.self, SessionQueries.session)
        router.on(ListSessions.self, SessionQueries.sessions)
        router.on(ListShifts.self, ShiftQueries.shifts)
        router.on(GetEventsPerson.self, PersonQueries.person)
        Histories.register(
            in: &router, GetEventsHistory.self, tasks: EventsTasks.kinds,
            related: EventsHistory.related)
    }

    /// The answer for an id that is unknown. To a publisher who may not know all ids it is that for an id outside the scope.
    static func unknown(_ code: RefusalCode, at pointer: String, _ unit: UnitOfWork) -> Refusal {
        Refusal(unit.isUnlimited ? code : .outOfScope, at: pointer)
    }

    /// A session, if it is in the publisher's scope.
    static func session(
        _ id: UUID, at pointer: String, _ unit: UnitOfWork
    ) throws -> Session {
        guard let session = try unit.find(Session.self, id) else {
            throw unknown(.unknownSession, at: pointer, unit)
        }
        try unit.requireScope(session.territory, at: pointer)
        return session
    }

    /// The person whom the id means now, if it is in the publisher's scope.
    static func person(
        _ id: PersonID, at pointer: String, _ unit: UnitOfWork
    ) throws -> Person {
        guard let person = try Persons.find(id, unit) else {
            throw unknown(.unknownPerson, at: pointer, unit)
        }
        guard let territory = person.lastTerritory else {
            throw person.isErased
                ? Refusal(.personErased, at: pointer)
                : unknown(.unknownPerson, at: pointer, unit)
        }
        try unit.requireScope(territory, at: pointer)
        return person
    }
}

extension Party {
    /// Ids of the persons whom an answer is about.
    var persons: [UUID] { people.map(\.uuid) }
}

extension Attendance {
    var answer: AttendanceAnswer {
        AttendanceAnswer(
            attendance: id, session: session, person: party.person, child: party.child,
            household: party.household, persons: party.size, recordedOn: recordedOn, void: isVoid)
    }
}

extension Registration {
    var answer: RegistrationAnswer {
        RegistrationAnswer(
            registration: id, session: session, person: party.person, child: party.child,
            household: party.household, persons: party.size, state: state.rawValue, since: since,
            requestedOn: requestedOn, number: number)
    }
}

extension Shift {
    var answer: ShiftAnswer {
        ShiftAnswer(
            shift: id, post: post, territory: territory, person: person, household: household,
            role: role, startsAt: startsAt, endsAt: endsAt, state: state.rawValue, since: since)
    }
}
