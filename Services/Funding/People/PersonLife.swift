import Foundation
import Messages
import Postgres
import ServiceKit

/// Follows persons and households: their moves, merges, deaths and erasures. Each fact waits until the
/// person or household is known.
enum PersonLife {
    static func register(in router: inout Router) {
        router.on(
            PersonMoved.self,
            keys: { fact, keys in
                keys.need(Person.self, fact.person.uuid)
                if let household = fact.household { keys.need(Household.self, household.uuid) }
            }, personMoved)
        router.on(
            HouseholdMoved.self,
            keys: { fact, keys in
                keys.need(Household.self, fact.household.uuid)
                for member in fact.members { keys.need(Person.self, member.uuid) }
            }, householdMoved)
        // Alone, because its statement changes all persons that were merged into the merged one.
        router.on(
            PersonsMerged.self,
            keys: { fact, keys in
                keys.need(Person.self, fact.survivor.uuid)
                keys.need(Person.self, fact.merged.uuid)
                if let household = fact.household { keys.need(Household.self, household.uuid) }
            }, alone: true, merged)
        router.on(PersonDied.self, keys: { $1.need(Person.self, $0.person.uuid) }, died)
        router.on(
            PersonErased.self,
            keys: { fact, keys in
                for id in [fact.person] + fact.merged { keys.need(Person.self, id.uuid) }
            }, erased)
    }

    // MARK: Moves

    static func personMoved(_ fact: PersonMoved, _ unit: UnitOfWork) throws {
        var person = try unit.require(
            Person.self, fact.person.uuid, else: .unknownPerson, at: "/person")
        guard unit.message.sequence ?? 0 > person.sequence else { return }
        try settle(
            &person, in: fact.household, as: fact.role, at: fact.territory, on: fact.movedOn, unit)
        person.movedOn = fact.movedOn
        try unit.store(person)
    }

    /// Moves a person to the place in one of the person's own facts; or to that of the household, if it
    /// has moved on that day or later. The facts of a person and of a household have no common order
    /// except their days.
    static func settle(
        _ person: inout Person, in household: HouseholdID?, as role: Role?,
        at territory: TerritoryCode?, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        person.household = household
        person.role = role
        person.territory = territory
        person.sequence = unit.message.sequence ?? 0
        if let household, let home = try unit.find(Household.self, household.uuid),
            let movedOn = home.movedOn, movedOn >= day
        {
            person.territory = home.territory
        }
    }

    /// Moves a household, and its members who still live there and have not moved on their own since.
    static func householdMoved(_ fact: HouseholdMoved, _ unit: UnitOfWork) throws {
        var household = try unit.require(
            Household.self, fact.household.uuid, else: .unknownHousehold, at: "/household")
        let sequence = unit.message.sequence ?? 0
        guard sequence > household.sequence else { return }
        household.territory = fact.territory
        household.movedOn = fact.movedOn
        household.sequence = sequence
        try unit.store(household)
        for var member in try unit.find(Person.self, all: fact.members.map(\.uuid))
        where member.household == household.id {
            if let movedOn = member.movedOn, movedOn > fact.movedOn { continue }
            member.territory = fact.territory
            try unit.store(member)
        }
    }

    // MARK: Merges

    /// From then on both ids mean the survivor. Loans and policies keep the id under which they were made.
    /// If both persons had a loan or policy, both stay in force, but no other is made.
    static func merged(_ fact: PersonsMerged, _ unit: UnitOfWork) throws {
        // The survivor may have been merged again since.
        var survivor = try Persons.require(
            fact.survivor, else: .unknownPerson, at: "/survivor", unit)
        var merged = try unit.require(
            Person.self, fact.merged.uuid, else: .unknownPerson, at: "/merged")
        guard merged.mergedInto == nil, survivor.id != merged.id else { return }
        if survivor.id == fact.survivor, unit.message.sequence ?? 0 > survivor.sequence {
            try settle(
                &survivor, in: fact.household, as: fact.role, at: fact.territory,
                on: fact.mergedOn, unit)
            survivor.movedOn = fact.mergedOn
        }
        survivor.diedOn = [survivor.diedOn, merged.diedOn].compactMap { $0 }.min()
        merged.mergedInto = survivor.id
        try unit.store(survivor)
        try unit.store(merged)
        try unit.execute(
            """
            UPDATE person SET merged_into = \(survivor.key) WHERE merged_into = \(merged.key)
            """)
    }

    // MARK: Death and erasure

    static func died(_ fact: PersonDied, _ unit: UnitOfWork) throws {
        var person = try Persons.require(fact.person, else: .unknownPerson, at: "/person", unit)
        // If a death was recorded under two ids, the earlier day counts, as in a merge.
        if let diedOn = person.diedOn, diedOn <= fact.diedOn { return }
        person.diedOn = fact.diedOn
        try unit.store(person)
    }

    /// Keeps the birth date, as registry does, so the rules judge the family as before. Free texts about
    /// the person and about the family go: they may name any member.
    static func erased(_ fact: PersonErased, _ unit: UnitOfWork) throws {
        for id in [fact.person] + fact.merged {
            var person = try unit.require(
                Person.self, id.uuid, else: .unknownPerson, at: "/person")
            unit.eraseTexts(about: [id.uuid])
            if let household = person.household {
                unit.eraseTexts(about: [household.uuid])
                let family = try unit.query(
                    "SELECT id FROM person WHERE household = \(household)")
                unit.eraseTexts(about: try family.map { try $0.decode(UUID.self, at: 0) })
            }
            guard !person.isErased else { continue }
            person.isErased = true
            try unit.store(person)
        }
    }
}
