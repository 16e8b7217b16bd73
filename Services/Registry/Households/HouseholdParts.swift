import Messages
import ServiceKit

/// Makes two households of one, one of two, or ends one.
///
/// What was asserted of a household that ends no longer counts, because nobody lives in it. What was asserted of its members
/// goes with them. After a merge, a task asks for the end of the former (`LifeTasks`).
enum HouseholdParts {
    // MARK: Splitting

    static func split(_ command: SplitHousehold, _ unit: UnitOfWork) throws -> [Emission] {
        let day = command.splitOn
        let old = try Households.require(command.household, on: day, at: "/splitOn", unit)
        try unit.requireNew(
            Household.self, command.into.uuid, else: .householdExists, at: "/into")
        guard try unit.find(Person.self, command.into.uuid) == nil else {
            throw Refusal(.idOfOtherKind, at: "/into")
        }
        unit.claim(command.into.uuid, as: .household)
        try Territories.requireInForce(command.territory, on: day, unit)
        try unit.requireScope(command.territory, at: "/territory")
        let members = try HouseholdLife.members(command.members, of: old, on: day, unit)
        let before = try People(
            of: members.map(\.person.id), households: [old.id], founded: command.into, unit)
        let new = Household(
            id: command.into, places: [HouseholdPlace(from: day, territory: command.territory)])
        try unit.store(new)
        try move(members, to: new, on: day, unit)
        try before.requireOneHead(of: new.id, on: day, at: "/members", unit)
        var change = try before.settle(unit, on: day)
        // The fact of the new household says without a list that it counts.
        change.stock.leaveOut(command.territory, from: day, households: 1)
        let stock = change.stock.changes
        let registered = try unit.emit(
            HouseholdRegistered(
                household: new.id, territory: command.territory, registeredOn: day, members: [],
                categories: [], stock: stock.isEmpty ? nil : stock),
            of: Household.self, new.key)
        return try [registered]
            + members.compactMap { person, role in
                try HouseholdLife.moved(person, to: new.id, role, on: day, change, unit)
            }
    }

    private static func move(
        _ members: [(person: Person, role: Role)], to household: Household,
        on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let territory = household.place(on: day).territory
        for (person, role) in members {
            var person = person
            person.stays.move(
                to: Stay(from: day, territory: territory, household: household.id, role: role))
            try unit.store(person)
        }
    }

    // MARK: Merging

    static func merge(_ command: MergeHouseholds, _ unit: UnitOfWork) throws -> [Emission] {
        let day = command.mergedOn
        var survivor = try require(command.survivor, on: day, at: "/survivor", unit)
        var merged = try require(command.merged, on: day, at: "/merged", unit)
        let members = try HouseholdLife.members(command.members, of: merged, on: day, unit)
        let before = try People(
            of: members.map(\.person.id), households: [survivor.id, merged.id], unit)
        let named = Set(members.map(\.person.id))
        let others = before.persons.filter {
            $0.lives(in: merged.id, on: day) && $0.isAlive(on: day) && !named.contains($0.id)
        }
        guard others.isEmpty else { throw Refusal(.membersMissing, at: "/members") }
        try requireNobody(movesInto: merged, from: day, before, at: "/mergedOn")
        try move(members, to: survivor, on: day, unit)
        merged.dissolvedOn = day
        (merged.mergedInto, merged.joined) = (survivor.id, members.map(\.person.id))
        try unit.store(merged)
        if !survivor.absorbed.contains(merged.id) {
            survivor.absorbed.append(merged.id)
            try unit.store(survivor)
        }
        try before.requireOneHead(of: survivor.id, on: day, at: "/members", unit)
        let change = try before.settle(unit, on: day)
        try LifeTasks.afterMerge(of: merged.id, on: day, unit)
        let dissolved = try unit.emit(
            HouseholdDissolved(
                household: merged.id, territory: merged.territory, dissolvedOn: day,
                survivor: survivor.id, stock: change.stock.changes,
                records: rest(of: change, without: named)),
            of: Household.self, merged.key)
        return try [dissolved]
            + members.compactMap { person, role in
                try HouseholdLife.moved(person, to: survivor.id, role, on: day, change, unit)
            }
    }

    // MARK: Ending

    static func dissolve(_ command: DissolveHousehold, _ unit: UnitOfWork) throws -> Emission {
        let day = command.dissolvedOn
        var household = try Households.require(
            command.household, on: day, at: "/dissolvedOn", unit)
        let before = try People(of: [], households: [household.id], unit)
        for person in before.persons where person.lives(in: household.id, on: day) {
            try unit.requireScope(
                person.stays.territory(on: day), at: "/household",
                expected: "a household whose members all live in a territory that was granted")
        }
        try requireNobody(movesInto: household, from: day, before, at: "/dissolvedOn")
        household.dissolvedOn = day
        try unit.store(household)
        unit.keep(command.reason, "reason", of: unit.message.id, about: household.key)
        let change = try before.settle(unit, on: day)
        return try unit.emit(
            HouseholdDissolved(
                household: household.id, territory: household.territory, dissolvedOn: day,
                stock: change.stock.changes, records: change.records),
            of: Household.self, household.key)
    }

    // MARK: Rules

    private static func require(
        _ id: HouseholdID, on day: BusinessDate, at pointer: String, _ unit: UnitOfWork
    ) throws -> Household {
        let household = try unit.require(
            Household.self, id.uuid, else: .unknownHousehold, at: pointer)
        try unit.requireScope(household.territory, at: pointer)
        try household.requireExisting(on: day, at: "/mergedOn")
        return household
    }

    /// Refuses the end of a household into which somebody moves later, or is registered later.
    private static func requireNobody(
        movesInto household: Household, from day: BusinessDate, _ people: People,
        at pointer: String
    ) throws(Refusal) {
        let later = people.persons.contains { person in
            person.stays.entries.contains { entry in
                let isMove = entry.origin == .moved
                return entry.stay.household == household.id && entry.origin != .followed
                    && (entry.stay.from > day || isMove && entry.stay.from == day)
            }
        }
        if later { throw Refusal(.livedInLater, at: pointer) }
    }

    /// The records that no fact of a moving person tells.
    private static func rest(
        of change: People.Change, without named: Set<PersonID>
    ) -> PeopleRecords {
        var records = change.records
        records.persons = records.persons?.filter { !named.contains($0.person) }
        return records
    }
}

extension RefusalCode {
    static let membersMissing = RefusalCode(
        "members_missing", "everybody who lives in the household that ends")
    static let livedInLater = RefusalCode(
        "lived_in_later", "a date after the last move into the household")
}
