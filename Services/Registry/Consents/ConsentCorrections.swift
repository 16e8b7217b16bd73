import Messages
import Postgres
import ServiceKit

/// Takes back decisions that were recorded by mistake. What was recorded besides decides what stands, as if the mistake had
/// never been.
enum ConsentCorrections {
    static func register(in router: inout Router) {
        // Alone, because it reads all decisions that were recorded.
        router.on(
            VoidConsent.self,
            keys: { command, keys in
                keys.need(Person.self, command.person.uuid)
                keys.need(Consent.self, Consent.key(command.person, command.purpose))
            }, alone: true, void)
    }

    static func void(_ command: VoidConsent, _ unit: UnitOfWork) throws -> Emission {
        let person = try Persons.requireInScope(command.person, unit)
        try Actors.require(command.actor, for: person, on: unit.messageDay, unit)
        let mistake = DatedDecision(decision: command.decision, day: command.decidedOn)
        var recorded = try decisions(of: person, command.purpose, unit)
        guard var consent = try unit.find(Consent.self, Consent.key(person.id, command.purpose)),
            let place = recorded.firstIndex(of: mistake)
        else { throw Refusal(.unknownDecision, at: "/decidedOn") }
        recorded.remove(at: place)
        consent.standing = DatedDecision.standing(of: recorded)
        unit.append(
            ConsentRecord(
                message: unit.message.id, person: person.id, purpose: command.purpose,
                decision: command.decision, decidedOn: command.decidedOn, isVoid: true))
        unit.keep(command.reason, "reason", of: unit.message.id, about: person.key)
        return try unit.save(
            &consent,
            ConsentVoided(
                person: person.id, territory: person.territory, purpose: command.purpose,
                decision: command.decision, decidedOn: command.decidedOn,
                standing: consent.standing?.decision, standingSince: consent.standing?.day,
                actor: command.actor))
    }

    /// The decisions that were recorded under any of the person's ids and not taken back.
    static func decisions(
        of person: Person, _ purpose: ConsentPurpose, _ unit: UnitOfWork
    ) throws -> [DatedDecision] {
        let rows = try unit.query(
            """
            SELECT decision, decided_on, sum(CASE WHEN is_void THEN -1 ELSE 1 END)::int4
            FROM consent_record
            WHERE person = ANY(\(Array(person.subjects))) AND purpose = \(purpose)
            GROUP BY decision, decided_on ORDER BY decided_on, decision
            """)
        return try rows.flatMap { row -> [DatedDecision] in
            let decision = DatedDecision(
                decision: try row.decode(ConsentDecision.self, at: 0),
                day: try row.decode(BusinessDate.self, at: 1))
            return Array(
                repeating: decision, count: max(0, Int(try row.decode(Int32.self, at: 2))))
        }
    }
}

extension RefusalCode {
    static let unknownDecision = RefusalCode(
        "unknown_decision", "a decision that was recorded and not taken back")
}
