import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

/// The options of all reports of the ledger.
struct LedgerOptions: ParsableArguments {
    @Option(help: "Only the fund with this id.")
    var fund: String?
    @Option(help: "The state at the end of this day, YYYY-MM-DD.")
    var asOf: String?
    @Flag(help: "Print CSV.")
    var csv = false
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let problem { throw ValidationError(problem) }
    }

    /// The fault of the options, if they have one.
    var problem: String? {
        if csv && json { return "--csv or --json, not both" }
        if let fund, UUID(uuidString: fund) == nil { return "--fund takes a UUID, not \(fund)" }
        if let asOf, BusinessDate(asOf) == nil {
            return "--as-of takes \(BusinessDate.expected), not \(asOf)"
        }
        return nil
    }

    var fundID: UUID? { fund.flatMap { UUID(uuidString: $0) } }
    var day: BusinessDate? { asOf.flatMap { BusinessDate($0) } }

    /// Makes a report of funding's database, prints it and the faults of the books.
    /// - Throws: status 1 if there are any.
    func print(_ make: (Connection) throws -> LedgerReport) throws {
        let report = try orExit {
            let connection = try ServiceDatabases().open("funding")
            var report = try make(connection)
            report.problems += try LedgerReport.problems(of: fundID, connection)
            return report
        }
        say(try csv ? report.csv : json ? report.json : report.table)
        guard !report.problems.isEmpty else { return }
        for problem in report.problems { writeError(problem) }
        throw ExitCode(1)
    }
}

/// Rows of text and money, and the faults that were found.
struct LedgerReport {
    enum Cell: Equatable {
        case text(String)
        case count(Int64)
        /// In fen; shown as yuan with two decimals.
        case money(Int64)
    }

    struct Column {
        let name: String
        var isText = true
    }

    let columns: [Column]
    var rows: [[Cell]] = []
    var problems: [String] = []

    /// The findings of the database's own check of the books.
    static func problems(of fund: UUID?, _ connection: Connection) throws -> [String] {
        let rows = try connection.run(
            """
            SELECT coalesce(fund::text, 'all funds') || ': ' || problem FROM ledger_check
            WHERE \(fund) IS NULL OR fund IS NULL OR fund = \(fund)
            ORDER BY 1
            """)
        return try rows.map { try $0.decode(String.self, at: 0) }
    }

    /// Yuan with two decimals, exact.
    static func yuan(_ fen: Int64) -> String {
        let (yuan, rest) = fen.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(fen < 0 ? "-" : "")\(yuan).\(rest < 10 ? "0" : "")\(rest)"
    }

    private static func text(_ cell: Cell) -> String {
        switch cell {
        case .text(let text): text
        case .count(let count): "\(count)"
        case .money(let fen): yuan(fen)
        }
    }

    var table: String {
        var table = TextTable(columns.map { ($0.name, $0.isText ? .left : .right) })
        for row in rows { table.add(row.map(Self.text)) }
        return table.text
    }

    /// As RFC 4180 has it, with line feeds.
    var csv: String {
        let lines = [columns.map(\.name)] + rows.map { $0.map(Self.text) }
        return lines.map(CSVField.line).joined(separator: "\n")
    }

    /// An array of objects; money as text, in yuan as in the other forms.
    var json: String {
        get throws {
            let objects = rows.map { row in
                Dictionary(
                    zip(columns.map(\.name), row.map(Value.init)), uniquingKeysWith: { $1 })
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(objects), as: UTF8.self)
        }
    }

    private struct Value: Encodable {
        let cell: Cell

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if case .count(let count) = cell {
                try container.encode(count)
            } else {
                try container.encode(text(cell))
            }
        }
    }
}
