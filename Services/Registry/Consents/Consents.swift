import Foundation
import Messages
import Postgres
import ServiceKit

/// A decision of a person, and its date.
struct DatedDecision: Hashable, Sendable {
    let decision: ConsentDecision
    let day: BusinessDate

    /// Whether another decision takes the place of this one: a later one, or a withdrawal of one day.
    func yields(to other: DatedDecision) -> Bool {
        other.day > day || other.day == day && other.decision == .withdrawn
    }

    /// The one that is in force, of all that were recorded; nil of none.
    static func standing(of recorded: [DatedDecision]) -> DatedDecision? {
        recorded.reduce(nil) { standing, next in
            standing.map { $0.yields(to: next) ? next : $0 } ?? next
        }
    }
}

/// A person's decision about one purpose that is in force.
struct Consent: Aggregate {
    let person: PersonID
    let purpose: ConsentPurpose
    /// Nil if all decisions were taken back.
    var standing: DatedDecision?
    var sequence: Int64 = 0

    var key: String { Self.key(person, purpose) }

    static func key(_ person: PersonID, _ purpose: ConsentPurpose) -> String {
        "\(person) \(purpose.rawValue)"
    }

    static let table = Table(
        "consent", key: Column("id", \.key), Consent.init,
        Field("person", \.person), Field("purpose", \.purpose),
        Field([
            Column("standing", \.standing?.decision), Column("since", \.standing?.day),
        ]) { row in
            let decision = try row.next(optional: ConsentDecision.self)
            let day = try row.next(optional: BusinessDate.self)
            guard let decision, let day else { return nil }
            return DatedDecision(decision: decision, day: day)
        }, Field("sequence", \.sequence))
}

/// One recorded decision; never changed or deleted.
struct ConsentRecord: Record {
    let message: UUID
    let person: PersonID
    let purpose: ConsentPurpose
    let decision: ConsentDecision
    let decidedOn: BusinessDate
    /// Whether it takes back one decision like it.
    var isVoid = false

    static let table = RecordTable<ConsentRecord>(
        "consent_record",
        columns: [
            Column("message", \.message), Column("person", \.person), Column("purpose", \.purpose),
            Column("decision", \.decision), Column("decided_on", \.decidedOn),
            Column("is_void", \.isVoid),
        ])
}

/// Records decisions about consent. They may arrive in any order: the decision with the latest date
/// is in force, and of several on that date a withdrawal. So the safe side wins, and no decision may be
/// dated ahead: a slip would stand for years.
enum Consents {
    static func register(in router: inout Router) {
        router.on(
            RecordConsent.self,
            keys: {
                $1.need(Person.self, $0.person.uuid)
                $1.need(Consent.self, Consent.key($0.person, $0.purpose))
            }, record)
        ConsentCorrections.register(in: &router)
    }

    static func record(_ command: RecordConsent, _ unit: UnitOfWork) throws -> Emission {
        let person = try Persons.requireInScope(command.person, unit)
        guard command.decidedOn <= unit.latestDay else {
            throw Refusal(
                .decidedInFuture, at: "/decidedOn", expected: "\(unit.latestDay) at the latest")
        }
        var consent =
            try unit.find(Consent.self, Consent.key(person.id, command.purpose))
            ?? Consent(person: person.id, purpose: command.purpose)
        let decided = DatedDecision(decision: command.decision, day: command.decidedOn)
        let standing = consent.standing ?? decided
        if standing.yields(to: decided) {
            consent.standing = decided
        } else {
            consent.standing = standing
            if standing.decision != decided.decision {
                unit.remark(
                    .otherDecisionStands, at: "/decidedOn",
                    expected: "\(standing.decision.rawValue) on \(standing.day), which stands")
            }
        }
        unit.append(
            ConsentRecord(
                message: unit.message.id, person: person.id, purpose: command.purpose,
                decision: command.decision, decidedOn: command.decidedOn))
        return try save(&consent, of: person, decided: decided, unit)
    }

    /// Gives the survivor the decisions of a merged registration. The later of two decisions is in
    /// force; of two on one day, the withdrawal.
    static func unite(
        _ merged: PersonID, into survivor: Person, _ unit: UnitOfWork
    ) throws -> [Emission] {
        try ConsentPurpose.allCases.compactMap { purpose in
            guard let other = try unit.find(Consent.self, Consent.key(merged, purpose)) else {
                return nil
            }
            guard let decided = other.standing else { return nil }
            var consent =
                try unit.find(Consent.self, Consent.key(survivor.id, purpose))
                ?? Consent(person: survivor.id, purpose: purpose)
            if let held = consent.standing, !held.yields(to: decided) { return nil }
            consent.standing = decided
            return try save(&consent, of: survivor, decided: decided, unit)
        }
    }

    /// Gives a survivor the decisions that were made under its own ids.
    static func separate(_ survivor: Person, _ unit: UnitOfWork) throws -> [Emission] {
        try ConsentPurpose.allCases.compactMap { purpose in
            guard
                var consent = try unit.find(Consent.self, Consent.key(survivor.id, purpose)),
                let before = consent.standing
            else { return nil }
            consent.standing = DatedDecision.standing(
                of: try ConsentCorrections.decisions(of: survivor, purpose, unit))
            guard let standing = consent.standing else {
                return try unit.save(
                    &consent,
                    ConsentVoided(
                        person: survivor.id, territory: survivor.territory, purpose: purpose,
                        decision: before.decision, decidedOn: before.day))
            }
            guard standing != before else { return nil }
            return try save(&consent, of: survivor, decided: standing, unit)
        }
    }

    /// Saves what stands, and says what was decided.
    private static func save(
        _ consent: inout Consent, of person: Person, decided: DatedDecision, _ unit: UnitOfWork
    ) throws -> Emission {
        let standing = consent.standing ?? decided
        return try unit.save(
            &consent,
            ConsentRecorded(
                person: person.id, territory: person.territory, purpose: consent.purpose,
                decision: decided.decision, decidedOn: decided.day,
                standing: standing.decision, standingSince: standing.day))
    }
}

extension RefusalCode {
    static let decidedInFuture = RefusalCode("decided_in_future", "a day that has come")
    static let otherDecisionStands = RefusalCode(
        "other_decision_stands", "a later decision, or a withdrawal of the same day")
}
