import ArgumentParser
import Foundation
import Messages
import Postgres
import ServiceKit

/// What all subcommands share that read reporting's database.
struct ReportingOptions: ParsableArguments {
    @Flag(help: "Print JSON. Amounts of money are in fen there.")
    var json = false

    /// - Throws: status 2 if the database cannot be read.
    func read<T>(_ body: (Connection) throws -> T) throws -> T {
        try orExit { try body(ServiceDatabases().open("reporting")) }
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

extension TerritoryCode.Level {
    /// - Parameter length: of codes, as reporting keeps levels.
    static func name(_ length: Int32) -> String {
        TerritoryCode.Level(rawValue: Int(length)).map { "\($0)" } ?? "\(length)"
    }
}

/// A part of a whole, for people.
func percent(_ part: Int64, _ whole: Int64) -> String {
    whole > 0 ? String(format: "%.1f %%", Double(part) / Double(whole) * 100) : "-"
}
