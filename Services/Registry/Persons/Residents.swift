import Messages
import ServiceKit

/// Persons and households: registry knows where each of them lived on any day.
///
/// The office that has somebody now may send what was decided of the person on a day, and so may the one that had the person then,
/// however late. Commands that change who lives where, who is alive, or what a registration says go by now alone: they change the
/// list of the office that has the person.
protocol Resident {
    /// Where it lives, or has lived last.
    var territory: TerritoryCode { get }
    /// Where it lived around that day, by each of its registrations that counted then.
    func whereabouts(on day: BusinessDate, _ unit: UnitOfWork) throws -> [Whereabouts]
}

extension UnitOfWork {
    /// Whether the publisher may send what is dated that day: it has the person or household now, or had it then.
    func covers(_ resident: some Resident, on day: BusinessDate) throws -> Bool {
        if try covers(resident.territory) { return true }
        return try resident.whereabouts(on: day, self).contains { try covers($0, on: day) }
    }

    func requireScope(
        _ resident: some Resident, on day: BusinessDate, at pointer: @autoclosure () -> String
    ) throws {
        guard try covers(resident, on: day) else { throw Refusal(.outOfScope, at: pointer()) }
    }
}

extension Household: Resident {
    func whereabouts(on day: BusinessDate, _ unit: UnitOfWork) -> [Whereabouts] {
        let places = Whereabouts(
            places.map { Whereabouts.Place(from: $0.from, territory: $0.territory) })
        return places.map { [$0] } ?? []
    }
}

extension Person: Resident {
    func whereabouts(on day: BusinessDate, _ unit: UnitOfWork) throws -> [Whereabouts] {
        let others = try unit.find(Person.self, all: merged.map(\.uuid)).filter { other in
            other.merge.map { day < $0.on } ?? false
        }
        return ([self] + others).compactMap { person in
            Whereabouts(
                person.stays.stays.compactMap { stay in
                    stay.territory.map { Whereabouts.Place(from: stay.from, territory: $0) }
                })
        }
    }
}

extension Persons {
    /// Refuses somebody who was not in the publisher's scope on that day, or was not alive and here. An office that has the
    /// person no more is not told why.
    static func requirePresent(
        _ person: Person, on day: BusinessDate, at pointer: String, _ unit: UnitOfWork
    ) throws {
        try unit.requireScope(person, on: day, at: pointer)
        do {
            try person.requirePresent(on: day, at: pointer)
        } catch {
            try unit.requireScope(person.territory, at: pointer)
            throw error
        }
    }
}

extension Households {
    /// The household, if it is in the publisher's scope now, or was on that day. A message waits for a household that is not
    /// known.
    static func requireInScope(
        _ id: HouseholdID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Household {
        let household = try unit.require(
            Household.self, id.uuid, else: .unknownHousehold, at: "/household")
        try unit.requireScope(household, on: day, at: "/household")
        return household
    }
}
