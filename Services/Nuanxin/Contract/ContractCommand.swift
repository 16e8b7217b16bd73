import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct ContractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contract",
        abstract: "Show the message contract: types, schemas, examples.",
        subcommands: [ContractList.self, ContractShow.self, ContractExample.self])
}

extension ContractEntry {
    /// - Throws: `ValidationError` for an unknown type.
    fileprivate static func named(_ type: String) throws -> ContractEntry {
        guard let entry = all.first(where: { $0.type == type }) else {
            throw ValidationError("\(type) is no type; `nuanxin contract list` shows all")
        }
        return entry
    }
}

struct ContractList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the types of messages.")

    @Argument(help: "Only types that start with this, such as funding.loan.")
    var prefix = ""
    @Flag(help: "Print one JSON object for each type.")
    var json = false

    func run() throws {
        let entries = ContractEntry.all.filter { $0.type.hasPrefix(prefix) }
        var table = TextTable([("type", .left), ("kind", .left), ("taken in by", .left)])
        for entry in entries {
            if json {
                say(entry.json.compact)
            } else {
                table.add([
                    entry.type, entry.kind.rawValue, entry.takers.joined(separator: ", "),
                ])
            }
        }
        if !json { say(table.isEmpty ? "none" : table.text) }
    }
}

struct ContractShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the JSON Schema (2020-12) of a type.")

    @Argument(help: "A type, such as funding.donation.receive.v1.")
    var type: String

    func run() throws {
        let entry = try ContractEntry.named(type)
        let schema = try orExit { try MessageSchema.document(of: entry.payload) }
        // Only the committed schema has descriptions, which come from the sources.
        say((try? ContractDirectory().schema(entry.type)) ?? schema.pretty, terminator: "")
    }
}

struct ContractExample: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "example",
        abstract: "Print an example of a type, one document a line.",
        discussion: """
            --invalid prints documents that are refused. Standard error names the fault of each, by line. \
            --fresh gives each document a new id and the present time, as the services require.
            """)

    @Argument(help: "A type, such as funding.donation.receive.v1.")
    var type: String
    @Flag(help: "Print examples that are refused.")
    var invalid = false
    @Flag(help: "Use new ids and the present time.")
    var fresh = false
    @Option(help: "The directory with the contract. Default: deploy/contract.")
    var contract: String?

    func run() throws {
        let entry = try ContractEntry.named(type)
        let examples = try orExit {
            try ContractDirectory(contract).examples(entry.type)
        }
        for (line, example) in examples.filter({ ($0.answer != nil) == invalid }).enumerated() {
            say((fresh ? example.refreshed() : example).document.compact)
            guard let answer = example.answer else { continue }
            let remark = "line \(line + 1): \(example.title): \(answer.code) at \(answer.pointer)"
            writeError(remark)
        }
    }
}
