import ArgumentParser
import Foundation
import Postgres
import ServiceKit

struct ProtectionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protection",
        abstract: "Look after the protection of small figures.",
        discussion:
            "Reads reporting's database; figures in it are exact, so what is printed is for staff.",
        subcommands: [ProtectionList.self, ProtectionAudit.self, ProtectionLoss.self])
}

/// What the three have in common.
struct ProtectionOptions: ParsableArguments {
    @Flag(help: "Print JSON. Amounts of money are in fen there.")
    var json = false

    func connection() throws -> Connection {
        try orExit { try ServiceDatabases().open("reporting") }
    }

    func threshold() throws -> Int64 {
        let settings = try orExit { try Settings() }
        return Int64(
            try orExit { try settings.integer(.suppressionThreshold, default: 5, in: 1...100) })
    }

    func show(_ value: some Encodable, _ text: String) throws {
        guard json else {
            print(text)
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

/// A figure of which an intruder would know too much.
struct ExposedFigure: Encodable {
    let dataset: String
    let programme: String
    let source: String
    /// `times`, `amount` or `subjects`.
    let reads: String
    let territory: String
    let period: String
    let part: String
    /// What it could be, and what it should be able to be.
    let low: Int64
    let high: Int64
    let wantedLow: Int64
    let wantedHigh: Int64

    static func table(_ figures: [ExposedFigure]) -> String {
        var table = TextTable([
            ("dataset", .left), ("programme", .left), ("source", .left), ("figure", .left),
            ("territory", .left), ("period", .left), ("part", .left), ("known as", .right),
            ("should be", .right),
        ])
        for figure in figures {
            table.add([
                figure.dataset, figure.programme, figure.source, figure.reads, figure.territory,
                figure.period, figure.part, "\(figure.low)…\(figure.high)",
                "\(figure.wantedLow)…\(figure.wantedHigh)",
            ])
        }
        return table.text
    }
}

struct ProtectionList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what is held back because it could not be protected, and why.",
        discussion: """
            It is looked at again with the next change of its programme. Status 1 if anything is held.
            """)

    @OptionGroup var options: ProtectionOptions

    func run() throws {
        let connection = try options.connection()
        let figures = try connection.run(
            """
            SELECT dataset, programme, source, reads, territory, period, part, low, high, wanted_low,
                   wanted_high
            FROM held_figure
            ORDER BY dataset, programme, source, territory, period, part, reads
            """
        ).map { row in
            var row = row.cursor()
            return ExposedFigure(
                dataset: try row.next(), programme: try row.next(), source: try row.next(),
                reads: try row.next(), territory: try row.next(), period: try row.next(),
                part: try row.next(), low: try row.next(), high: try row.next(),
                wantedLow: try row.next(), wantedHigh: try row.next())
        }
        let cells = try connection.run("SELECT count(*) FROM held").first?.decode(
            Int64.self, at: 0)
        let note = "\(cells ?? 0) cells are held back"
        try options.show(
            figures, figures.isEmpty ? note : ExposedFigure.table(figures) + "\n" + note)
        if cells ?? 0 > 0 { throw ExitCode(1) }
    }
}
