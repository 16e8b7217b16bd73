import Foundation
import Messages
import ServiceKit

/// Takes back the end of a household.
///
/// The rest follows from the stays: without the end, those who lived in it until then live in it still, and what was asserted of
/// it counts again. A merge has moved its members besides, so those moves go too.
enum HouseholdRestores {
    static func restore(_ command: RestoreHousehold, _ unit: UnitOfWork) throws -> Emission {
        var household = try Households.require(command.household, unit)
        guard let day = household.dissolvedOn else {
            throw Refusal(.notDissolved, at: "/household")
        }
        let survivor = household.mergedInto
        let before = try people(of: household, unit)
        try requireScope(household, survivor, on: day, unit)
        try requireActor(command.actor, for: household, before, on: command.restoredOn, unit)
        try command.restoredOn.require(from: day, else: .restoredTooEarly, at: "/restoredOn")
        let joined = household.joined
        (household.dissolvedOn, household.mergedInto, household.joined) = (nil, nil, [])
        if let survivor { try takeBack(joined, into: survivor, household, on: day, unit) }
        try unit.store(household)
        unit.keep(command.reason, "reason", of: unit.message.id, about: household.key)
        let change = try before.settle(unit, on: command.restoredOn)
        let members = try members(of: household.id, before, on: day, unit)
        return try unit.emit(
            HouseholdRestored(
                household: household.id, territory: household.territory, wrong: day,
                survivor: survivor, members: members.map(\.id), restoredOn: command.restoredOn,
                actor: command.actor, stock: change.stock.changes, records: change.records),
            of: Household.self, household.key)
    }

    /// With those who left it by the merge, under the ids that they have now.
    private static func people(of household: Household, _ unit: UnitOfWork) throws -> People {
        let joined = try household.joined.compactMap { try Persons.find($0, unit)?.id }
        return try People(
            of: household.joined + joined,
            households: [household.id] + (household.mergedInto.map { [$0] } ?? []), unit)
    }

    /// Takes out the moves of a merge, of each registration and of those that it was merged into since.
    private static func takeBack(
        _ joined: [PersonID], into survivor: HouseholdID, _ home: Household,
        on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        for var person in try unit.find(Person.self, all: joined.map(\.uuid)) {
            person.stays.takeBack(moveInto: survivor, on: day)
            try unit.store(person)
            var next = person.merge?.into
            while let id = next, var holder = try unit.find(Person.self, named: id.uuid) {
                holder.stays.takeBack(
                    moveInto: survivor, on: day, of: person.id, person.stays, home: home)
                try unit.store(holder)
                next = holder.merge?.into
            }
        }
    }

    // MARK: Rules

    /// Refuses to change who lives in a territory or household outside the publisher's scope.
    private static func requireScope(
        _ household: Household, _ survivor: HouseholdID?, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws {
        if let survivor {
            try unit.requireScope(
                Households.named(survivor, unit).territory, at: "/household", expected: expected)
        }
        try unit.requireScope(
            household.place(on: day).territory, at: "/household", expected: expected)
    }

    private static let expected =
        "a household whose members all lived in a territory that was granted"

    /// Those who live in it again, who lived in the publisher's territories before.
    private static func members(
        of household: HouseholdID, _ before: People, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [Person] {
        let members = try unit.find(Person.self, all: before.persons.map(\.key))
            .filter { $0.lives(in: household, on: day) }
        let ids = Set(members.map(\.id))
        for person in before.persons where ids.contains(person.id) {
            try unit.requireScope(
                person.stays.territory(on: day), at: "/household", expected: expected)
        }
        return members
    }

    /// Refuses an actor of another branch, and one who has lived in the household.
    private static func requireActor(
        _ actor: Actor, for household: Household, _ people: People, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws {
        let office = try Actors.require(actor, over: household.territory, on: day, unit)
        guard let person = try Persons.find(office.person, unit) else { return }
        let ids = person.subjects
        let isOwn = people.persons.contains {
            ids.contains($0.key) && $0.stays.names(household.id)
        }
        if isOwn { throw Refusal(.actsForSelf, at: "/actor/staff") }
    }
}

extension RefusalCode {
    static let notDissolved = RefusalCode(
        "not_dissolved", "a household that was dissolved or merged into another one")
    static let restoredTooEarly = RefusalCode(
        "restored_too_early", "a date on or after the end of the household")
}
