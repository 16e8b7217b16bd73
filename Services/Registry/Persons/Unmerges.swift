import Foundation
import Messages
import ServiceKit

/// Separates two registrations that were merged and are not of one person. The merged one is as it was, and the survivor
/// keeps what was recorded since.
enum Unmerges {
    static func unmerge(
        _ command: UnmergePersons, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> [Emission] {
        var survivor = try Persons.requireInScope(command.survivor, at: "/survivor", unit)
        var merged = try unit.require(
            Person.self, command.merged.uuid, else: .unknownPerson, at: "/merged")
        guard let merge = merged.merge, merge.survivor == survivor.id else {
            throw Refusal(.notMerged, at: "/merged")
        }
        try unit.requireScope(merged.territory, at: "/merged")
        try Actors.require(command.actor, for: survivor, on: command.unmergedOn, unit)
        try command.unmergedOn.require(from: merge.on, else: .unmergedTooEarly, at: "/unmergedOn")
        let before = try People(of: [survivor.id], unit)
        let gone = Set([merged.id] + merged.merged)
        merged.merge = nil
        for id in [merge.into, merge.survivor] where !merged.separated.contains(id) {
            merged.separated.append(id)
        }
        try unit.store(merged)
        try Merges.point(merged.merged, to: merged.id, unit)
        try leave(gone, from: merge.into, unit)
        try Papers.restore([merge.into, merged.id], freedBy: merged.id, unit, keyring)
        survivor = try unit.find(Person.self, survivor.key) ?? survivor
        let apart = [survivor, merged]
        for person in apart { _ = try CategoryUnions.unite(about: person, unit) }
        var change = try before.settle(unit, on: command.unmergedOn)
        let memberships = try apart.flatMap { person in
            let now = try unit.find(Person.self, person.key) ?? person
            return now.diedOn == nil ? try Members.restore(now, unit) : []
        }
        let consents = try apart.flatMap { try Consents.separate($0, by: command.actor, unit) }
        survivor = try unit.find(Person.self, survivor.key) ?? survivor
        merged = try unit.find(Person.self, merged.key) ?? merged
        for person in [survivor, merged] {
            try ConsentTasks.followDeath(of: person, on: command.unmergedOn, unit)
        }
        // It says of both why they are two.
        unit.keep(
            command.reason, "reason", of: unit.message.id,
            about: survivor.subjects.union(merged.subjects))
        try Doubles.keepApart(survivor, merged, on: command.unmergedOn, unit)
        change.tell(survivor)
        let fact = PersonsUnmerged(
            survivor: survivor.id, merged: merged.id, territory: survivor.territory,
            mergedTerritory: merged.territory,
            into: merge.into == survivor.id ? nil : merge.into, mergedOn: merge.on,
            unmergedOn: command.unmergedOn, actor: command.actor,
            stock: change.stock.changes, records: change.records)
        return [try unit.emit(fact, of: Person.self, survivor.key)] + memberships + consents
    }

    /// Takes registrations out of all those that had them: up to the last survivor.
    private static func leave(
        _ gone: Set<PersonID>, from first: PersonID, _ unit: UnitOfWork
    ) throws {
        var next: PersonID? = first
        while let id = next, var person = try unit.find(Person.self, named: id.uuid) {
            person.merged.removeAll(where: gone.contains)
            for id in gone { person.stays.release(id) }
            let rest = try unit.find(Person.self, all: person.merged.map(\.uuid))
            person.inherited = rest.reduce(Person.Standing()) { $0.united(with: $1.own) }
            try unit.store(person)
            next = person.merge?.into
        }
    }
}

extension RefusalCode {
    static let notMerged = RefusalCode(
        "not_merged", "a registration that was merged into the survivor")
    static let unmergedTooEarly = RefusalCode(
        "unmerged_too_early", "a date on or after the merge")
}
