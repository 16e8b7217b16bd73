import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

struct EditionShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an edition, and which parts of the plan it lacks.",
        discussion: """
            The list of missing parts is kept for NUANXIN_HISTORY_DAYS, and always for the edition in force. \
            Status 1 if there is no such edition.
            """)

    @Argument(help: "The number of the edition. Default: the last one.")
    var number: Int64?
    @OptionGroup var options: ReportOptions

    func run() throws {
        let detail = try options.read("reporting") { connection in
            try EditionLine.all(connection, number: number, limit: 1).first.map { edition in
                EditionDetail(
                    edition: edition, gaps: try EditionGap.all(connection, of: edition.number),
                    before: try EditionPast.read(connection))
            }
        }
        guard let detail else {
            let text = number.map { "there is no edition \($0)" } ?? "there is no edition yet"
            throw ExitCode.error(text, 1)
        }
        try options.show(detail, detail.text)
    }
}

private struct EditionDetail: Encodable {
    let edition: EditionLine
    let gaps: [EditionGap]
    let before: EditionPast?

    var text: String {
        let left =
            if !gaps.isEmpty {
                EditionGap.table(gaps)
            } else if edition.leftOut > 0 {
                "What it left out is not kept any more."
            } else {
                "It leaves nothing out of the plan."
            }
        let before = before.map { "\n\n" + $0.text } ?? ""
        return EditionLine.table([edition]) + "\n\n" + left + before
    }
}

/// A part of the plan that an edition lacks for one reason, in all districts.
struct EditionGap: Encodable {
    enum Reason: String, Encodable, PostgresValue {
        case families, totals, signed, waiting, forgotten

        var words: String {
            switch self {
            case .families: "too few families are registered"
            case .totals: "the total is too small to be divided"
            case .signed: "something is below zero"
            case .waiting: "changes of few families wait"
            case .forgotten: "a forgotten edition said something else, or may have"
            }
        }
    }

    let why: Reason
    /// Empty for all sources about families.
    let source: String
    let programme: String
    let period: String
    /// The length of codes of the widest territories that it is about; narrower ones are left out too.
    let level: Int32
    let districts: Int64
    /// Territories that wait, or families that are registered.
    let units: Int64

    static func all(_ connection: Connection, of edition: Int64) throws -> [EditionGap] {
        try connection.run(
            """
            SELECT why, source, programme, period, level, count(DISTINCT district),
                   sum(units)::bigint
            FROM edition_gap WHERE edition = \(edition)
            GROUP BY why, source, programme, period, level
            ORDER BY why, source, programme, period, level
            """
        ).map { row in
            var row = row.cursor()
            return EditionGap(
                why: try row.next(), source: try row.next(),
                programme: try row.next(), period: try row.next(), level: try row.next(),
                districts: try row.next(), units: try row.next())
        }
    }

    static func table(_ gaps: [EditionGap]) -> String {
        var table = TextTable([
            ("why", .left), ("source", .left), ("programme", .left), ("period", .left),
            ("from level", .left), ("districts", .right), ("units", .right),
        ])
        for gap in gaps {
            table.add([
                gap.why.words, gap.source.isEmpty ? "all about families" : gap.source,
                gap.programme, gap.period, TerritoryCode.Level.name(gap.level),
                "\(gap.districts)", gap.units > 0 ? "\(gap.units)" : "",
            ])
        }
        return table.text
    }
}
