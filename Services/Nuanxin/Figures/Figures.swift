import AMQP
import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

struct Figures: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print exact figures as they are now, or the bulletin.",
        discussion: """
            With --territory, reporting is asked as the user of NUANXIN_AMQP_URL, whose scope must include \
            the territory. The figures are exact and may be newer than the last edition, so they are for \
            staff only. Reporting records who asked. Figures are of all time unless --period or --span says \
            otherwise. With --boundaries they are of the units in force on that day; units whose figures \
            cannot be divided are listed. Status 4 if reporting refuses.

            Without --territory the command prints the present bulletin from the database \
            NUANXIN_REPORTING_DB. --by groups its lines by series or key task. --check compares the database \
            with a file and checks that all sums agree. Status 1 if a figure differs.
            """)

    @Flag(help: "Print JSON. Amounts of money are in fen there.")
    var json = false
    @Option(help: "Compare the figures with a file such as seeds/expected.json.")
    var check: String?
    @Option(help: "Seconds that --check waits for figures to arrive.")
    var wait = 0
    @Option(help: "The code of a territory.")
    var territory: String?
    @Flag(help: "Print the units inside the territory, one level down, instead of the territory.")
    var parts = false
    @Option(help: "Only this measure. Repeat the option for several.")
    var measure: [String] = []
    @Option(help: "Only this part of the measures; '' for totals only.")
    var dimension: String?
    @Option(help: "Only families, funding or activities.")
    var dataset: String?
    @Option(help: "Only this programme.")
    var programme: String?
    @Option(help: "Only programmes of this series, by its code.")
    var series: String?
    @Option(help: "Only programmes of this key task, by its code.")
    var keyTask: String?
    @Option(help: "Group the lines of the bulletin: series or key-task.")
    var by: Grouping?
    @Option(help: "2020-05-26, 2020-05, 2020-Q2, 2020 or all.")
    var period: String?
    @Option(help: "Print each day, month, quarter or year of the period.")
    var span: String?
    @Option(
        help: "A day, whose territorial units are used, with the figures of their predecessors.")
    var boundaries: String?

    func validate() throws {
        guard territory.map({ TerritoryCode($0) != nil }) ?? true else {
            throw ValidationError("--territory must be \(TerritoryCode.expected)")
        }
        guard period.map({ $0 == "all" || Period($0) != nil }) ?? true else {
            throw ValidationError("--period must be \(Period.expected), or all")
        }
        for (name, code) in [
            ("--programme", programme), ("--series", series), ("--key-task", keyTask),
        ] where code.map({ Programme($0) == nil }) ?? false {
            throw ValidationError("\(name) must be \(Programme.expected)")
        }
        guard span.map({ PublicSpan($0) != nil }) ?? true else {
            throw ValidationError("--span must be \(PublicSpan.expected)")
        }
        guard boundaries.map({ BusinessDate($0) != nil }) ?? true else {
            throw ValidationError("--boundaries must be \(BusinessDate.expected)")
        }
        guard territory == nil || check == nil else {
            throw ValidationError("--check takes the territories from the file")
        }
        let isNarrowed =
            parts || !measure.isEmpty
            || [dimension, dataset, programme, period, span, boundaries].contains { $0 != nil }
        guard territory != nil || !isNarrowed else {
            throw ValidationError("these options need --territory")
        }
        guard check == nil || series == nil && keyTask == nil && by == nil else {
            throw ValidationError("--check compares all figures of a file")
        }
        guard territory == nil || by == nil else {
            throw ValidationError("--by groups the bulletin; with --territory, use --series")
        }
    }

    func run() throws {
        if let territory = territory.flatMap({ TerritoryCode($0) }) {
            return try showLive(territory)
        }
        let connection = try orExit {
            try Connection(
                PostgresConfiguration(
                    url: Settings().required(.reportingDatabase),
                    applicationName: "nuanxin-figures"))
        }
        if let check {
            let expected = try orExit { try ExpectedFigures(file: URL(filePath: check)) }
            try FiguresCheck(expected, connection).run(waiting: .seconds(wait))
        } else {
            let lines = try FigureLine.bulletin(connection).filter { line in
                (series == nil || line.series == series)
                    && (keyTask == nil || line.keyTask == keyTask)
            }
            try showBulletin(lines)
        }
    }

    private func showLive(_ territory: TerritoryCode) throws {
        var query = GetFigures(
            territory: territory, units: parts ? .parts : .itself, dataset: dataset,
            measures: measure.isEmpty ? nil : measure,
            programme: programme.flatMap { Programme($0) },
            series: series.flatMap { Programme($0) }, keyTask: keyTask.flatMap { Programme($0) },
            dimension: dimension, period: period, span: span.flatMap { PublicSpan($0) },
            boundaries: boundaries.flatMap { BusinessDate($0) }, limit: GetFigures.largestPage)
        let endpoint = try orExit { try Endpoint(url: Settings().required(.amqpURL)) }
        let queries = BrokerQueries(endpoint, name: "nuanxin figures")
        var whole: FiguresAnswer?
        repeat {
            let page = try orExit { try queries.ask(query, for: FiguresAnswer.self) }.orExit()
            // Each page has its own moment. Messages from before the first page are counted in all.
            if whole == nil {
                whole = page
            } else {
                whole?.figures += page.figures
            }
            query.after = page.next
        } while query.after != nil
        whole?.next = nil
        if let whole { try show(whole) }
    }

    private func show(_ answer: FiguresAnswer) throws {
        if json {
            say(String(decoding: try MessageEncoder().encode(data: answer), as: UTF8.self))
            return
        }
        var table = TextTable([
            ("measure", .left), ("programme", .left), ("dimension", .left), ("territory", .left),
            ("period", .left), ("value", .right), ("unit", .left),
        ])
        for figure in answer.figures {
            table.add(
                [
                    figure.measure, figure.programme, figure.dimension, figure.territory.rawValue,
                    figure.period,
                ] + (figure.value.map { FigureLine.amount($0, figure.unit) } ?? ["–", ""]))
        }
        say(table.text)
        for unit in answer.divided ?? [] {
            let codes = unit.codes.map(\.rawValue).joined(separator: ", ")
            say("\(unit.territory) has no figures: those of \(codes) cannot be divided")
        }
        say("\(answer.figures.count) figures as of \(answer.asOf.wireText); – not collected")
    }

    private func showBulletin(_ lines: [FigureLine]) throws {
        guard json else {
            for (heading, lines) in FigureLine.groups(of: lines, by) {
                if let heading { say("\(heading)\n") }
                say(FigureLine.table(lines))
            }
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        say(String(decoding: try encoder.encode(lines), as: UTF8.self))
    }
}

/// The grouping of a bulletin's lines.
enum Grouping: String, ExpressibleByArgument {
    case series
    case keyTask = "key-task"
}

/// A line of the bulletin as it is printed.
struct FigureLine: Encodable {
    let line: Int
    let figureZh: String
    let figureEn: String
    let measure: String
    let programme: String
    let dimension: String
    let territory: String
    let period: String
    let value: Int64
    let unit: String
    /// The groups of its programme.
    let series: String?
    let keyTask: String?

    static func bulletin(_ connection: Connection) throws -> [FigureLine] {
        try connection.run(
            """
            SELECT b.number, b.name_zh, b.name_en, b.measure, b.programme, b.dimension, b.territory,
                   b.period, b.value, b.unit, p.series, p.key_task
            FROM bulletin b
            -- A part may be a programme.
            LEFT JOIN programme p
                ON p.code = CASE b.programme WHEN '' THEN b.dimension ELSE b.programme END
            ORDER BY b.number
            """
        ).map { row in
            var row = row.cursor()
            return FigureLine(
                line: Int(try row.next(Int32.self)), figureZh: try row.next(String.self),
                figureEn: try row.next(String.self), measure: try row.next(),
                programme: try row.next(), dimension: try row.next(), territory: try row.next(),
                period: try row.next(), value: try row.next(), unit: try row.next(),
                series: try row.next(optional: String.self),
                keyTask: try row.next(optional: String.self))
        }
    }

    /// The lines by the code of their group, those without a group last. Without grouping, all lines without a heading.
    static func groups(
        of lines: [FigureLine], _ grouping: Grouping?
    ) -> [(heading: String?, lines: [FigureLine])] {
        guard let grouping else { return [(nil, lines)] }
        let groups = Dictionary(grouping: lines) { line in
            switch grouping {
            case .series: line.series
            case .keyTask: line.keyTask
            }
        }
        let named = groups.compactMap { code, lines in code.map { (heading: $0, lines: lines) } }
            .sorted { $0.heading < $1.heading }
        return named.map { ($0.heading, $0.lines) }
            + (groups[nil].map { [("in none", $0)] } ?? [])
    }

    static func table(_ lines: [FigureLine]) -> String {
        var table = TextTable([
            ("", .right), ("figure", .left), ("", .left), ("value", .right), ("unit", .left),
        ])
        for line in lines {
            table.add(
                ["\(line.line)", line.figureZh, line.figureEn] + Self.amount(line.value, line.unit)
            )
        }
        return table.text
    }

    /// The value and its unit, for people: money in yuan, thousands apart.
    static func amount(_ value: Int64, _ unit: String) -> [String] {
        guard unit == "fen" else { return [grouped(value), unit] }
        let (yuan, fen) = value.magnitude.quotientAndRemainder(dividingBy: 100)
        let cents = fen < 10 ? "0\(fen)" : "\(fen)"
        let text = grouped(Int64(yuan)) + (fen == 0 ? "" : ".\(cents)")
        return [value < 0 ? "-\(text)" : text, "yuan"]
    }

    private static func grouped(_ value: Int64) -> String {
        var digits = Array(String(value.magnitude))
        for position in stride(from: digits.count - 3, to: 0, by: -3) {
            digits.insert(",", at: position)
        }
        return (value < 0 ? "-" : "") + String(digits)
    }
}
