import ArgumentParser
import CommandLineKit
import Disclosure
import Foundation
import Postgres

struct ProtectionAudit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Prove that published figures do not reveal withheld ones.",
        discussion: """
            The audit takes all editions that are kept, adds up territories and periods, and narrows the \
            bounds of every withheld count until nothing more follows. It examines the count of each source \
            about families; money is withheld with it. Status 4 if a withheld count is known exactly, or a \
            count of few families too closely.
            """)

    @OptionGroup var options: ReportOptions

    func run() throws {
        let start = ContinuousClock.now
        let (threshold, series) = try options.read("reporting") { connection in
            let row = try connection.run("SELECT threshold FROM plan").first
            return (
                try row?.decode(Int64.self, at: 0) ?? 1, try PublishedSeries.all(connection)
            )
        }
        var report = AuditReport()
        for one in series { report.add(one, threshold: threshold) }
        report.seconds = (ContinuousClock.now - start).inSeconds
        try options.show(report, report.text)
        if !report.exposed.isEmpty { throw ExitCode(4) }
    }
}

/// The scope of the audit, and its findings.
private struct AuditReport: Encodable {
    struct Line: Encodable {
        let dataset: String
        let programme: String
        let source: String
        var figures = 0
        var hidden = 0
        /// Of these, of few families.
        var small = 0
        var sums = 0
        var failures = 0
        var seconds = 0.0

        func isSame(as other: Line) -> Bool {
            (dataset, programme, source) == (other.dataset, other.programme, other.source)
        }
    }

    private(set) var lines: [Line] = []
    private(set) var exposed: [ExposedFigure] = []
    var seconds = 0.0

    /// Series of several districts, one after the other, are one line.
    mutating func add(_ series: PublishedSeries, threshold: Int64) {
        let start = ContinuousClock.now
        let name = series.name
        var line = Line(dataset: name.dataset, programme: name.programme, source: name.source)
        if let last = lines.last, last.isSame(as: line) { line = lines.removeLast() }
        let knowledge = SeriesKnowledge(series, threshold: threshold)
        let found = knowledge.exposed()
        exposed += found
        line.figures += knowledge.published
        line.hidden += knowledge.hidden
        line.small += knowledge.small
        line.sums += knowledge.sums
        line.failures += found.count
        line.seconds += (ContinuousClock.now - start).inSeconds
        lines.append(line)
    }

    var text: String {
        var table = TextTable([
            ("dataset", .left), ("programme", .left), ("source", .left), ("figures", .right),
            ("hidden", .right), ("small", .right), ("sums", .right), ("failures", .right),
            ("seconds", .right),
        ])
        for line in lines {
            table.add(
                [line.dataset, line.programme, line.source]
                    + [line.figures, line.hidden, line.small, line.sums, line.failures]
                    .map(String.init) + [String(format: "%.2f", line.seconds)])
        }
        func sum(_ count: (Line) -> Int) -> Int { lines.reduce(0) { $0 + count($1) } }
        let total = """
            \(sum(\.figures)) figures, \(sum(\.hidden)) hidden, \(sum(\.small)) of few families, \
            \(sum(\.sums)) sums, \(exposed.count) failures, \(String(format: "%.1f", seconds)) s
            """
        let failures = exposed.isEmpty ? "" : "\n\n" + ExposedFigure.table(exposed)
        return table.text + failures + "\n\n" + total
    }
}

/// A hidden figure of which an intruder would know too much.
struct ExposedFigure: Encodable {
    let dataset: String
    let programme: String
    let source: String
    let territory: String
    let period: String
    /// Empty for all of it.
    let part: String
    /// The first that published it so.
    let edition: Int64
    /// The bounds that follow, and how far apart they should be.
    let low: Int64
    let high: Int64
    let wanted: Int64

    static func table(_ figures: [ExposedFigure]) -> String {
        var table = TextTable([
            ("dataset", .left), ("programme", .left), ("source", .left), ("territory", .left),
            ("period", .left), ("part", .left), ("edition", .right), ("known as", .right),
            ("should be apart", .right),
        ])
        for figure in figures {
            table.add([
                figure.dataset, figure.programme, figure.source, figure.territory, figure.period,
                figure.part, "\(figure.edition)", "\(figure.low)…\(figure.high)",
                "\(figure.wanted)",
            ])
        }
        return table.text
    }
}
