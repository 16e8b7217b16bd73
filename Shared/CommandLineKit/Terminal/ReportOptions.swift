public import ArgumentParser
import Foundation
public import Messages
public import Postgres
import ServiceKit

/// The options of all subcommands that print a report of a service's database.
public struct ReportOptions: ParsableArguments {
    @Flag(help: "Print JSON. Amounts of money are in fen there.")
    public var json = false

    public init() {}

    /// Reads the database of a service.
    /// - Throws: status 2 if it cannot be read.
    public func read<T>(_ service: String, _ body: (Connection) throws -> T) throws -> T {
        try orExit { try body(ServiceDatabases().open(service)) }
    }

    /// Prints a report as JSON, or else the text.
    public func show(_ value: some Encodable, _ text: String) throws {
        guard json else {
            say(text)
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        say(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

extension TerritoryCode.Level {
    /// - Parameter length: of codes, as reporting keeps levels.
    public static func name(_ length: Int32) -> String {
        TerritoryCode.Level(rawValue: Int(length)).map { "\($0)" } ?? "\(length)"
    }
}

/// A part of a whole, for people.
public func percent(_ part: Int64, _ whole: Int64) -> String {
    whole > 0 ? String(format: "%.1f %%", Double(part) / Double(whole) * 100) : "-"
}
