import Foundation
import Messages
import Postgres
import ServiceKit

/// A person's decision about one purpose that is in force.
struct Consent: Aggregate {
    let person: PersonID
    let purpose: ConsentPurpose
    var standing: ConsentDecision
    /// The date of that decision.
    var since: BusinessDate
    var sequence: Int64 = 0

    var key: String { Self.key(person, purpose) }

    /// Whether another decision takes the place of this one: a later one, or a withdrawal of one day.
    func yields(to decision: ConsentDecision, on day: BusinessDate) -> Bool {
        day > since || day == since && decision == .withdrawn
    }

    static func key(_ person: PersonID, _ purpose: ConsentPurpose) -> String {
        "\(person) \(purpose.rawValue)"
    }

    static let table = Table(
        "consent", key: Column("id", \.key), Consent.init,
        Field("person", \.person), Field("purpose", \.purpose), Field("standing", \.standing),
        Field("since", \.since), Field("sequence", \.sequence))
}

/// One recorded decision; never changed or deleted.
struct ConsentRecord: Record {
    let message: UUID
    let person: PersonID
    let purpose: ConsentPurpose
    let decision: ConsentDecision
    let decidedOn: BusinessDate

    static let table = RecordTable<ConsentRecord>(
        "consent_record",
        columns: [
            Column("message", \.message), Column("person", \.person), Column("purpose", \.purpose),
            Column("decision", \.decision), Column("decided_on", \.decidedOn),
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
    }

    static func record(_ command: RecordConsent, _ unit: UnitOfWork) throws -> Emission {
        let person = try Persons.requireInScope(command.person, unit)
        let latest = latestDay(of: command.decision, unit)
        guard command.decidedOn <= latest else {
            throw Refusal(
                .decidedInFuture, at: "/decidedOn", expected: "\(latest) at the latest")
        }
        var consent =
            try unit.find(Consent.self, Consent.key(person.id, command.purpose))
            ?? Consent(
                person: person.id, purpose: command.purpose, standing: command.decision,
                since: command.decidedOn)
        if consent.yields(to: command.decision, on: command.decidedOn) {
            consent.standing = command.decision
            consent.since = command.decidedOn
        } else if consent.standing != command.decision {
            unit.remark(
                .otherDecisionStands, at: "/decidedOn",
                expected: "\(consent.standing.rawValue) on \(consent.since), which stands")
        }
        unit.append(
            ConsentRecord(
                message: unit.message.id, person: person.id, purpose: command.purpose,
                decision: command.decision, decidedOn: command.decidedOn))
        return try unit.save(
            &consent, fact(consent, person, command.decision, command.decidedOn))
    }

    /// A consent is not dated after the message's own day: one of tomorrow would outlive a withdrawal of today. A withdrawal may
    /// be dated a day later, because clerks' calendars differ.
    private static func latestDay(of decision: ConsentDecision, _ unit: UnitOfWork) -> BusinessDate
    {
        switch decision {
        case .given: unit.latestDay.adding(days: -1)
        case .withdrawn: unit.latestDay
        }
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
            let held = try unit.find(Consent.self, Consent.key(survivor.id, purpose))
            if let held, !held.yields(to: other.standing, on: other.since) { return nil }
            var consent = Consent(
                person: survivor.id, purpose: purpose, standing: other.standing,
                since: other.since, sequence: held?.sequence ?? 0)
            return try unit.save(
                &consent, fact(consent, survivor, other.standing, other.since))
        }
    }

    private static func fact(
        _ consent: Consent, _ person: Person, _ decision: ConsentDecision,
        _ decidedOn: BusinessDate
    ) -> ConsentRecorded {
        ConsentRecorded(
            person: person.id, territory: person.territory, purpose: consent.purpose,
            decision: decision, decidedOn: decidedOn, standing: consent.standing,
            standingSince: consent.since)
    }
}

extension RefusalCode {
    static let decidedInFuture = RefusalCode("decided_in_future", "a day that has come")
    static let otherDecisionStands = RefusalCode(
        "other_decision_stands", "a later decision, or a withdrawal of the same day")
}
