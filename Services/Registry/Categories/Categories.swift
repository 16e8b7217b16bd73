import Foundation
import Messages
import ServiceKit

/// Proposes, verifies, ends and revokes categories. A subject is never twice in a category on one
/// day.
enum Categories {
    static func register(in router: inout Router, _ keyring: Keyring) {
        router.on(
            AssertCategory.self,
            keys: { command, keys in
                keys.need(Household.self, command.household.uuid)
                keys.need(CategoryAssertion.self, command.assertion.uuid)
                keys.need(DataKey.self, command.subject)
                if command.subject != command.household.uuid {
                    keys.need(Person.self, command.subject)
                }
            }, { try assert($0, $1, keyring) })
        router.on(
            VerifyCategory.self,
            keys: { $1.need(CategoryAssertion.self, $0.assertion.uuid) }, verify)
        router.on(
            EndCategory.self, keys: { $1.need(CategoryAssertion.self, $0.assertion.uuid) },
            { try end($0, $1, keyring) })
        router.on(
            RevokeCategory.self, keys: { $1.need(CategoryAssertion.self, $0.assertion.uuid) },
            { try revoke($0, $1, keyring) })
        router.on(
            CorrectCategory.self, keys: { $1.need(CategoryAssertion.self, $0.assertion.uuid) },
            CategoryCorrections.correct)
    }

    static func assert(
        _ command: AssertCategory, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Emission {
        var household = try Households.require(command.household, unit)
        let member =
            command.subject == household.key
            ? nil : try member(command.subject, of: household, on: command.validFrom, unit)
        let subject = member?.key ?? household.key
        var assertion = CategoryAssertion(
            id: command.assertion, household: command.household, subject: subject,
            category: command.category, validFrom: command.validFrom, validTo: command.validTo,
            evidence: try keyring.seal(
                command.evidence, as: .evidence, about: subject, for: command.assertion.uuid, unit))
        try requireNew(assertion, about: member, in: household, unit)
        unit.claim(assertion.key, as: .assertion)
        if var member {
            member.assertions.append(assertion.id)
            try unit.store(member)
        } else {
            household.assertions.append(assertion.id)
            try unit.store(household)
        }
        return try unit.save(
            &assertion,
            CategoryAsserted(
                assertion.subject(in: member?.territory ?? household.territory),
                validTo: assertion.validTo,
                records: PeopleRecords(categories: [assertion.record])))
    }

    /// Somebody who lives in the household, or lived there on the first day of what is asserted: a paper may be late.
    private static func member(
        _ subject: UUID, of household: Household, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Person {
        guard let person = try Persons.find(PersonID(subject), unit) else {
            throw Wait(for: subject, else: .unknownSubject, at: "/subject")
        }
        guard
            [person.household, person.stays.stay(on: day)?.household].contains(household.id)
        else {
            throw Refusal(.unknownSubject, at: "/subject")
        }
        try unit.requireScope(person.territory, at: "/subject")
        try person.requireNotErased(at: "/subject")
        return person
    }

    /// Refuses an assertion that overlaps another one of its subject, and one about a household that begins when the household has
    /// ended.
    ///
    /// This message holds the rows of the household and the person, so no other worker can add an
    /// assertion meanwhile.
    /// - Parameters:
    ///   - person: the member it is about; nil if it is about the household.
    ///   - pointer: JSON Pointer inside `data`, to the part of the message that makes the
    ///     assertion.
    static func requireNew(
        _ new: CategoryAssertion, about person: Person?, in household: Household,
        at pointer: @autoclosure () -> String = "", _ unit: UnitOfWork
    ) throws {
        try unit.requireNew(
            CategoryAssertion.self, new.key, else: .assertionExists, at: "\(pointer())/assertion")
        if person == nil {
            try household.requireNotGone(on: new.validFrom, at: "\(pointer())/validFrom")
        }
        let held = try person.map { try about($0, unit) } ?? household.assertions
        for id in held {
            if let other = try unit.find(CategoryAssertion.self, id.uuid), other.overlaps(new) {
                throw Refusal(.categoryOverlaps, at: "\(pointer())/validFrom")
            }
        }
    }

    /// The assertions about the person under any id.
    static func about(_ person: Person, _ unit: UnitOfWork) throws -> [AssertionID] {
        guard !person.merged.isEmpty else { return person.assertions }
        let merged = try unit.find(Person.self, all: person.merged.map(\.uuid))
        return person.assertions + merged.flatMap(\.assertions)
    }

    static func verify(_ command: VerifyCategory, _ unit: UnitOfWork) throws -> Emission {
        var assertion = try require(command.assertion, unit)
        let territory = try requireNotRevoked(assertion, unit)
        guard assertion.endedOn == nil else { throw Refusal(.categoryEnded, at: "/assertion") }
        guard case .proposed = assertion.state else {
            throw Refusal(.alreadyVerified, at: "/assertion")
        }
        assertion.state = .verified(on: command.verifiedOn)
        let change = try settle(assertion, unit)
        return try unit.emit(
            CategoryVerified(
                assertion.subject(in: territory), validTo: assertion.validTo,
                verifiedOn: command.verifiedOn, stock: change.stock.changes,
                records: change.records), of: CategoryAssertion.self, assertion.key)
    }

    static func end(
        _ command: EndCategory, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Emission {
        var assertion = try require(command.assertion, unit)
        let territory = try requireNotRevoked(assertion, unit)
        guard assertion.endedOn == nil else { throw Refusal(.categoryEnded, at: "/assertion") }
        guard command.endedOn >= assertion.validFrom,
            assertion.validTo.map({ command.endedOn <= $0 }) ?? true
        else {
            let until = assertion.validTo.map { " to \($0)" } ?? " on"
            throw Refusal(
                .endsOutsideValidity, at: "/endedOn",
                expected: "a date from \(assertion.validFrom)\(until)")
        }
        assertion.state = .ended(on: command.endedOn, verifiedOn: assertion.verifiedOn)
        assertion.endReason = try sealed(command.reason, of: assertion, unit, keyring)
        try keep(command.reason, about: assertion, unit)
        let change = try settle(assertion, unit)
        return try unit.emit(
            CategoryEnded(
                assertion.subject(in: territory), endedOn: command.endedOn,
                stock: change.stock.changes, records: change.records),
            of: CategoryAssertion.self, assertion.key)
    }

    /// Refuses an assertion that was only proposed: it was never counted, so it is ended, not
    /// revoked.
    static func revoke(
        _ command: RevokeCategory, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Emission {
        var assertion = try require(command.assertion, unit)
        let territory = try requireNotRevoked(assertion, unit)
        guard let verifiedOn = assertion.verifiedOn else {
            throw Refusal(.notVerified, at: "/assertion")
        }
        try command.revokedOn.require(
            from: verifiedOn, else: .revokedTooEarly, at: "/revokedOn")
        assertion.state = .revoked(
            on: command.revokedOn, verifiedOn: verifiedOn, endedOn: assertion.endedOn)
        assertion.endReason =
            try sealed(command.reason, of: assertion, unit, keyring) ?? assertion.endReason
        try keep(command.reason, about: assertion, unit)
        let change = try settle(assertion, unit)
        return try unit.emit(
            CategoryRevoked(
                assertion.subject(in: territory), revokedOn: command.revokedOn,
                stock: change.stock.changes, records: change.records),
            of: CategoryAssertion.self, assertion.key)
    }

    /// Stores the assertion, and tells what it changes in numbers.
    static func settle(
        _ assertion: CategoryAssertion, _ unit: UnitOfWork
    ) throws -> People.Change {
        let before =
            if assertion.subject == assertion.household.uuid {
                try People(of: [], households: [assertion.household], unit)
            } else {
                try People(
                    of: [try Persons.find(PersonID(assertion.subject), unit)].compactMap { $0?.id },
                    unit)
            }
        try unit.store(assertion)
        return try before.settle(unit)
    }

    /// - Returns: nil for a person who was erased: nothing more is stored about the person.
    private static func sealed(
        _ reason: String?, of assertion: CategoryAssertion, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> [UInt8]? {
        guard try !isErased(assertion, unit) else { return nil }
        return try keyring.seal(
            reason, as: .endReason, about: assertion.subject, for: assertion.key, unit)
    }

    /// Keeps a reason for the history. The erasure of the person or, if it is about the household, of anybody who has lived there
    /// takes it along.
    static func keep(
        _ reason: String?, about assertion: CategoryAssertion, _ unit: UnitOfWork
    ) throws {
        guard try !isErased(assertion, unit) else { return }
        unit.keep(reason, "reason", of: unit.message.id, about: assertion.subject)
    }

    private static func isErased(
        _ assertion: CategoryAssertion, _ unit: UnitOfWork
    ) throws -> Bool {
        guard assertion.subject != assertion.household.uuid else { return false }
        return try Persons.find(PersonID(assertion.subject), unit)?.isErased ?? true
    }

    static func require(
        _ id: AssertionID, _ unit: UnitOfWork
    ) throws -> CategoryAssertion {
        try unit.require(
            CategoryAssertion.self, id.uuid, else: .unknownAssertion, at: "/assertion")
    }

    /// Refuses an assertion that was revoked, or whose subject lives outside the publisher's scope.
    /// The office of where a person lives now decides, whatever household it was asserted for.
    /// - Returns: the territory of the person whom it is about, or else of the household.
    static func requireNotRevoked(
        _ assertion: CategoryAssertion, _ unit: UnitOfWork
    ) throws -> TerritoryCode {
        let territory = try territory(of: assertion, unit)
        try unit.requireScope(territory, at: "/assertion")
        guard assertion.revokedOn == nil else {
            throw Refusal(.categoryRevoked, at: "/assertion")
        }
        return territory
    }

    private static func territory(
        of assertion: CategoryAssertion, _ unit: UnitOfWork
    ) throws -> TerritoryCode {
        if assertion.subject != assertion.household.uuid,
            let person = try Persons.find(PersonID(assertion.subject), unit)
        {
            return person.territory
        }
        return try unit.require(
            Household.self, assertion.household.uuid, else: .unknownAssertion, at: "/assertion"
        ).territory
    }
}

extension CategoryAssertion {
    func subject(in territory: TerritoryCode) -> CategorySubject {
        CategorySubject(
            assertion: id, household: household, subject: subject, territory: territory,
            category: category, validFrom: validFrom)
    }
}

extension RefusalCode {
    static let categoryRevoked = RefusalCode(
        "category_revoked", "an assertion that was not revoked")
    static let notVerified = RefusalCode("not_verified", "an assertion that was verified")
    static let revokedTooEarly = RefusalCode(
        "revoked_too_early", "a date on or after the verification")
    static let assertionExists = RefusalCode(
        "assertion_exists", "the id of an assertion that was not made yet")
    static let unknownAssertion = RefusalCode(
        "unknown_assertion", "the id of an assertion that was made")
    static let categoryOverlaps = RefusalCode(
        "category_overlaps", "a time in which the subject is not in this category already")
    static let alreadyVerified = RefusalCode(
        "already_verified", "an assertion that is proposed and not verified")
    static let categoryEnded = RefusalCode(
        "category_ended", "an assertion that has not ended")
    static let endsOutsideValidity = RefusalCode(
        "ends_outside_validity", "a date on which the category holds")
}
