import Foundation
import Messages
import Postgres
import ServiceKit

/// A file of the insurer about the lines of a run, sorted by the effect of each line.
struct InsurerFile {
    /// A line of the file.
    struct Line {
        /// The household's id, or the person's.
        let insured: UUID
        let answer: InsurerAnswer
        /// The reason of a refusal; empty for an accepted line.
        let reason: String
        /// The position of the line in the command.
        let pointer: String
    }

    /// Open lines that the file refuses.
    let refused: [Line]
    /// Open lines that the file accepts; nil if it accepts all other open lines.
    let accepted: [UUID]?
    /// The number of lines that repeat an earlier answer.
    let repeated: Int
    let unmatched: [(line: Line, mismatch: Mismatch)]

    static func read(
        _ command: ReconcileEnrolment, of run: EnrolmentRun, _ unit: UnitOfWork
    ) throws -> InsurerFile {
        var lines: [Line] = []
        var seen: Set<UUID> = []
        for (index, item) in command.refused.enumerated() {
            let pointer = "/refused/\(index)"
            let insured = try run.insured(item.household, item.person, at: pointer)
            lines.append(
                Line(insured: insured, answer: .refused, reason: item.reason, pointer: pointer))
        }
        for (index, item) in (command.accepted ?? []).enumerated() {
            let pointer = "/accepted/\(index)"
            let insured = try run.insured(item.household, item.person, at: pointer)
            lines.append(Line(insured: insured, answer: .accepted, reason: "", pointer: pointer))
        }
        if let twice = lines.first(where: { !seen.insert($0.insured).inserted }) {
            throw Refusal(.answeredTwice, at: twice.pointer)
        }
        return try match(lines, of: run, isComplete: command.accepted == nil, unit)
    }

    private static func match(
        _ lines: [Line], of run: EnrolmentRun, isComplete: Bool, _ unit: UnitOfWork
    ) throws -> InsurerFile {
        var (refused, accepted): ([Line], [UUID]) = ([], [])
        var repeated = 0
        var unmatched: [(line: Line, mismatch: Mismatch)] = []
        for (line, standing) in zip(lines, try standings(of: lines, run, unit)) {
            switch (standing, line.answer) {
            case (.none, _): unmatched.append((line, .notOnTheList))
            case (.open, .refused): refused.append(line)
            case (.open, .accepted): accepted.append(line.insured)
            case (.refused, .refused), (.accepted, .accepted): repeated += 1
            case (.refused, .accepted), (.accepted, .refused):
                unmatched.append((line, .answeredOtherwise))
            }
        }
        return InsurerFile(
            refused: refused, accepted: isComplete ? nil : accepted, repeated: repeated,
            unmatched: unmatched)
    }

    /// The earlier answer to a line.
    private enum Standing: String, PostgresValue {
        /// It is not on the list.
        case none
        case open, accepted, refused
    }

    private static func standings(
        of lines: [Line], _ run: EnrolmentRun, _ unit: UnitOfWork
    ) throws -> [Standing] {
        if lines.isEmpty { return [] }
        let rows = try unit.query(
            """
            SELECT CASE WHEN l.insured IS NULL THEN 'none'
                        WHEN p.insured IS NULL THEN 'open'
                        WHEN p.state = 'refused' THEN 'refused'
                        ELSE 'accepted' END
            FROM unnest(\(lines.map(\.insured))) WITH ORDINALITY AS a(insured, position)
            LEFT JOIN enrolment_line AS l
                ON l.run = \(run.key) AND l.insured = a.insured AND l.basis IS NOT NULL
            LEFT JOIN policy AS p ON p.run = l.run AND p.insured = l.insured
            ORDER BY a.position
            """)
        return try rows.map {
            var row = $0.cursor()
            return try row.next()
        }
    }
}

// MARK: Unmatched lines

/// A line of a file that has no effect. An operator has to clear it up.
struct UnmatchedRecord: Record {
    let run: RunID
    /// The message that brought the file.
    let answer: UUID
    let line: InsurerFile.Line
    let mismatch: Mismatch

    static let table = RecordTable<UnmatchedRecord>(
        "enrolment_unmatched",
        columns: [
            Column("run", \.run), Column("answer", \.answer), Column("insured", \.line.insured),
            Column("says", \.line.answer), Column("mismatch", \.mismatch),
        ])
}

extension InsurerFile {
    /// The most lines in one fact. So it stays far below the size limit of a message.
    private static let linesPerFact = 1_000

    func store(of run: EnrolmentRun, _ unit: UnitOfWork) {
        for line in refused + unmatched.map(\.line) {
            unit.keep(
                line.reason, "refused \(line.insured.wireText)", of: unit.message.id,
                about: line.insured)
        }
        for (line, mismatch) in unmatched {
            unit.append(
                UnmatchedRecord(
                    run: run.id, answer: unit.message.id, line: line, mismatch: mismatch))
        }
    }

    func facts(of run: EnrolmentRun, on day: BusinessDate) -> [EnrolmentUnmatched] {
        stride(from: 0, to: unmatched.count, by: Self.linesPerFact).map { start in
            let part = unmatched[start..<min(start + Self.linesPerFact, unmatched.count)]
            return EnrolmentUnmatched(
                run: run.id, businessDate: day,
                lines: part.map {
                    UnmatchedLine(
                        insured: $0.line.insured, answer: $0.line.answer, mismatch: $0.mismatch)
                })
        }
    }
}

extension EnrolmentRun {
    /// The household or person of a line. Refuses a line without a person if the product insures persons.
    fileprivate func insured(
        _ household: HouseholdID, _ person: PersonID?, at pointer: String
    ) throws(Refusal) -> UUID {
        guard insured == .person else { return household.uuid }
        guard let person else { throw Refusal(.personMissing, at: pointer + "/person") }
        return person.uuid
    }
}

extension RefusalCode {
    static let personMissing = RefusalCode(
        "person_missing", "a person in each line, because the product insures persons")
    static let answeredTwice = RefusalCode("answered_twice", "each line of the list once")
}
