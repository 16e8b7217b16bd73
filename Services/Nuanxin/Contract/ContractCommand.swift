import ArgumentParser
import Foundation
import Messages
import ServiceKit

struct ContractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contract",
        abstract: "Show what may be sent and what is published: types, schemas, examples.",
        subcommands: [
            ContractList.self, ContractShow.self, ContractExample.self, ContractExport.self,
        ])
}

struct ContractList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the types of messages.")

    @Argument(help: "Only types that begin so, such as funding.loan.")
    var prefix = ""
    @Flag(help: "Print one JSON object for each.")
    var json = false

    func run() throws {
        let entries = ContractEntry.all.filter { $0.type.hasPrefix(prefix) }
        var table = TextTable([("type", .left), ("kind", .left), ("taken in by", .left)])
        for entry in entries {
            if json {
                print(entry.json.compact)
            } else {
                table.add([
                    entry.type, entry.kind.rawValue, entry.takers.joined(separator: ", "),
                ])
            }
        }
        if !json { print(table.isEmpty ? "none" : table.text) }
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
        // The committed one says in words what its fields mean; those stand in the sources only.
        print((try? ContractDirectory().schema(entry.type)) ?? schema.pretty, terminator: "")
    }
}

struct ContractExample: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "example",
        abstract: "Print an example of a type, one document a line.",
        discussion: """
            With --invalid, documents that are refused: on standard error it says of each, by its line, what \
            is wrong with it. With --fresh the documents have ids of their own and the time now, as the \
            services ask for.
            """)

    @Argument(help: "A type, such as funding.donation.receive.v1.")
    var type: String
    @Flag(help: "Examples that are refused.")
    var invalid = false
    @Flag(help: "New ids, and the time now.")
    var fresh = false
    @Option(help: "The directory with the contract. Default: deploy/contract.")
    var contract: String?

    func run() throws {
        let entry = try ContractEntry.named(type)
        let examples = try orExit {
            try ContractDirectory(contract).examples(entry.type)
        }
        for (line, example) in examples.filter({ ($0.answer != nil) == invalid }).enumerated() {
            print((fresh ? example.refreshed() : example).document.compact)
            guard let answer = example.answer else { continue }
            let remark = "line \(line + 1): \(example.title): \(answer.code) at \(answer.pointer)\n"
            FileHandle.standardError.write(Data(remark.utf8))
        }
    }
}

struct ContractExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the contract's files, from the types in this build.",
        discussion: """
            Run it in the project's directory. What a schema said before today is kept in earlier/, and \
            within a version only optional additions are allowed: status 4 if there is anything else.
            """)

    @Argument(help: "The directory, such as deploy/contract.")
    var directory: String

    /// The day in UTC.
    private static func today() -> BusinessDate {
        BusinessDate(day: Int32(Date().timeIntervalSince1970 / 86_400))
    }

    func run() throws {
        let directory = URL(filePath: directory, directoryHint: .isDirectory)
        let violations = try orExit {
            let files = try ContractFiles(directory, today: Self.today())
            if files.violations.isEmpty { try files.write() }
            return files.violations
        }
        for violation in violations {
            FileHandle.standardError.write(Data((violation + "\n").utf8))
        }
        if !violations.isEmpty { throw ExitCode(4) }
    }
}
