import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Two registrations of one person for one session, which a merge has brought to light.
///
/// The one stays that is ahead in the line, as whoever has places is; of two that never waited the larger, then the earlier one. So
/// it is the same in whatever order news of several persons come. The other is cancelled by rule if nobody loses anything by it: all
/// whom it names come with the one that stays. Otherwise both stay, and somebody looks at it.
enum DoubleRegistrations {
    /// Cancels the doubles of whoever has that id, for open sessions. An id that was merged after the day of the session meant
    /// somebody of its own then. Only for handlers registered `alone`.
    static func end(of id: PersonID, _ unit: UnitOfWork) throws -> [Emission] {
        let persons = try unit.find(Person.self, all: Persons.ids(of: id, unit).map(\.uuid))
        guard let first = persons.compactMap(\.mergedOn).min() else { return [] }
        let live = try Registrations.live(
            of: persons.map(\.key), after: first.adding(days: -1), unit)
        return try live.flatMap { id, registrations -> [Emission] in
            guard registrations.count > 1, var session = try unit.find(Session.self, named: id)
            else { return [] }
            let one = persons.filter { $0.mergedOn.map { $0 <= session.startsOn } ?? true }
            let ids = Set(one.map(\.id))
            let theirs = try unit.find(Registration.self, all: registrations).filter {
                ids.contains($0.party.person) || $0.party.child.map(ids.contains) ?? false
            }
            let day = one.compactMap(\.mergedOn).max() ?? first
            let ended = try end(theirs, at: &session, on: day, unit)
            guard !ended.registrations.isEmpty else { return [] }
            let moved = try Registrations.moveUp(
                &session, without: ended.registrations, on: day, unit)
            try unit.store(session)
            return ended.emissions + moved
        }
    }

    /// Cancels all doubles at a session.
    static func end(
        at session: inout Session, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> (registrations: [UUID], emissions: [Emission]) {
        let doubles = try unit.query(
            """
            WITH named AS (
                SELECT r.id, coalesce(p.merged_into, p.id) AS person
                FROM session_registration AS r JOIN person AS p ON p.id IN (r.person, r.child)
                WHERE r.session = \(session.id) AND r.state <> 'cancelled'
                  AND coalesce(p.merged_on <= \(session.startsOn), true))
            SELECT DISTINCT id FROM named
            WHERE person IN (SELECT person FROM named GROUP BY person HAVING count(*) > 1)
            ORDER BY id
            """
        ).map { try $0.decode(UUID.self, at: 0) }
        return try end(unit.find(Registration.self, all: doubles), at: &session, on: day, unit)
    }

    private static func end(
        _ registrations: [Registration], at session: inout Session, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws -> (registrations: [UUID], emissions: [Emission]) {
        var kept: [Registration] = []
        var ended: (registrations: [UUID], emissions: [Emission]) = ([], [])
        let live = registrations.filter { $0.state != .cancelled }
        for var registration in live.sorted(by: { $0.goes(before: $1) }) {
            let isCovered = try kept.contains {
                try $0.party.includes(registration.party, unit)
            }
            guard isCovered else {
                kept.append(registration)
                continue
            }
            ended.registrations.append(registration.key)
            ended.emissions.append(
                try Registrations.end(
                    &registration, of: &session, on: day, withdrawn: true,
                    because: .alreadyRegistered, unit))
        }
        return ended
    }
}

extension Registration {
    /// Of two registrations of one person, the one that goes first stays.
    func goes(before other: Registration) -> Bool {
        func rank(_ registration: Registration) -> (Int, Int, BusinessDate, String) {
            (
                registration.number ?? 0, -registration.party.size,
                registration.requestedOn, registration.key.uuidString
            )
        }
        return rank(self) < rank(other)
    }
}

extension Party {
    /// Whether all whom the other party names come with this one, by what registry says now.
    fileprivate func includes(_ other: Party, _ unit: UnitOfWork) throws -> Bool {
        guard other.size <= size, other.household == nil || other.household == household else {
            return false
        }
        return try other.persons(unit).isSubset(of: persons(unit))
    }

    private func persons(_ unit: UnitOfWork) throws -> Set<PersonID> {
        try Set([person, child].compactMap(\.self).map { try Persons.find($0, unit)?.id ?? $0 })
    }
}
