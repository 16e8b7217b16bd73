import Foundation
import Messages
import ServiceKit

/// Moves persons and households. A person is in one household at most; what was asserted of a person
/// in a household goes along.
///
/// A move needs the scope of both places, so that nobody takes a person from, or puts one on, another
/// publisher's list.
enum Moves {
    static func keys(_ command: MovePerson, _ keys: inout Keys) {
        keys.need(Person.self, command.person.uuid)
        if let destination = command.destination { keys.need(Territory.self, destination) }
        if let household = command.household { keys.need(Household.self, household.uuid) }
    }

    static func move(_ command: MovePerson, _ unit: UnitOfWork) throws -> Outcome {
        try Persons.with(command.person, unit) { person in
            if case .deceased = person.state { return .rejected(.personGone, at: "/person") }
            if let outcome = try destinationProblem(of: command, person, unit) { return outcome }
            let before = person
            var fact = PersonMoved(
                person: person.id, from: person.territory, territory: command.destination,
                household: command.household, role: command.role, movedOn: command.movedOn,
                birthDate: person.birthDate, sex: person.sex)
            if let old = person.household, old != command.household {
                fact.leftHousehold = old
                try leaveHousehold(&person, unit)
            }
            if let id = command.household, person.household == nil {
                try join(&person, id, unit)
            }
            person.role = command.role
            if let destination = command.destination {
                person.territory = destination
                if case .movedOut = person.state { person.state = .provisional }
            } else {
                person.state = .movedOut(on: command.movedOn)
            }
            var stock = RegisteredStock()
            try stock.count(before, &person, on: command.movedOn, unit)
            fact.stock = stock.changes
            try unit.save(&person)
            return .accepted(fact, of: person)
        }
    }

    /// Why the person cannot go where the command says; nil if it can.
    private static func destinationProblem(
        of command: MovePerson, _ person: Person, _ unit: UnitOfWork
    ) throws -> Outcome? {
        guard command.movedOn >= person.registeredOn else {
            return .rejected(
                .beforeRegistration, at: "/movedOn",
                expected: "a date from \(person.registeredOn) on")
        }
        if command.household == nil, command.role != nil {
            return .rejected(.roleWithoutHousehold, at: "/role")
        }
        if command.household != nil, command.role == nil {
            return .rejected(.memberWithoutRole, at: "/role")
        }
        guard let destination = command.destination else {
            if command.household != nil {
                return .rejected(.movesOutWithHousehold, at: "/household")
            }
            if case .movedOut = person.state { return .rejected(.notMoved, at: "/person") }
            return nil
        }
        if let refusal = try Territories.refusal(
            destination, on: command.movedOn, at: "/destination", unit)
        {
            return .refused(refusal)
        }
        guard unit.covers(destination) else { return .rejected(.outOfScope, at: "/destination") }
        if let id = command.household {
            guard let household = try unit.find(Household.self, id.uuid) else {
                return .waiting(for: id.uuid, else: .unknownHousehold, at: "/household")
            }
            guard try Territories.covers(household.territory, unit) else {
                return .rejected(.outOfScope, at: "/household")
            }
        }
        let isSame =
            person.state.isPresent && destination == person.territory
            && command.household == person.household && command.role == person.role
        return isSame ? .rejected(.notMoved, at: "/person") : nil
    }

    static func keys(_ command: MoveHousehold, _ keys: inout Keys) {
        keys.need(Household.self, command.household.uuid)
        keys.need(Territory.self, command.territory)
    }

    static func move(_ command: MoveHousehold, _ unit: UnitOfWork) throws -> Outcome {
        let id = command.household.uuid
        guard var household = try unit.find(Household.self, id) else {
            return .waiting(for: id, else: .unknownHousehold, at: "/household")
        }
        guard try Territories.covers(household.territory, unit) else {
            return .rejected(.outOfScope, at: "/household")
        }
        if let refusal = try Territories.refusal(command.territory, on: command.movedOn, unit) {
            return .refused(refusal)
        }
        guard command.movedOn >= household.registeredOn else {
            return .rejected(
                .beforeRegistration, at: "/movedOn",
                expected: "a date from \(household.registeredOn) on")
        }
        guard command.territory != household.territory else {
            return .rejected(.notMoved, at: "/territory")
        }
        var stock = RegisteredStock()
        for var member in try unit.find(Person.self, all: household.members.map(\.uuid)) {
            let before = member
            member.territory = command.territory
            stock.move(before, &member, on: command.movedOn)
            try unit.store(member)
        }
        let from = household.territory
        stock.move(&household, to: command.territory, on: command.movedOn)
        try unit.save(&household)
        return .accepted(
            HouseholdMoved(
                household: household.id, from: from, territory: command.territory,
                members: household.members, movedOn: command.movedOn, stock: stock.changes),
            of: household)
    }

    // MARK: Households and their members

    /// Takes a person out of the household; the assertions about the person stay with the person. The
    /// caller stores the person.
    static func leaveHousehold(_ person: inout Person, _ unit: UnitOfWork) throws {
        guard let id = person.household,
            var household = try unit.find(Household.self, named: id.uuid)
        else { return }
        household.members.removeAll { $0 == person.id }
        let subjects = person.subjects
        let assertions = try unit.find(
            CategoryAssertion.self, all: household.assertions.map(\.uuid))
        let own = assertions.filter { subjects.contains($0.subject) }.map(\.id)
        household.assertions.removeAll { own.contains($0) }
        person.assertions += own
        try unit.store(household)
        person.household = nil
        person.role = nil
    }

    /// Puts a person into a household that exists. The caller sets the role and stores the person.
    static func join(
        _ person: inout Person, _ id: HouseholdID, _ unit: UnitOfWork
    ) throws {
        guard var household = try unit.find(Household.self, named: id.uuid) else { return }
        household.members.append(person.id)
        try unit.store(household)
        person.household = id
    }
}

/// Records that persons have died. They keep their place in the household, and in all counts of before that day.
enum Deaths {
    static func record(_ command: RecordDeath, _ unit: UnitOfWork) throws -> Outcome {
        try Persons.with(command.person, unit) { person in
            if case .deceased = person.state {
                return .rejected(.alreadyDeceased, at: "/person")
            }
            guard command.diedOn >= person.birthDate else {
                return .rejected(
                    .diedBeforeBirth, at: "/diedOn", expected: "a date from \(person.birthDate) on")
            }
            let before = person
            person.state = .deceased(on: command.diedOn)
            var stock = RegisteredStock()
            try stock.count(before, &person, on: command.diedOn, unit)
            try unit.save(&person)
            return .accepted(
                PersonDied(
                    person: person.id, household: person.household, territory: person.territory,
                    diedOn: command.diedOn, stock: stock.changes),
                of: person)
        }
    }
}

extension RefusalCode {
    static let movesOutWithHousehold = RefusalCode(
        "moves_out_with_household", "no household for a person who moves out")
    static let notMoved = RefusalCode("not_moved", "another territory, household or role")
    static let alreadyDeceased = RefusalCode(
        "already_deceased", "a person whose death was not recorded yet")
    static let diedBeforeBirth = RefusalCode(
        "died_before_birth", "a date on or after the person's birth")
}
