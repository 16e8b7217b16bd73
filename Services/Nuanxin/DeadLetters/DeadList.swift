import ArgumentParser
import CommandLineKit
import Foundation
import ServiceKit

struct DeadList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List dead letters without their contents.")

    @Argument(help: "One service. Default: all whose database is configured.")
    var service: String?
    @Option(help: "The state: open, redriven or discarded.")
    var state: DeadLetter.State = .open
    @Option(help: "Only dead letters with this code.")
    var code: String?
    @Option(help: "The newest dead letters of each service, at most so many.")
    var limit = 1_000
    @Flag(help: "Print one JSON object for each dead letter.")
    var json = false

    func run() throws {
        let letters = try orExit {
            let databases = try ServiceDatabases()
            return try databases.services(only: service).flatMap { service in
                try DeadLetter.list(
                    service, databases.open(service), state: state, code: code, limit: limit)
            }
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            for letter in letters {
                say(String(decoding: try encoder.encode(letter), as: UTF8.self))
            }
            return
        }
        var table = TextTable([
            ("handle", .left), ("service", .left), ("type", .left), ("publisher", .left),
            ("code", .left), ("at", .left), ("times", .right), ("age", .right),
        ])
        for letter in letters {
            table.add([
                letter.handle, letter.service, letter.routingKey, letter.publisher ?? "",
                letter.code, letter.pointer, "\(letter.times)",
                Duration.seconds(letter.ageSeconds).roughly,
            ])
        }
        say(table.isEmpty ? "none" : table.text)
    }
}
