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
            EndCategory.self, keys: { $1.need(CategoryAssertion.self, $0.assertion.uuid) }, end)
        router.on(
            RevokeCategory.self, keys: { $1.need(CategoryAssertion.self, $0.assertion.uuid) },
            revoke)
        router.on(
            CorrectCategory.self, keys: { $1.need(CategoryAssertion.self, $0.assertion.uuid) },
            CategoryCorrections.correct)
    }

    static func assert(
        _ command: AssertCategory, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Emission {
        var household = try Households.requireInScope(
            command.household, on: command.validFrom, unit)
        let member =
            command.subject == household.key
            ? nil : try member(command.subject, of: household, on: command.validFrom, unit)
        let subject = member?.key ?? household.key
        let assertion = CategoryAssertion(
            id: command.assertion, household: command.household, subject: subject,
            category: command.category, validFrom: command.validFrom, validTo: command.validTo,
            evidence: try keyring.seal(
                command.evidence, as: .evidence, about: subject, for: command.assertion.uuid, unit))
        let before = try People(
            of: member.map { [$0.id] } ?? [], households: [household.id], unit)
        try requireNew(assertion, about: member, in: household, of: { before.persons }, unit)
        unit.claim(assertion.key, as: .assertion)
        try unit.store(assertion)
        if var member {
            member.assertions.append(assertion.id)
            try unit.store(member)
        } else {
            household.assertions.append(assertion.id)
            try unit.store(household)
        }
        let change = try before.settle(unit, on: command.validFrom)
        if try unit.covers(member?.territory ?? household.territory) {
            try remark(on: assertion.id, before.now(unit), unit)
        }
        return try unit.emit(
            CategoryAsserted(
                assertion.subject(in: member?.territory ?? household.territory),
                validTo: assertion.validTo, records: change.records),
            of: CategoryAssertion.self, assertion.key)
    }

    /// Says in the receipt that the assertion does not fit what else is registered, and is looked at.
    static func remark(
        on assertion: AssertionID, _ people: People, at pointer: String = "/validFrom",
        _ unit: UnitOfWork
    ) throws {
        guard let since = Contradiction.day(of: people.contradictions(of: assertion)) else {
            return
        }
        unit.remark(
            .categoryContradicts, at: pointer,
            expected:
                "\(RefusalCode.categoryContradicts.expected); from \(since) on it does not, and the task \(TaskKind.reviewCategories.name) asks which of them is wrong"
        )
    }

    /// Somebody who lives in the household, or lived there on the first day of what is asserted: a paper may be late.
    private static func member(
        _ subject: UUID, of household: Household, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Person {
        guard let person = try Persons.find(PersonID(subject), unit) else {
            throw Wait(for: subject, else: .unknownSubject, at: "/subject")
        }
        try unit.requireScope(person, on: day, at: "/subject")
        guard
            [person.household, person.stays.stay(on: day)?.household].contains(household.id)
        else {
            throw Refusal(.unknownSubject, at: "/subject")
        }
        try person.requireNotErased(at: "/subject")
        return person
    }

    static func verify(_ command: VerifyCategory, _ unit: UnitOfWork) throws -> Emission {
        var assertion = try require(command.assertion, unit)
        let territory = try requireNotRevoked(assertion, on: command.verifiedOn, unit)
        guard assertion.endedOn == nil else { throw Refusal(.categoryEnded, at: "/assertion") }
        guard case .proposed = assertion.state else {
            throw Refusal(.alreadyVerified, at: "/assertion")
        }
        assertion.state = .verified(on: command.verifiedOn)
        let change = try settle(assertion, on: command.verifiedOn, unit)
        return try unit.emit(
            CategoryVerified(
                assertion.subject(in: territory), validTo: assertion.validTo,
                verifiedOn: command.verifiedOn, stock: change.stock.changes,
                records: change.records), of: CategoryAssertion.self, assertion.key)
    }

    static func end(_ command: EndCategory, _ unit: UnitOfWork) throws -> Emission {
        var assertion = try require(command.assertion, unit)
        let territory = try requireNotRevoked(assertion, on: command.endedOn, unit)
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
        try keep(command.reason, about: assertion, unit)
        let change = try settle(assertion, on: command.endedOn, unit)
        return try unit.emit(
            CategoryEnded(
                assertion.subject(in: territory), endedOn: command.endedOn,
                stock: change.stock.changes, records: change.records),
            of: CategoryAssertion.self, assertion.key)
    }

    /// Refuses an assertion that was only proposed: it was never counted, so it is ended, not
    /// revoked.
    static func revoke(_ command: RevokeCategory, _ unit: UnitOfWork) throws -> Emission {
        var assertion = try require(command.assertion, unit)
        let territory = try requireNotRevoked(assertion, unit)
        guard let verifiedOn = assertion.verifiedOn else {
            throw Refusal(.notVerified, at: "/assertion")
        }
        try command.revokedOn.require(
            from: verifiedOn, else: .revokedTooEarly, at: "/revokedOn")
        assertion.state = .revoked(
            on: command.revokedOn, verifiedOn: verifiedOn, endedOn: assertion.endedOn)
        try keep(command.reason, about: assertion, unit)
        let change = try settle(assertion, on: command.revokedOn, unit)
        return try unit.emit(
            CategoryRevoked(
                assertion.subject(in: territory), revokedOn: command.revokedOn,
                stock: change.stock.changes, records: change.records),
            of: CategoryAssertion.self, assertion.key)
    }

    /// Stores the assertion, and tells what it changes in numbers.
    /// - Parameter day: the business date of what the command says.
    static func settle(
        _ assertion: CategoryAssertion, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> People.Change {
        let before = try people(concernedBy: assertion, unit)
        try unit.store(assertion)
        let change = try before.settle(unit, on: day)
        try remark(on: assertion.id, before.now(unit), at: "/assertion", unit)
        return change
    }

    private static func people(
        concernedBy assertion: CategoryAssertion, _ unit: UnitOfWork
    ) throws -> People {
        guard assertion.subject != assertion.household.uuid else {
            return try People(of: [], households: [assertion.household], unit)
        }
        let person = try Persons.find(PersonID(assertion.subject), unit)
        return try People(of: person.map { [$0.id] } ?? [], unit)
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
    /// The office of where a person lives decides, whatever household it was asserted for.
    ///
    /// The office of where the subject lived on the day of a step may take the step late, as long as all that was decided on the
    /// assertion is of its time too. So it is told of no later decision, and changes none.
    /// - Parameter day: that of a late step; nil if only the office of now decides.
    /// - Returns: the territory of the person whom it is about, or else of the household.
    static func requireNotRevoked(
        _ assertion: CategoryAssertion, on day: BusinessDate? = nil, _ unit: UnitOfWork
    ) throws -> TerritoryCode {
        let subject = try subject(of: assertion, unit)
        if let day {
            let decided = [assertion.verifiedOn, assertion.endedOn, assertion.revokedOn]
            for day in [day] + decided.compactMap(\.self) {
                try unit.requireScope(subject, on: day, at: "/assertion")
            }
        } else {
            try unit.requireScope(subject.territory, at: "/assertion")
        }
        guard assertion.revokedOn == nil else {
            throw Refusal(.categoryRevoked, at: "/assertion")
        }
        return subject.territory
    }

    private static func subject(
        of assertion: CategoryAssertion, _ unit: UnitOfWork
    ) throws -> any Resident {
        if assertion.subject != assertion.household.uuid,
            let person = try Persons.find(PersonID(assertion.subject), unit)
        {
            return person
        }
        return try unit.require(
            Household.self, assertion.household.uuid, else: .unknownAssertion, at: "/assertion")
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
    static let unknownAssertion = RefusalCode(
        "unknown_assertion", "the id of an assertion that was made")
    static let alreadyVerified = RefusalCode(
        "already_verified", "an assertion that is proposed and not verified")
    static let categoryEnded = RefusalCode(
        "category_ended", "an assertion that has not ended")
    static let endsOutsideValidity = RefusalCode(
        "ends_outside_validity", "a date on which the category holds")
}
