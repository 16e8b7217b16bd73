import Foundation
import Messages
import ServiceKit

/// Proposes, verifies, ends and revokes categories. The same category never holds twice for a subject on a day.
enum Categories {
    static func keys(_ command: AssertCategory, _ keys: inout Keys) {
        keys.need(Household.self, command.household.uuid)
        keys.need(CategoryAssertion.self, command.assertion.uuid)
        keys.need(DataKey.self, command.subject)
        if command.subject != command.household.uuid {
            keys.need(Person.self, command.subject)
        }
    }

    static func assert(
        _ command: AssertCategory, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Outcome {
        let id = command.household.uuid
        guard var household = try unit.find(Household.self, id) else {
            return .waiting(for: id, else: .unknownHousehold, at: "/household")
        }
        guard try Territories.covers(household.territory, unit) else {
            return .rejected(.outOfScope, at: "/household")
        }
        var member: Person?
        if command.subject != id {
            guard let person = try Persons.find(PersonID(command.subject), unit) else {
                return .waiting(for: command.subject, else: .unknownSubject, at: "/subject")
            }
            guard person.household == household.id else {
                return .rejected(.unknownSubject, at: "/subject")
            }
            guard !person.state.isErased else { return .rejected(.personErased, at: "/subject") }
            member = person
        }
        let subject = member?.key ?? id
        var assertion = CategoryAssertion(
            id: command.assertion, household: command.household, subject: subject,
            category: command.category, validFrom: command.validFrom, validTo: command.validTo,
            evidence: try keyring.seal(
                command.evidence, about: subject, for: command.assertion.uuid, unit))
        if let (code, field) = try refusal(of: assertion, about: member, in: household, unit) {
            return .rejected(code, at: "/\(field)")
        }
        try unit.save(&assertion)
        household.assertions.append(assertion.id)
        try unit.store(household)
        return .accepted(
            CategoryAsserted(
                assertion: assertion.id, household: household.id, subject: assertion.subject,
                territory: household.territory, category: assertion.category,
                validFrom: assertion.validFrom, validTo: assertion.validTo),
            of: assertion)
    }

    /// Why a new assertion cannot stand beside those of its subject, and the field to blame.
    ///
    /// The rows of the household and the person are held, so no other worker can add to them meanwhile.
    /// - Parameter person: whom it is about, if not the household.
    static func refusal(
        of new: CategoryAssertion, about person: Person?, in household: Household,
        _ unit: UnitOfWork
    ) throws -> (RefusalCode, field: String)? {
        guard try unit.find(CategoryAssertion.self, new.key) == nil else {
            return (.assertionExists, "assertion")
        }
        let subjects = person?.subjects ?? [household.key]
        for id in household.assertions + (person?.assertions ?? []) {
            if let other = try unit.find(CategoryAssertion.self, id.uuid),
                subjects.contains(other.subject), other.overlaps(new)
            {
                return (.categoryOverlaps, "validFrom")
            }
        }
        return nil
    }

    static func verify(_ command: VerifyCategory, _ unit: UnitOfWork) throws -> Outcome {
        try withStanding(command.assertion, unit) { assertion, household in
            if assertion.endedOn != nil { return .rejected(.categoryEnded, at: "/assertion") }
            guard case .proposed = assertion.state else {
                return .rejected(.alreadyVerified, at: "/assertion")
            }
            assertion.state = .verified(on: command.verifiedOn)
            try unit.save(&assertion)
            return .accepted(
                CategoryVerified(
                    assertion: assertion.id, household: household.id, subject: assertion.subject,
                    territory: household.territory, category: assertion.category,
                    validFrom: assertion.validFrom, validTo: assertion.validTo,
                    verifiedOn: command.verifiedOn),
                of: assertion)
        }
    }

    static func end(
        _ command: EndCategory, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Outcome {
        try withStanding(command.assertion, unit) { assertion, household in
            if assertion.endedOn != nil { return .rejected(.categoryEnded, at: "/assertion") }
            guard command.endedOn >= assertion.validFrom,
                assertion.validTo.map({ command.endedOn <= $0 }) ?? true
            else {
                let until = assertion.validTo.map { " to \($0)" } ?? " on"
                return .rejected(
                    .endsOutsideValidity, at: "/endedOn",
                    expected: "a date from \(assertion.validFrom)\(until)")
            }
            assertion.state = .ended(on: command.endedOn, verifiedOn: assertion.verifiedOn)
            assertion.endReason = try sealed(command.reason, of: assertion, unit, keyring)
            try unit.save(&assertion)
            return .accepted(
                CategoryEnded(
                    assertion: assertion.id, household: household.id, subject: assertion.subject,
                    territory: household.territory, category: assertion.category,
                    validFrom: assertion.validFrom, endedOn: command.endedOn),
                of: assertion)
        }
    }

    /// What is only proposed was never counted: it is ended, not revoked.
    static func revoke(
        _ command: RevokeCategory, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Outcome {
        try withStanding(command.assertion, unit) { assertion, household in
            guard let verifiedOn = assertion.verifiedOn else {
                return .rejected(.notVerified, at: "/assertion")
            }
            guard command.revokedOn >= verifiedOn else {
                return .rejected(
                    .revokedTooEarly, at: "/revokedOn", expected: "a date from \(verifiedOn) on")
            }
            assertion.state = .revoked(
                on: command.revokedOn, verifiedOn: verifiedOn, endedOn: assertion.endedOn)
            assertion.endReason =
                try sealed(command.reason, of: assertion, unit, keyring) ?? assertion.endReason
            try unit.save(&assertion)
            return .accepted(
                CategoryRevoked(
                    assertion: assertion.id, household: household.id, subject: assertion.subject,
                    territory: household.territory, category: assertion.category,
                    validFrom: assertion.validFrom, revokedOn: command.revokedOn),
                of: assertion)
        }
    }

    /// Of an erased person nothing is written down any more.
    private static func sealed(
        _ reason: String?, of assertion: CategoryAssertion, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> [UInt8]? {
        if assertion.subject != assertion.household.uuid,
            try Persons.find(PersonID(assertion.subject), unit)?.state.isErased ?? true
        {
            return nil
        }
        return try keyring.seal(reason, about: assertion.subject, for: assertion.key, unit)
    }

    /// Does what a command asks of an assertion that was not revoked and is in the publisher's scope; else
    /// says why not. `body` stores what it changes.
    private static func withStanding(
        _ id: AssertionID, _ unit: UnitOfWork,
        _ body: (inout CategoryAssertion, Household) throws -> Outcome
    ) throws -> Outcome {
        guard var assertion = try unit.find(CategoryAssertion.self, id.uuid),
            let household = try unit.find(Household.self, assertion.household.uuid)
        else { return .waiting(for: id.uuid, else: .unknownAssertion, at: "/assertion") }
        guard try Territories.covers(household.territory, unit) else {
            return .rejected(.outOfScope, at: "/assertion")
        }
        if assertion.revokedOn != nil { return .rejected(.categoryRevoked, at: "/assertion") }
        return try body(&assertion, household)
    }

    // The rule against overlaps is kept by `refusal`, under the lock of the household's row. The index
    // holds what a B-tree can of it: one open end for a subject and category. An exclusion constraint
    // over date ranges would hold all of it but took 25 µs a row at 200,000 rows, against 7.5 µs.
    static let migration = Migration(
        "0004_categories",
        """
        CREATE TABLE category_assertion (
            id          uuid   PRIMARY KEY,
            household   uuid   NOT NULL REFERENCES household DEFERRABLE INITIALLY DEFERRED,
            subject     uuid   NOT NULL,
            category    text   NOT NULL CHECK (category IN ('only_child', 'bereaved',
                        'disabled_child', 'low_security', 'low_income', 'hardship_girl')),
            valid_from  date   NOT NULL,
            valid_to    date   CHECK (valid_to >= valid_from),
            verified_on date,
            ended_on    date   CHECK (ended_on BETWEEN valid_from AND coalesce(valid_to, ended_on)),
            evidence    bytea,
            end_reason  bytea  CHECK (end_reason IS NULL OR ended_on IS NOT NULL),
            sequence    bigint NOT NULL CHECK (sequence >= 0)
        );
        CREATE UNIQUE INDEX category_assertion_open_once
            ON category_assertion (subject, category)
            WHERE valid_to IS NULL AND ended_on IS NULL;
        COMMENT ON COLUMN category_assertion.evidence IS 'free text, AES-256-GCM';
        COMMENT ON COLUMN category_assertion.end_reason IS 'free text, AES-256-GCM';
        """)
}

extension Categories {
    static let revocationMigration = Migration(
        "0009_category_revocation",
        """
        ALTER TABLE category_assertion
            ADD revoked_on date CHECK (revoked_on >= verified_on),
            ADD CONSTRAINT category_revoked_was_verified
                CHECK (revoked_on IS NULL OR verified_on IS NOT NULL),
            DROP CONSTRAINT category_assertion_check2,
            ADD CONSTRAINT category_reason_for_an_end
                CHECK (end_reason IS NULL OR ended_on IS NOT NULL OR revoked_on IS NOT NULL);
        DROP INDEX category_assertion_open_once;
        CREATE UNIQUE INDEX category_assertion_open_once
            ON category_assertion (subject, category)
            WHERE valid_to IS NULL AND ended_on IS NULL AND revoked_on IS NULL;
        """)
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
