import Foundation
import Messages
import Postgres
import ServiceKit

/// What a person has decided about one purpose, as it stands.
struct Consent: Aggregate {
    let person: PersonID
    let purpose: ConsentPurpose
    var standing: ConsentDecision
    /// The date of the decision that stands.
    var since: BusinessDate
    var sequence: Int64 = 0

    var key: String { Self.key(person, purpose) }

    static func key(_ person: PersonID, _ purpose: ConsentPurpose) -> String {
        "\(person) \(purpose.rawValue)"
    }

    static let table = Table<Consent>(
        "consent", key: "id",
        columns: [
            Column("id", { $0.key }), Column("person", { $0.person }),
            Column("purpose", { $0.purpose.rawValue }),
            Column("standing", { $0.standing.rawValue }), Column("since", { $0.since }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        _ = try row.next(String.self)
        return Consent(
            person: try row.next(PersonID.self), purpose: try row.next(enum: ConsentPurpose.self),
            standing: try row.next(enum: ConsentDecision.self),
            since: try row.next(BusinessDate.self), sequence: try row.next(Int64.self))
    }
}

extension Consent {
    static let migration = Migration(
        "0012_consents",
        """
        CREATE TABLE consent (
            id       text   PRIMARY KEY,
            person   uuid   NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            purpose  text   NOT NULL CHECK (purpose IN ('service', 'insurer', 'named_press_use')),
            standing text   NOT NULL CHECK (standing IN ('given', 'withdrawn')),
            since    date   NOT NULL,
            sequence bigint NOT NULL CHECK (sequence > 0),
            UNIQUE (person, purpose)
        );

        CREATE TABLE consent_record (
            message    uuid PRIMARY KEY,
            person     uuid NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            purpose    text NOT NULL CHECK (purpose IN ('service', 'insurer', 'named_press_use')),
            decision   text NOT NULL CHECK (decision IN ('given', 'withdrawn')),
            decided_on date NOT NULL
        );

        CREATE FUNCTION refuse_change() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
        END $$;
        CREATE TRIGGER consent_record_append_only
            BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_record
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}

/// One decision, as it was recorded.
struct ConsentRecord: Record {
    let message: UUID
    let person: PersonID
    let purpose: ConsentPurpose
    let decision: ConsentDecision
    let decidedOn: BusinessDate

    static let table = RecordTable<ConsentRecord>(
        "consent_record",
        columns: [
            Column("message", { $0.message }), Column("person", { $0.person }),
            Column("purpose", { $0.purpose.rawValue }),
            Column("decision", { $0.decision.rawValue }), Column("decided_on", { $0.decidedOn }),
        ])
}

/// Records what persons agree to. Decisions may arrive in any order: the latest date stands, and of one
/// day what was recorded last.
enum Consents {
    static func register(in router: inout Router) {
        router.on(RecordConsent.self, keys: keys, record)
    }

    static func keys(_ command: RecordConsent, _ keys: inout Keys) {
        keys.need(Person.self, command.person.uuid)
        keys.need(Consent.self, Consent.key(command.person, command.purpose))
    }

    static func record(_ command: RecordConsent, _ unit: UnitOfWork) throws -> Emission {
        let person = try Persons.requireInScope(command.person, unit)
        var consent =
            try unit.find(Consent.self, Consent.key(person.id, command.purpose))
            ?? Consent(
                person: person.id, purpose: command.purpose, standing: command.decision,
                since: command.decidedOn)
        if command.decidedOn >= consent.since {
            consent.standing = command.decision
            consent.since = command.decidedOn
        }
        unit.append(
            ConsentRecord(
                message: unit.message.id, person: person.id, purpose: command.purpose,
                decision: command.decision, decidedOn: command.decidedOn))
        return try unit.save(
            &consent, fact(consent, person, command.decision, command.decidedOn))
    }

    /// Of what two registrations of one person say, the later stands; of one day, the withdrawal.
    static func unite(
        _ merged: PersonID, into survivor: Person, _ unit: UnitOfWork
    ) throws -> [Emission] {
        try ConsentPurpose.allCases.compactMap { purpose in
            guard let other = try unit.find(Consent.self, Consent.key(merged, purpose)) else {
                return nil
            }
            let held = try unit.find(Consent.self, Consent.key(survivor.id, purpose))
            if let held {
                let isLater =
                    other.since > held.since
                    || other.since == held.since && other.standing == .withdrawn
                guard isLater else { return nil }
            }
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
