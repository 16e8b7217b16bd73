import Foundation
import Messages
import ServiceKit

/// Moves households. Whoever is a member on that day moves along; what a member did later stays.
enum HouseholdMoves {
    static func move(_ command: MoveHousehold, _ unit: UnitOfWork) throws -> Emission {
        var household = try Households.require(command.household, unit)
        let day = command.movedOn
        try Territories.requireInForce(command.territory, on: day, unit)
        try household.requireExisting(on: day, at: "/movedOn")
        let old = household.place(on: day)
        guard command.territory != old.territory else {
            throw Refusal(.notMoved, at: "/territory")
        }
        let before = try People(of: [], households: [household.id], unit)
        let members = before.persons.filter { $0.lives(in: household.id, on: day) }
        for member in members {
            try unit.requireScope(
                member.stays.territory(on: day), at: "/household",
                expected: "a household whose members all live in a territory that was granted")
        }
        let place = HouseholdPlace(from: day, territory: command.territory)
        household.move(to: place)
        try unit.store(household)
        for person in before.persons {
            var moved = person
            moved.stays.move(with: household.id, to: place)
            if moved != person { try unit.store(moved) }
        }
        let change = try before.settle(unit, on: day)
        return try unit.emit(
            HouseholdMoved(
                household: household.id, from: old.territory, territory: command.territory,
                members: members.map(\.id), movedOn: day, stock: change.stock.changes,
                records: change.records), of: Household.self, household.key)
    }
}

extension Person {
    /// Whether this registration is a member of the household on that day. One who has died stays a member.
    func lives(in household: HouseholdID, on day: BusinessDate) -> Bool {
        stays.stay(on: day)?.household == household && merge.map { day < $0.on } ?? true
    }
}
