import ArgumentParser
import Disclosure
import DisclosureStore
import Foundation
import Postgres

struct ProtectionAudit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Prove that nothing that is hidden can be told from all that was ever published.",
        discussion: """
            Finds for each sensitive figure, by linear programs over margins, territories, periods, distinct \
            against total and earlier editions, a world in which it is far enough from what it is. Status 4 \
            if there is none for any.
            """)

    @OptionGroup var options: ProtectionOptions

    func run() throws {
        let connection = try options.connection()
        let threshold = try options.threshold()
        let start = ContinuousClock.now
        var report = AuditReport()
        for (dataset, programme) in try ProtectedProgramme.all(connection) {
            for cells in try GuardedCells.all(
                dataset, programme, threshold: threshold, { try connection.run($0) })
            {
                report.add(dataset, programme, cells)
            }
        }
        report.seconds = (ContinuousClock.now - start).inSeconds
        try options.show(report, report.text)
        if !report.exposed.isEmpty { throw ExitCode(4) }
    }
}

/// What was audited, and what was found.
private struct AuditReport: Encodable {
    struct Line: Encodable {
        let dataset: String
        let programme: String
        let source: String
        let cells: Int
        let primary: Int
        let complementary: Int
        /// Hidden in earlier editions.
        let earlier: Int
        let components: Int
        let programs: Int
        let failures: Int
        let seconds: Double
    }

    var lines: [Line] = []
    var exposed: [ExposedFigure] = []
    var seconds = 0.0

    mutating func add(_ dataset: String, _ programme: String, _ cells: GuardedCells) {
        let start = ContinuousClock.now
        let versions = cells.versions().versions
        let table = cells.cube.table(versions)
        let audit = Audit(table)
        let newest = versions.filter { $0.ended == nil }
        lines.append(
            Line(
                dataset: dataset, programme: programme, source: cells.source, cells: newest.count,
                primary: newest.count { $0.showing == .primary },
                complementary: newest.count { $0.showing == .complementary },
                earlier: versions.count - newest.count, components: audit.components,
                programs: audit.programs, failures: audit.findings.count,
                seconds: (ContinuousClock.now - start).inSeconds))
        exposed += audit.findings.map { finding in
            let figure = table.figures[finding.figure]
            let version = versions[table.owners[figure.cell]]
            return ExposedFigure(
                dataset: dataset, programme: programme, source: cells.source,
                reads: GuardedCells.layerNames[figure.label], territory: version.place,
                period: version.period, part: version.part, low: finding.low, high: finding.high,
                wantedLow: finding.wantedLow, wantedHigh: finding.wantedHigh)
        }
    }

    var text: String {
        var table = TextTable([
            ("dataset", .left), ("programme", .left), ("source", .left), ("cells", .right),
            ("primary", .right), ("complementary", .right), ("earlier", .right), ("parts", .right),
            ("programs", .right), ("failures", .right), ("seconds", .right),
        ])
        for line in lines {
            table.add(
                [line.dataset, line.programme, line.source]
                    + [
                        line.cells, line.primary, line.complementary, line.earlier,
                        line.components, line.programs, line.failures,
                    ].map(String.init) + [String(format: "%.2f", line.seconds)])
        }
        func sum(_ count: (Line) -> Int) -> Int { lines.reduce(0) { $0 + count($1) } }
        let total = """
            \(sum(\.cells)) cells, \(sum(\.primary)) primary and \(sum(\.complementary)) complementary \
            suppressed, \(sum(\.programs)) linear programs, \(exposed.count) failures, \
            \(String(format: "%.1f", seconds)) s
            """
        let failures = exposed.isEmpty ? "" : "\n" + ExposedFigure.table(exposed)
        return table.text + failures + "\n" + total
    }
}

/// The programmes that have cells in a dataset.
enum ProtectedProgramme {
    static func all(_ connection: Connection) throws -> [(dataset: String, programme: String)] {
        try connection.run(
            "SELECT DISTINCT dataset, programme FROM summary ORDER BY dataset, programme"
        ).map { (try $0.decode(String.self, at: 0), try $0.decode(String.self, at: 1)) }
    }
}
