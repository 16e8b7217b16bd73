import ArgumentParser
import CommandLineKit
import Foundation
import Postgres
import ServiceKit

struct DeadShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a dead letter.",
        discussion: "Bodies in registry are personal data and are printed only with --body.")

    @Argument(help: "The service: registry, funding, events or reporting.")
    var service: String
    @Argument(help: "The handle from `nuanxin dead list`.")
    var handle: String
    @Flag(help: "Print the body even if it is personal data.")
    var body = false
    @Flag(help: "Print JSON, without the body.")
    var json = false

    func run() throws {
        let connection = try orExit {
            let databases = try ServiceDatabases()
            return try databases.open(databases.services(only: service)[0])
        }
        let letter = try DeadLetter.find(service, connection, handle: handle)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(letter), as: UTF8.self))
        } else {
            show(letter)
            // An unroutable message, which registry keeps, may hold anybody's data too.
            if body || service != "registry" { try print(content(letter, connection)) }
        }
    }

    private func show(_ letter: DeadLetter) {
        let lines: KeyValuePairs = [
            "digest": letter.digest, "id": letter.id ?? "", "type": letter.routingKey,
            "origin": letter.origin, "publisher": letter.publisher ?? "", "code": letter.code,
            "at": letter.pointer, "found": letter.found, "expected": letter.expected,
            "times": "\(letter.times)", "first": letter.firstAt, "last": letter.lastAt,
            "state": letter.state, "note": letter.note ?? "",
        ]
        for (name, value) in lines where !value.isEmpty {
            print(name + String(repeating: " ", count: 11 - name.count) + value)
        }
    }

    private func content(_ letter: DeadLetter, _ connection: Connection) throws -> String {
        let rows = try connection.run(
            "SELECT body FROM dead_letter WHERE digest = \(letter.digestBytes)")
        let body = try rows.first?.decode([UInt8].self, at: 0) ?? []
        return "\n" + String(decoding: body, as: UTF8.self)
    }
}
