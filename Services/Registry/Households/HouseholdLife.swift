import Messages
import ServiceKit

/// What becomes of households: persons join and leave, roles change, one becomes two, two become one, one ends.
///
/// Each person who lives elsewhere or in another role has a fact of its own, as after a move.
enum HouseholdLife {
    static func register(in router: inout Router) {
        router.on(
            JoinHousehold.self,
            keys: {
                $1.need(Household.self, $0.household.uuid)
                $1.need(Person.self, $0.person.uuid)
            }, join)
        router.on(
            LeaveHousehold.self,
            keys: {
                $1.need(Household.self, $0.household.uuid)
                $1.need(Person.self, $0.person.uuid)
            }, leave)
        router.on(
            ChangeHouseholdRoles.self,
            keys: { command, keys in
                keys.need(Household.self, command.household.uuid)
                for member in command.members { keys.need(Person.self, member.person.uuid) }
            }, changeRoles)
        router.on(
            SplitHousehold.self,
            keys: { command, keys in
                keys.need(Household.self, command.household.uuid)
                keys.need(Household.self, command.into.uuid)
                keys.need(Person.self, command.into.uuid)
                keys.need(Territory.self, command.territory)
                for member in command.members { keys.need(Person.self, member.person.uuid) }
            }, HouseholdParts.split)
        router.on(
            MergeHouseholds.self,
            keys: { command, keys in
                keys.need(Household.self, command.survivor.uuid)
                keys.need(Household.self, command.merged.uuid)
                for member in command.members { keys.need(Person.self, member.person.uuid) }
            }, HouseholdParts.merge)
        router.on(
            DissolveHousehold.self, keys: { $1.need(Household.self, $0.household.uuid) },
            HouseholdParts.dissolve)
        router.on(
            RestoreHousehold.self,
            keys: {
                $1.need(Household.self, $0.household.uuid)
                $1.need(Membership.self, $0.actor.staff.uuid)
            }, HouseholdRestores.restore)
    }

    // MARK: Joining and leaving

    static func join(_ command: JoinHousehold, _ unit: UnitOfWork) throws -> Emission {
        let household = try Households.require(
            command.household, on: command.movedOn, at: "/movedOn", unit)
        let person = try Persons.requireInScope(command.person, unit)
        guard person.stays.stay(on: command.movedOn)?.household == nil else {
            throw Refusal(.personInHousehold, at: "/person")
        }
        return try Moves.move(
            person,
            MovePerson(
                person: person.id, destination: household.place(on: command.movedOn).territory,
                household: household.id, role: command.role, movedOn: command.movedOn),
            destinationAt: "/movedOn", unit)
    }

    static func leave(_ command: LeaveHousehold, _ unit: UnitOfWork) throws -> Emission {
        let household = try Households.require(command.household, unit)
        let person = try Persons.requireInScope(command.person, unit)
        guard let stay = person.stays.stay(on: command.movedOn), stay.household == household.id
        else { throw Refusal(.notOfHousehold, at: "/person") }
        return try Moves.move(
            person,
            MovePerson(
                person: person.id, destination: stay.territory, movedOn: command.movedOn),
            destinationAt: "/movedOn", unit)
    }

    // MARK: Roles

    static func changeRoles(
        _ command: ChangeHouseholdRoles, _ unit: UnitOfWork
    ) throws -> [Emission] {
        let household = try Households.require(
            command.household, on: command.changedOn, at: "/changedOn", unit)
        let before = try People(of: [], households: [household.id], unit)
        let day = command.changedOn
        let changed = try members(command.members, of: household, on: day, unit)
        for (person, role) in changed {
            var person = person
            var stay = person.stays.stay(on: day) ?? person.stays.last
            (stay.from, stay.role) = (day, role)
            person.stays.move(to: stay)
            try unit.store(person)
        }
        try before.requireOneHead(of: household.id, on: day, at: "/members", unit)
        let change = try before.settle(unit, on: day)
        guard change.records.persons != nil else { throw Refusal(.notMoved, at: "/members") }
        return try changed.compactMap { person, role in
            try moved(person, to: household.id, role, on: day, change, unit)
        }
    }

    /// The persons whom a command names, who are alive and live in the household on that day. The dead stay where they died.
    static func members(
        _ named: [MemberRoleInHousehold], of household: Household, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws -> [(person: Person, role: Role)] {
        var members: [(person: Person, role: Role)] = []
        for (index, member) in named.enumerated() {
            let pointer = "/members/\(index)/person"
            let person = try Persons.requireInScope(member.person, at: pointer, unit)
            guard person.stays.stay(on: day)?.household == household.id else {
                throw Refusal(.notOfHousehold, at: pointer)
            }
            try person.requireAlive(on: day, at: pointer)
            guard !members.contains(where: { $0.person.id == person.id }) else {
                throw Refusal(.memberListedTwice, at: pointer)
            }
            members.append((person, member.role))
        }
        return members
    }

    /// Says where a person lives, if that is news. All numbers are in the fact about the household, or in the first of these.
    static func moved(
        _ person: Person, to household: HouseholdID?, _ role: Role?, on day: BusinessDate,
        stock: [StockChange] = [], _ change: People.Change, _ unit: UnitOfWork
    ) throws -> Emission? {
        let records = change.records(of: person.id)
        guard let stays = records.persons?.first?.stays else { return nil }
        let stay = stays.last { $0.from <= day }
        return try unit.emit(
            PersonMoved(
                person: person.id, from: person.stays.territory(on: day),
                leftHousehold: person.stays.stay(on: day)?.household == household
                    ? nil : person.stays.stay(on: day)?.household,
                territory: stay?.territory, household: household, role: role, movedOn: day,
                birthDate: person.birthDate, sex: person.sex, stock: stock, records: records),
            of: Person.self, person.key)
    }
}

extension RefusalCode {
    static let notOfHousehold = RefusalCode(
        "not_of_household", "somebody who lives in the household on that day")
}
