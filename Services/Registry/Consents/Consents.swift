import Foundation
import Messages
import Postgres
import ServiceKit

/// A person's decision about one purpose that is in force.
struct Consent: Aggregate {
    struct Decision: Hashable, Sendable {
        var decision: ConsentDecision
        var day: BusinessDate

        /// Whether another decision takes the place of this one: a later one, or a withdrawal of one day.
        func yields(to other: Decision) -> Bool {
            other.day > day || other.day == day && other.decision == .withdrawn
        }

        /// The one that is in force, of all that were recorded; nil of none.
        static func standing(of recorded: [Decision]) -> Decision? {
            recorded.reduce(nil) { standing, next in
                standing.map { $0.yields(to: next) ? next : $0 } ?? next
            }
        }
    }

    let person: PersonID
    let purpose: ConsentPurpose
    /// Nil if nothing that was decided is left.
    var inForce: Decision?
    /// What was decided under this id; nil if all comes from registrations that were merged into it.
    var own: Decision?
    var sequence: Int64 = 0

    var key: String { Self.key(person, purpose) }

    static func key(_ person: PersonID, _ purpose: ConsentPurpose) -> String {
        "\(person) \(purpose.rawValue)"
    }

    static let table = Table(
        "consent", key: Column("id", \.key), Consent.init,
        Field("person", \.person), Field("purpose", \.purpose),
        Field(
            [Column("standing", \.inForce?.decision), Column("since", \.inForce?.day)],
            Decision.read),
        Field(
            [Column("own_decision", \.own?.decision), Column("own_decided_on", \.own?.day)],
            Decision.read),
        Field("sequence", \.sequence))
}

extension Consent.Decision {
    @Sendable fileprivate static func read(_ row: inout RowCursor) throws -> Self? {
        let decision = try row.next(optional: ConsentDecision.self)
        let day = try row.next(optional: BusinessDate.self)
        guard let decision, let day else { return nil }
        return Self(decision: decision, day: day)
    }
}

/// One recorded decision; never changed or deleted.
struct ConsentRecord: Record {
    let id: UUID
    let message: UUID
    let person: PersonID
    let purpose: ConsentPurpose
    let decision: ConsentDecision
    let decidedOn: BusinessDate
    /// Whether it takes back one decision like it.
    let isVoid: Bool

    /// The decision that the message records or takes back. A message has one.
    init(
        _ decision: Consent.Decision, _ purpose: ConsentPurpose, of person: PersonID,
        isVoid: Bool = false, _ unit: UnitOfWork
    ) {
        (id, message) = (unit.id(of: "consent"), unit.message.id)
        (self.person, self.purpose, self.isVoid) = (person, purpose, isVoid)
        (self.decision, decidedOn) = (decision.decision, decision.day)
    }

    static let table = RecordTable<ConsentRecord>(
        "consent_record",
        columns: [
            Column("id", \.id), Column("message", \.message), Column("person", \.person),
            Column("purpose", \.purpose),
            Column("decision", \.decision), Column("decided_on", \.decidedOn),
            Column("is_void", \.isVoid),
        ])
}

/// Records decisions about consent. They may arrive in any order: the decision with the latest date
/// is in force, and of several on that date a withdrawal. So the safe side wins. No decision is dated ahead
/// (`BusinessDays`): a slip would stand for years.
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
        let person = try Persons.requireInScope(command.person, on: command.decidedOn, unit)
        // A consent of tomorrow would outlive a withdrawal of today. A withdrawal may be dated a day ahead.
        guard command.decision == .withdrawn || command.decidedOn <= unit.days.today else {
            throw Refusal(
                .dateOutOfBounds, at: "/decidedOn",
                expected: "\(unit.days.today) at the latest, of a consent that is given")
        }
        // Nobody consents after death. A withdrawal is the safe side, and the family may send one.
        if let diedOn = person.diedOn, command.decision == .given, command.decidedOn > diedOn {
            throw Refusal(
                .personGone, at: "/decidedOn",
                expected: "\(diedOn) at the latest, when the person died")
        }
        var consent =
            try unit.find(Consent.self, Consent.key(person.id, command.purpose))
            ?? Consent(person: person.id, purpose: command.purpose)
        let decision = Consent.Decision(decision: command.decision, day: command.decidedOn)
        if consent.own?.yields(to: decision) ?? true { consent.own = decision }
        let held = consent.inForce ?? decision
        if held.yields(to: decision) {
            consent.inForce = decision
        } else {
            consent.inForce = held
            // An office that has the person no more is not told what was decided since.
            if held.decision != decision.decision, try unit.covers(person, on: held.day) {
                unit.remark(
                    .otherDecisionStands, at: "/decidedOn",
                    expected: "\(held.decision.rawValue) on \(held.day), which stands")
            }
        }
        unit.append(ConsentRecord(decision, command.purpose, of: person.id, unit))
        let recorded = try save(&consent, of: person, decided: decision, unit)
        try ConsentTasks.review(person, on: command.decidedOn, unit)
        return recorded
    }

    /// Gives the survivor the decisions of a merged registration. The later of two decisions is in
    /// force; of two on one day, the withdrawal.
    static func unite(
        _ merged: PersonID, into survivor: Person, _ unit: UnitOfWork
    ) throws -> [Emission] {
        try ConsentPurpose.allCases.compactMap { purpose in
            guard
                let other = try unit.find(Consent.self, Consent.key(merged, purpose))?.inForce
            else { return nil }
            var consent =
                try unit.find(Consent.self, Consent.key(survivor.id, purpose))
                ?? Consent(person: survivor.id, purpose: purpose)
            if let held = consent.inForce, !held.yields(to: other) { return nil }
            consent.inForce = other
            return try save(&consent, of: survivor, decided: other, unit)
        }
    }

    /// Leaves a person the decisions under the ids that the person still has.
    /// - Parameter actor: whoever separates the registrations.
    static func separate(
        _ person: Person, by actor: Actor, _ unit: UnitOfWork
    ) throws -> [Emission] {
        try ConsentPurpose.allCases.compactMap { purpose in
            guard
                var consent = try unit.find(Consent.self, Consent.key(person.id, purpose)),
                let before = consent.inForce
            else { return nil }
            consent.inForce = try standing(of: person, purpose, unit)
            guard let now = consent.inForce else {
                return try unit.save(
                    &consent,
                    ConsentVoided(
                        person: person.id, territory: person.territory, purpose: purpose,
                        decision: before.decision, decidedOn: before.day, actor: actor))
            }
            return now == before
                ? nil : try save(&consent, of: person, decided: now, unit)
        }
    }

    /// What was decided under the person's ids, as far as it is in force.
    static func standing(
        of person: Person, _ purpose: ConsentPurpose, _ unit: UnitOfWork
    ) throws -> Consent.Decision? {
        let keys = ([person.id] + person.merged).map { Consent.key($0, purpose) }
        return .standing(of: try unit.find(Consent.self, all: keys).compactMap(\.own))
    }

    /// Saves what stands, and says what was decided.
    private static func save(
        _ consent: inout Consent, of person: Person, decided: Consent.Decision,
        _ unit: UnitOfWork
    ) throws -> Emission {
        let standing = consent.inForce ?? decided
        return try unit.save(
            &consent,
            ConsentRecorded(
                person: person.id, territory: person.territory, purpose: consent.purpose,
                decision: decided.decision, decidedOn: decided.day,
                standing: standing.decision, standingSince: standing.day))
    }
}

extension RefusalCode {
    static let otherDecisionStands = RefusalCode(
        "other_decision_stands", "a later decision, or a withdrawal of the same day")
}
