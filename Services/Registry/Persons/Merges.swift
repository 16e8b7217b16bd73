import Foundation
import Messages
import ServiceKit

/// Merges two registrations of one person. From then on the merged id means the survivor in every
/// command. The survivor is in one household, and has all that was recorded about either.
///
/// Nothing of the merged registration is overwritten, so that `Unmerges` can restore it.
enum Merges {
    static func merge(
        _ command: MergePersons, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> [Emission] {
        guard command.survivor != command.merged else {
            throw Refusal(.samePerson, at: "/merged")
        }
        var survivor = try Persons.requireInScope(command.survivor, at: "/survivor", unit)
        var merged = try unit.require(
            Person.self, command.merged.uuid, else: .unknownPerson, at: "/merged")
        try requireMergeable(merged, into: survivor, on: command.mergedOn, unit)
        switch command.wrongPapers {
        case .survivor: try Papers.free(&survivor, by: merged.id, unit, keyring)
        case .merged: try Papers.free(&merged, by: merged.id, unit, keyring)
        case nil: break
        }
        let before = try People(of: [survivor.id, merged.id], unit)
        let left = merged.household
        let memberships = try Members.unite(merged, into: survivor, on: command.mergedOn, unit)
        unitePlaces(&survivor, merged, on: command.mergedOn)
        survivor.inherited = survivor.inherited.united(
            with: merged.own.united(with: merged.inherited))
        survivor.merged += [merged.id] + merged.merged
        merged.merge = Person.Merge(
            survivor: survivor.id, into: survivor.id, on: command.mergedOn)
        try unit.store(survivor)
        try unit.store(merged)
        try point(merged.merged, to: survivor.id, unit)
        let assertions = try CategoryUnions.unite(about: survivor, unit)
        try Doubles.settle(survivor, merged, on: command.mergedOn, unit)
        let consents = try Consents.unite(merged.id, into: survivor, unit)
        try ConsentTasks.review(survivor, on: command.mergedOn, unit)
        let deaths = try survivor.diedOn.map {
            try Members.leave(survivor, on: $0, because: .death, unit)
        }
        var change = try before.settle(unit, on: command.mergedOn)
        survivor = try unit.find(Person.self, survivor.key) ?? survivor
        change.tell(survivor)
        let fact = PersonsMerged(
            survivor: survivor.id, merged: merged.id, territory: survivor.territory,
            household: survivor.household, role: survivor.role,
            leftHousehold: left == survivor.household ? nil : left, mergedOn: command.mergedOn,
            stock: change.stock.changes, records: change.records)
        return [try unit.emit(fact, of: Person.self, survivor.key)] + memberships
            + (deaths ?? []) + consents
            + (try assertions.filter { $0.union != nil }.map { try ended($0, survivor, unit) })
    }

    private static func requireMergeable(
        _ merged: Person, into survivor: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        guard merged.id != survivor.id else { throw Refusal(.samePerson, at: "/merged") }
        try unit.requireScope(merged.territory, at: "/merged")
        guard merged.survivor == nil else { throw Refusal(.alreadyMerged, at: "/merged") }
        try merged.requireNotErased(at: "/merged")
        if let id = merged.household {
            try unit.requireScope(Households.named(id, unit).territory, at: "/merged")
        }
        try day.require(
            from: max(merged.registeredOn, survivor.registeredOn), else: .beforeRegistration,
            at: "/mergedOn")
    }

    /// The survivor stays where it is. If it is in no household and the merged one is, or has moved out and the merged one has
    /// not, it lives there from that day on.
    private static func unitePlaces(
        _ survivor: inout Person, _ merged: Person, on day: BusinessDate
    ) {
        guard let own = survivor.stays.stay(on: day), let other = merged.stays.stay(on: day) else {
            return
        }
        let isWeaker =
            own.household == nil && other.household != nil
            || own.territory == nil && other.territory != nil
        if isWeaker { survivor.stays.take(merged.stays, of: merged.id, on: day) }
    }

    /// Lets registrations that were merged before mean the last survivor.
    static func point(_ merged: [PersonID], to survivor: PersonID, _ unit: UnitOfWork) throws {
        for var earlier in try unit.find(Person.self, all: merged.map(\.uuid)) {
            earlier.merge?.survivor = survivor
            try unit.store(earlier)
        }
    }

    private static func ended(
        _ assertion: CategoryAssertion, _ survivor: Person, _ unit: UnitOfWork
    ) throws -> Emission {
        let record = try unit.find(CategoryAssertion.self, assertion.key)?.record
        return try unit.emit(
            CategoryEnded(
                assertion.subject(in: survivor.territory),
                endedOn: assertion.endedOn ?? assertion.validFrom, stock: [],
                records: PeopleRecords(categories: record.map { [$0] })),
            of: CategoryAssertion.self, assertion.key)
    }
}

extension RefusalCode {
    static let samePerson = RefusalCode("same_person", "the id of another person")
    static let alreadyMerged = RefusalCode(
        "already_merged", "a person who was not merged into another one")
}
