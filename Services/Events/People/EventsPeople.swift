import Foundation
import Messages
import People
import ServiceKit

/// Keeps what registry says of people. Events forgets birth dates and stays of persons who were erased.
enum EventsPeople {
    static let migration = Migration("0003_people", PeopleSchema.tables)

    static func register(in router: inout Router) {
        PeopleProjection(forgetsErased: true, LifeConsequences.follow).register(in: &router)
    }
}

extension Persons {
    /// The person whom that id means now, if the person lived in the publisher's scope on that day, was alive, and the data was
    /// not erased. A command waits for a person who is not known.
    static func require(
        _ id: PersonID, aliveOn day: BusinessDate, at pointer: String, _ unit: UnitOfWork
    ) throws -> Person {
        let person = try require(id, else: .unknownPerson, at: pointer, unit)
        try requireScope(of: person, on: day, at: pointer, unit)
        guard !person.isErased else { throw Refusal(.personErased, at: pointer) }
        guard person.lives(on: day) else {
            throw Refusal(.personDied, at: pointer, expected: "a person who was alive on \(day)")
        }
        return person
    }
}

extension Households {
    /// Refuses a household that was outside the publisher's scope on that day, or in which the person did not live then. A
    /// command waits for a household that is not known.
    static func require(
        _ id: HouseholdID, of person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let household = try unit.require(
            Household.self, id.uuid, else: .unknownHousehold, at: "/household")
        try requireScope(of: household, on: day, at: "/household", unit)
        guard try Persons.isIn(id, person.id, on: day, unit) else {
            throw Refusal(.notOfHousehold, at: "/household")
        }
    }
}

extension RefusalCode {
    static let unknownPerson = RefusalCode("unknown_person", "the id of a registered person")
    static let personErased = RefusalCode(
        "person_erased", "a person whose data was not erased")
}
