public import Messages
public import ServiceKit

// The office of where a person or household lived on a day sends what is dated that day, whenever it comes. So a move takes nothing
// from the office before it, and gives nothing of before to the office after it.

extension Person {
    /// Where this id has lived; nil of a person whose stays were forgotten.
    public var whereabouts: Whereabouts? {
        Whereabouts(
            stays.compactMap { stay in
                stay.territory.map { Whereabouts.Place(from: stay.from, territory: $0) }
            })
    }
}

extension Household {
    public var whereabouts: Whereabouts? {
        Whereabouts(places.map { Whereabouts.Place(from: $0.from, territory: $0.territory) })
    }

    /// Where it lived on that day. The first place also counts before it.
    public func territory(on day: BusinessDate) -> TerritoryCode {
        (places.last { $0.from <= day } ?? places.first)?.territory ?? territory
    }
}

extension Persons {
    /// Refuses a person who did not live in the publisher's scope on that day, under any id. Of a person whose stays were
    /// forgotten nothing is known, so nothing is asked.
    /// - Returns: the id under which the person lived there: the one that counts now, or one that was merged into it later.
    @discardableResult
    public static func requireScope(
        of person: Person, on day: BusinessDate, at pointer: String, _ unit: UnitOfWork
    ) throws -> Person {
        guard let own = person.whereabouts, try !unit.covers(own, on: day) else { return person }
        let others = try ids(of: person.id, unit).dropFirst().map(\.uuid)
        for other in try unit.find(Person.self, all: others) {
            if let mergedOn = other.mergedOn, day >= mergedOn { continue }
            if let home = other.whereabouts, try unit.covers(home, on: day) { return other }
        }
        throw Refusal(.outOfScope, at: pointer)
    }
}

extension Households {
    /// Refuses a household that did not live in the publisher's scope on that day.
    public static func requireScope(
        of household: Household, on day: BusinessDate, at pointer: String, _ unit: UnitOfWork
    ) throws {
        if let home = household.whereabouts, try !unit.covers(home, on: day) {
            throw Refusal(.outOfScope, at: pointer)
        }
    }
}
