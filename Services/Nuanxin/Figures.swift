import ArgumentParser
import Foundation
import Messages
import Postgres
import ServiceKit

struct Figures: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the bulletin, or any figures that reporting holds.",
        discussion: """
            Without a filter this is the bulletin. With --check the figures of a file are compared, and \
            whether all figures agree with each other: status 1 if one differs.
            """)

    @Flag(help: "Print JSON. Amounts of money are in fen there.")
    var json = false
    @Option(help: "Compare with a file such as seeds/expected.json.")
    var check: String?
    @Option(help: "Seconds that --check may wait for figures to arrive.")
    var wait = 0
    @Option(help: "Only this measure.")
    var measure: String?
    @Option(help: "Only this territory.")
    var territory: String?
    @Option(help: "Only this period: 2020-05-26, 2020-05, 2020-Q2, 2020 or all.")
    var period: String?
    @Option(help: "Only this programme.")
    var programme: String?

    func run() throws {
        let connection = try orExit {
            try Connection(
                PostgresConfiguration(
                    url: Settings().required(.reportingDatabase),
                    applicationName: "nuanxin-figures"))
        }
        if let check {
            let expected = try ExpectedFigures(file: URL(filePath: check))
            try FiguresCheck(expected, connection).run(waiting: .seconds(wait))
        } else if measure == nil, territory == nil, period == nil, programme == nil {
            try show(FigureLine.bulletin(connection))
        } else {
            try show(
                FigureLine.cells(
                    connection, measure: measure, territory: territory, period: period,
                    programme: programme))
        }
    }

    private func show(_ lines: [FigureLine]) throws {
        guard json else {
            print(FigureLine.table(lines))
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(lines), as: UTF8.self))
    }
}

/// A figure as it is printed.
struct FigureLine: Encodable {
    /// The line of the bulletin and what it is called there.
    var line: Int?
    var figureZh: String?
    var figureEn: String?
    let measure: String
    let programme: String
    let dimension: String
    let territory: String
    let period: String
    let value: Int64
    let unit: String

    static func bulletin(_ connection: Connection) throws -> [FigureLine] {
        try connection.run(
            """
            SELECT number, name_zh, name_en, measure, programme, dimension, territory, period,
                   value, unit
            FROM bulletin ORDER BY number
            """
        ).map { row in
            var row = row.cursor()
            return FigureLine(
                line: Int(try row.next(Int32.self)), figureZh: try row.next(String.self),
                figureEn: try row.next(String.self), measure: try row.next(),
                programme: try row.next(), dimension: try row.next(), territory: try row.next(),
                period: try row.next(), value: try row.next(), unit: try row.next())
        }
    }

    static func cells(
        _ connection: Connection, measure: String?, territory: String?, period: String?,
        programme: String?
    ) throws -> [FigureLine] {
        try connection.run(
            """
            SELECT c.measure, c.programme, c.dimension, c.territory, c.period, c.value, m.unit
            FROM cell_value c JOIN measure m ON m.name = c.measure
            WHERE (\(measure) IS NULL OR c.measure = \(measure))
              AND (\(territory) IS NULL OR c.territory = \(territory))
              AND (\(period) IS NULL OR c.period = \(period))
              AND (\(programme) IS NULL OR c.programme = \(programme))
            ORDER BY c.measure, c.programme, c.dimension, c.territory, c.period
            """
        ).map { row in
            var row = row.cursor()
            return FigureLine(
                measure: try row.next(), programme: try row.next(), dimension: try row.next(),
                territory: try row.next(), period: try row.next(), value: try row.next(),
                unit: try row.next())
        }
    }

    static func table(_ lines: [FigureLine]) -> String {
        guard lines.contains(where: { $0.line != nil }) else {
            var table = TextTable([
                ("measure", .left), ("programme", .left), ("dimension", .left),
                ("territory", .left), ("period", .left), ("value", .right), ("unit", .left),
            ])
            for line in lines {
                table.add(
                    [line.measure, line.programme, line.dimension, line.territory, line.period]
                        + Self.amount(line.value, line.unit))
            }
            return table.text
        }
        var table = TextTable([
            ("", .right), ("figure", .left), ("", .left), ("value", .right), ("unit", .left),
        ])
        for line in lines {
            table.add(
                [line.line.map(String.init) ?? "", line.figureZh ?? "", line.figureEn ?? ""]
                    + Self.amount(line.value, line.unit))
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
