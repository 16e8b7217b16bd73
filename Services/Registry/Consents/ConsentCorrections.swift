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
            keys: {
                $1.need(Person.self, $0.person.uuid)
                $1.need(Consent.self, Consent.key($0.person, $0.purpose))
            }, alone: true, void)
    }

    static func void(_ command: VoidConsent, _ unit: UnitOfWork) throws -> Emission {
        let person = try Persons.requireInScope(command.person, unit)
        try Actors.require(command.actor, for: person, on: unit.days.today, unit)
        let mistake = Consent.Decision(decision: command.decision, day: command.decidedOn)
        try forget(mistake, command.purpose, of: person, unit)
        var consent =
            try unit.find(Consent.self, Consent.key(person.id, command.purpose))
            ?? Consent(person: person.id, purpose: command.purpose)
        consent.inForce = try Consents.standing(of: person, command.purpose, unit)
        unit.keep(command.reason, "reason", of: unit.message.id, about: person.subjects)
        let voided = try unit.save(
            &consent,
            ConsentVoided(
                person: person.id, territory: person.territory, purpose: command.purpose,
                decision: command.decision, decidedOn: command.decidedOn,
                standing: consent.inForce?.decision, standingSince: consent.inForce?.day,
                voidedOn: unit.days.today, actor: command.actor))
        try ConsentTasks.review(person, on: unit.days.today, unit)
        return voided
    }

    /// Takes the decision out of those that were recorded under one of the person's ids.
    private static func forget(
        _ mistake: Consent.Decision, _ purpose: ConsentPurpose, of person: Person,
        _ unit: UnitOfWork
    ) throws {
        for id in [person.id] + person.merged {
            var recorded = try decisions(of: id, purpose, unit)
            guard let place = recorded.firstIndex(of: mistake),
                var consent = try unit.find(Consent.self, Consent.key(id, purpose))
            else { continue }
            recorded.remove(at: place)
            consent.own = .standing(of: recorded)
            try unit.store(consent)
            unit.append(ConsentRecord(mistake, purpose, of: id, isVoid: true, unit))
            return
        }
        throw Refusal(.unknownDecision, at: "/decidedOn")
    }

    /// The decisions that were recorded under that id and not taken back.
    private static func decisions(
        of person: PersonID, _ purpose: ConsentPurpose, _ unit: UnitOfWork
    ) throws -> [Consent.Decision] {
        let rows = try unit.query(
            """
            SELECT decision, decided_on, sum(CASE WHEN is_void THEN -1 ELSE 1 END)::int4
            FROM consent_record WHERE person = \(person) AND purpose = \(purpose)
            GROUP BY decision, decided_on ORDER BY decided_on, decision
            """)
        return try rows.flatMap { row -> [Consent.Decision] in
            let decision = Consent.Decision(
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
