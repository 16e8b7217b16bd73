import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers with the list of a run, for the insurer. Whoever has withdrawn the consent to be named to it is left out, also if the
/// list was made before.
enum EnrolmentQueries {
    /// The run, if it serves a territory of the publisher. An office of a part of its territory asks for that part.
    /// - Parameter within: the part; nil for all of it.
    static func run(
        _ id: RunID, _ within: TerritoryCode?, at pointer: String, _ unit: UnitOfWork
    ) throws -> EnrolmentRun {
        guard let run = try unit.find(EnrolmentRun.self, id.uuid) else {
            throw FundingQueries.unknown(.unknownRun, at: pointer, unit)
        }
        if let within {
            try unit.requireScope(of: run.territory, serving: within, at: pointer)
        } else {
            try unit.requireScope(run.territory, at: pointer)
        }
        return run
    }

    static func list(_ query: ListEnrolment, _ unit: UnitOfWork) throws -> EnrolmentAnswer {
        if let within = query.within { try unit.requireScope(within, at: "/within") }
        let run = try run(query.run, query.within, at: "/run", unit)
        guard run.state != .draft, run.state != .frozen else {
            throw Refusal(.notEvaluated, at: "/run", because: run.state)
        }
        let limit = query.limit ?? FundingPage.usual
        var lines = try lines(of: run, query, limit + 1, unit)
        let isLast = lines.count <= limit
        lines = Array(lines.prefix(limit))
        var answer = EnrolmentAnswer(
            run: run.summary, lines: [], next: isLast ? nil : lines.last?.insured)
        if query.after == nil { try count(&answer, run, query.within, unit) }
        let shown = try lines.filter { try unit.covers($0.answer.territory) }
        answer.lines = shown.map(\.answer)
        unit.logReading(of: [run.key] + shown.map(\.insured))
        return answer
    }

    /// A line, and whom it insures.
    private struct Line {
        let insured: UUID
        let answer: EnrolmentLineAnswer
    }

    private static func lines(
        of run: EnrolmentRun, _ query: ListEnrolment, _ count: Int, _ unit: UnitOfWork
    ) throws -> [Line] {
        let place: Statement =
            if let after = query.after { "AND l.insured > \(after)" } else { "" }
        let rows = try unit.query(
            """
            SELECT l.insured, l.household, l.territory, l.basis, l.premium_fen,
                   CASE WHEN p.state = 'refused' THEN 'refused'
                        WHEN p.state IS NOT NULL THEN 'accepted' END
            FROM enrolment_line AS l
            LEFT JOIN policy AS p ON p.run = l.run AND p.insured = l.insured
            WHERE l.run = \(run.key) AND l.basis IS NOT NULL \(part: place)
              AND l.territory >= \(query.within ?? run.territory)
              AND l.territory < \(query.within ?? run.territory) || ':'
              AND l.insured NOT IN (\(part: InsurerConsents.withdrawn))
            ORDER BY l.insured LIMIT \(count)
            """)
        return try rows.map { row in
            var row = row.cursor()
            let insured = try row.next(UUID.self)
            let household = try row.next(optional: UUID.self)
            let isPerson = run.insured == .person
            return Line(
                insured: insured,
                answer: EnrolmentLineAnswer(
                    household: (isPerson ? household : insured).map { HouseholdID($0) },
                    person: isPerson ? PersonID(insured) : nil, territory: try row.next(),
                    basis: try row.next(), premiumFen: try row.next(),
                    answer: try row.next(optional: InsurerAnswer.self)))
        }
    }

    private static func count(
        _ answer: inout EnrolmentAnswer, _ run: EnrolmentRun, _ within: TerritoryCode?,
        _ unit: UnitOfWork
    ) throws {
        let rows = try unit.query(
            """
            SELECT count(*) FILTER (WHERE NOT l.is_withdrawn),
                   coalesce(sum(l.premium_fen) FILTER (WHERE NOT l.is_withdrawn), 0)::bigint,
                   count(*) FILTER (WHERE l.is_withdrawn)
            FROM (SELECT premium_fen, insured IN (\(part: InsurerConsents.withdrawn))
                  FROM enrolment_line
                  WHERE run = \(run.key) AND basis IS NOT NULL
                    AND territory >= \(within ?? run.territory)
                    AND territory < \(within ?? run.territory) || ':')
                AS l (premium_fen, is_withdrawn)
            """)
        guard var row = rows.first?.cursor() else { return }
        (answer.count, answer.premiumFen) = (try row.next(Int.self), try row.next(Fen.self))
        answer.leftOut = try row.next(Int.self)
    }
}

extension EnrolmentRun {
    fileprivate var summary: RunSummary {
        RunSummary(
            run: id, product: product, programme: programme, insured: insured,
            territory: territory, policyYear: Int(policyYear), coverFrom: coverFrom,
            coverTo: coverTo, state: state.rawValue, referenceDate: referenceDate, digest: digest)
    }
}
