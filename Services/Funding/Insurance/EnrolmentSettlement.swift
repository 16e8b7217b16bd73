import Foundation
import Messages
import Postgres
import ServiceKit

/// Submits the list of a run to the insurer and records the insurer's answers.
///
/// An accepted line becomes an active policy, whose premium is paid. A refused line becomes a refused
/// policy with the reason, for which nothing is paid. A line without a policy is open.
enum EnrolmentSettlement {
    static func register(in router: inout Router) {
        router.on(
            SubmitEnrolment.self, keys: { $1.need(EnrolmentRun.self, $0.run.uuid) }, alone: true,
            submit)
        router.on(
            ReconcileEnrolment.self, keys: { $1.need(EnrolmentRun.self, $0.run.uuid) },
            alone: true, reconcile)
    }

    static func submit(_ command: SubmitEnrolment, _ unit: UnitOfWork) throws -> Emission {
        var run = try Enrolments.find(command.run, unit)
        try run.step(.submit, on: command.submittedOn, at: "/submittedOn")
        try EnrolmentPlans.prepare(unit)
        // The list must be the approved one, without those who have withdrawn their consent since.
        guard var digest = run.digest, try EnrolmentEvaluation.digest(run, unit) == digest else {
            throw Refusal(.listChanged, at: "/run")
        }
        if try InsurerConsents.leaveOut(of: run, unit) > 0 {
            digest = try EnrolmentEvaluation.digest(run, unit)
            run.digest = digest
        }
        let list = try total(run, unit)
        run.openLines = Int64(list.lines)
        let counts = run.counts(lines: list.lines, households: list.households)
        let fact = EnrolmentSubmitted(
            run: run.id, digest: digest, households: counts.households, premiumFen: list.premium,
            persons: counts.persons)
        return try unit.save(&run, fact)
    }

    private static func total(
        _ run: EnrolmentRun, _ unit: UnitOfWork
    ) throws -> (lines: Int, households: Int, premium: Fen) {
        let rows = try unit.query(
            """
            SELECT count(*), count(DISTINCT household), coalesce(sum(premium_fen), 0)::bigint
            FROM enrolment_line WHERE run = \(run.key) AND basis IS NOT NULL
            """)
        guard var row = rows.first?.cursor() else { return (0, 0, .zero) }
        return (try row.next(), try row.next(), try row.next())
    }

    static func reconcile(_ command: ReconcileEnrolment, _ unit: UnitOfWork) throws -> [Emission] {
        var run = try Enrolments.find(command.run, unit)
        try run.step(.reconcile, on: command.businessDate, at: "/businessDate")
        try EnrolmentPlans.prepare(unit)
        let answer = try InsurerFile.read(command, of: run, unit)
        if !answer.refused.isEmpty { try unit.execute(refuse(answer.refused, run, unit)) }
        let groups = try insure(answer.accepted, run, unit)
        try CoverTasks.review(
            answer: unit.message.id, of: run, on: command.businessDate, unit)
        let premium = groups.reduce(Fen.zero) { $0 + $1.premium }
        try Ledger.requireCash(
            premium, of: run.fund, from: command.businessDate, at: "/businessDate", unit)
        for group in groups {
            Ledger.post(
                .premium, group.premium, of: run.fund, on: command.businessDate,
                as: group.transfer, unit)
        }
        answer.store(of: run, unit)
        let accepted = groups.reduce(0) { $0 + $1.lines }
        let open = Int(run.openLines ?? 0) - accepted - answer.refused.count
        run.openLines = Int64(open)
        if open > 0 { run.state = .submitted }
        unit.tell(run.state)
        let reconciled = EnrolmentReconciled(
            run: run.id, businessDate: command.businessDate, accepted: accepted,
            refused: answer.refused.count, premiumFen: premium, repeated: answer.repeated,
            unmatched: answer.unmatched.count, open: open)
        let facts: [any Fact] =
            [reconciled] + answer.facts(of: run, on: command.businessDate)
            + groups.map { $0.fact(of: run, on: command.businessDate, by: unit.message.id) }
        return try facts.map { try unit.save(&run, $0) }
    }

    // MARK: Policies

    private static func refuse(
        _ lines: [InsurerFile.Line], _ run: EnrolmentRun, _ unit: UnitOfWork
    ) -> Statement {
        """
        INSERT INTO policy (run, insured, household, product, policy_year, cover_from, cover_to,
            territory, basis, premium_fen, state, answer)
        SELECT l.run, l.insured, l.household, \(run.product.uuid), \(run.policyYear),
               \(run.coverFrom), \(run.coverTo), l.territory, l.basis, l.premium_fen, 'refused',
               \(unit.message.id)
        FROM unnest(\(lines.map(\.insured))) AS r(insured)
        JOIN enrolment_line AS l ON l.run = \(run.key) AND l.insured = r.insured
        """
    }

    /// The new policies of one community and basis. One transfer pays their premium.
    private struct PremiumGroup {
        let territory: TerritoryCode
        let basis: Basis
        let lines: Int
        let households: Int
        let premium: Fen
        /// The id of the transfer. It is derived from the message, the community and the basis, so the
        /// policies that it pays for can be found.
        let transfer: UUID

        func fact(
            of run: EnrolmentRun, on day: BusinessDate, by answer: UUID
        ) -> EnrolmentInsured {
            let counts = run.counts(lines: lines, households: households)
            return EnrolmentInsured(
                run: run.id, product: run.product, programme: run.programme, territory: territory,
                basis: basis, households: counts.households, premiumFen: premium,
                policyYear: Int(run.policyYear), businessDate: day, persons: counts.persons,
                answer: answer, coverFrom: run.coverFrom, coverTo: run.coverTo)
        }
    }

    /// Makes policies of the accepted lines.
    /// - Parameter accepted: nil for all open lines.
    /// - Returns: ordered by community, then by basis in the order of its cases.
    private static func insure(
        _ accepted: [UUID]?, _ run: EnrolmentRun, _ unit: UnitOfWork
    ) throws -> [PremiumGroup] {
        if accepted?.isEmpty == true { return [] }
        var parameters = [
            Parameter(run.key), Parameter(run.product.uuid), Parameter(run.policyYear),
            Parameter(run.coverFrom), Parameter(run.coverTo), Parameter(unit.message.id),
            Parameter(run.ruleVersion),
        ]
        var lines = "enrolment_line AS l"
        if let accepted {
            parameters.append(.array(accepted))
            lines = "unnest($8) AS a(insured) JOIN enrolment_line AS l USING (insured)"
        }
        let rows = try unit.execute(Statement(trusted: insuring(lines), parameters))
        let order = Dictionary(uniqueKeysWithValues: zip(Basis.allCases, 0...))
        return try rows.map { row in
            var column = row.cursor()
            return PremiumGroup(
                territory: try column.next(), basis: try column.next(),
                lines: try column.next(), households: try column.next(),
                premium: try column.next(), transfer: try column.next())
        }.sorted { ($0.territory, order[$0.basis] ?? 0) < ($1.territory, order[$1.basis] ?? 0) }
    }

    /// Inserts in the order of `insured`, in which the lines are stored, so indexes grow at their end.
    private static func insuring(_ lines: String) -> String {
        """
        WITH added AS (
            INSERT INTO policy (run, insured, household, product, policy_year, cover_from, cover_to,
                territory, basis, premium_fen, sum_insured_fen, state, answer)
            SELECT l.run, l.insured, l.household, $2, $3, $4, $5, l.territory, l.basis,
                   l.premium_fen, r.sum_insured_fen, 'active', $6
            FROM \(lines)
            JOIN product_rule AS r ON r.product = $2 AND r.version = $7
            WHERE l.run = $1 AND l.basis IS NOT NULL
              AND NOT EXISTS (
                  SELECT 1 FROM policy AS p WHERE p.run = l.run AND p.insured = l.insured)
            ORDER BY l.insured
            RETURNING territory, basis, household, premium_fen)
        SELECT territory, basis, count(*), count(DISTINCT household), sum(premium_fen)::bigint,
               premium_transfer($6, territory, basis)
        FROM added GROUP BY territory, basis
        """
    }
}

extension RefusalCode {
    static let listChanged = RefusalCode("list_changed", "a run whose list is as it was approved")
    static let policyExists = RefusalCode(
        "policy_exists", "households and persons without a policy of this product for that time")
}
