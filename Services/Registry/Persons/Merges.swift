import Foundation
import Messages
import ServiceKit

/// Merges two registrations of one person. From then on the merged id means the survivor in every
/// command. The survivor is in one household, and has all that was recorded about either.
enum Merges {
    static func merge(_ command: MergePersons, _ unit: UnitOfWork) throws -> [Emission] {
        guard command.survivor != command.merged else {
            throw Refusal(.samePerson, at: "/merged")
        }
        var survivor = try Persons.requireInScope(command.survivor, at: "/survivor", unit)
        var merged = try unit.require(
            Person.self, command.merged.uuid, else: .unknownPerson, at: "/merged")
        try requireMergeable(merged, into: survivor, unit)
        let before = (survivor: survivor, merged: merged)
        let left = try uniteHouseholds(&survivor, &merged, unit)
        uniteStates(&survivor, merged)
        for var earlier in try unit.find(Person.self, all: merged.merged.map(\.uuid)) {
            earlier.state = .merged(into: survivor.id, on: command.mergedOn)
            try unit.store(earlier)
        }
        survivor.merged += [merged.id] + merged.merged
        survivor.assertions += merged.assertions
        let ended = try Members.unite(
            merged.memberships, into: &survivor, on: command.mergedOn, unit)
        let consents = try Consents.unite(merged.id, into: survivor, unit)
        merged.state = .merged(into: survivor.id, on: command.mergedOn)
        (merged.merged, merged.assertions, merged.memberships) = ([], [], [])
        var stock = RegisteredStock()
        try stock.count(before.merged, &merged, on: command.mergedOn, unit)
        try stock.count(before.survivor, &survivor, on: command.mergedOn, unit)
        try unit.store(merged)
        let fact = PersonsMerged(
            survivor: survivor.id, merged: merged.id, territory: survivor.territory,
            household: survivor.household, role: survivor.role, leftHousehold: left,
            mergedOn: command.mergedOn, stock: stock.changes)
        return [try unit.save(&survivor, fact)] + ended + consents
    }

    private static func requireMergeable(
        _ merged: Person, into survivor: Person, _ unit: UnitOfWork
    ) throws {
        guard merged.id != survivor.id else { throw Refusal(.samePerson, at: "/merged") }
        try unit.requireScope(merged.territory, at: "/merged")
        guard merged.state.survivor == nil else { throw Refusal(.alreadyMerged, at: "/merged") }
        try merged.requireNotErased(at: "/merged")
        if let id = merged.household {
            try unit.requireScope(Households.named(id, unit).territory, at: "/merged")
        }
    }

    /// The survivor stays in its household; if it is in none, it takes the merged one's place.
    /// - Returns: the household that has one member less; nil if none has.
    private static func uniteHouseholds(
        _ survivor: inout Person, _ merged: inout Person, _ unit: UnitOfWork
    ) throws -> HouseholdID? {
        guard let household = merged.household else { return nil }
        let role = merged.role
        try Households.leave(&merged, unit)
        if survivor.household == nil {
            try Households.join(&survivor, household, unit)
            survivor.role = role
            survivor.territory = merged.territory
        }
        return survivor.household == household ? nil : household
    }

    /// Gives the survivor the stronger of both states: a death is stronger than all others, living
    /// here is stronger than having moved out, and a verification is stronger than none.
    private static func uniteStates(_ survivor: inout Person, _ merged: Person) {
        switch (survivor.state, merged.state) {
        case (.deceased, _): break
        case (_, .deceased), (.provisional, .verified): survivor.state = merged.state
        case (.movedOut, .provisional), (.movedOut, .verified):
            survivor.state = merged.state
            survivor.territory = merged.territory
        default: break
        }
    }
}

extension RefusalCode {
    static let samePerson = RefusalCode("same_person", "the id of another person")
    static let alreadyMerged = RefusalCode(
        "already_merged", "a person who was not merged into another one")
}
