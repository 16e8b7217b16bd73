import Foundation
import Messages
import Postgres
import ServiceKit

/// A person's consent to be named to the insurer, as registry has published it.
struct InsurerConsent: Row {
    let person: PersonID
    var isWithdrawn: Bool
    /// The sequence of the fact that this is from.
    var sequence: Int64

    var key: UUID { person.uuid }

    static let table = Table(
        "insurer_consent", key: "person", InsurerConsent.init,
        Field("person", \.person), Field("is_withdrawn", \.isWithdrawn),
        Field("sequence", \.sequence))
}

/// Follows consents, and keeps those who withdrew off the lists for the insurer. Nobody has to consent
/// first: whoever has not decided is on them.
enum InsurerConsents {
    static func register(in router: inout Router) {
        router.on(
            ConsentRecorded.self, keys: { $1.need(InsurerConsent.self, $0.person.uuid) },
            { try take($0.purpose, of: $0.person, $0.standing, $1) })
        router.on(
            ConsentVoided.self, keys: { $1.need(InsurerConsent.self, $0.person.uuid) },
            { try take($0.purpose, of: $0.person, $0.standing, $1) })
    }

    private static func take(
        _ purpose: ConsentPurpose, of person: PersonID, _ standing: ConsentDecision?,
        _ unit: UnitOfWork
    ) throws {
        guard purpose == .insurer else { return }
        let sequence = unit.message.sequence ?? 0
        if let held = try unit.find(InsurerConsent.self, person.uuid), held.sequence >= sequence {
            return
        }
        try unit.store(
            InsurerConsent(
                person: person, isWithdrawn: standing == .withdrawn, sequence: sequence))
    }

    /// A subquery for the households and persons whom the insurer must not be told of now, under all ids of the persons.
    static let withdrawn: Statement = """
        SELECT household FROM insurer_withdrawal WHERE household IS NOT NULL
        UNION ALL
        SELECT same_person(person) FROM insurer_withdrawal
        """

    /// Takes off the list who withdrew since it was evaluated.
    /// - Returns: how many lines it lost.
    static func leaveOut(of run: EnrolmentRun, _ unit: UnitOfWork) throws -> Int {
        try unit.execute(
            """
            UPDATE enrolment_line SET basis = NULL, premium_fen = NULL, reason = 'consent_withdrawn'
            WHERE run = \(run.key) AND basis IS NOT NULL AND insured IN (\(part: withdrawn))
            """
        ).affected
    }
}
