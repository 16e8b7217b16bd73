import ArgumentParser
import CommandLineKit
import Foundation
import Postgres
import ServiceKit

struct DeadShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a dead letter.",
        discussion: """
            Bodies may hold personal data. They are stored sealed and are printed only with --body, which \
            needs the service's secret, NUANXIN_<SERVICE>_SECRET.
            """)

    @Argument(help: "The service: registry, funding, events or reporting.")
    var service: String
    @Argument(help: "The handle from `nuanxin dead list`.")
    var handle: String
    @Flag(help: "Print the body.")
    var body = false
    @Flag(help: "Print JSON, without the body.")
    var json = false

    func run() throws {
        let databases = try orExit { try ServiceDatabases() }
        let connection = try orExit {
            try databases.open(databases.services(only: service)[0])
        }
        let letter = try DeadLetter.find(service, connection, handle: handle)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            say(String(decoding: try encoder.encode(letter), as: UTF8.self))
        } else {
            show(letter)
            if body {
                let secret = try orExit { try ServiceSecret(of: service, databases.settings) }
                try say(content(letter, connection, secret))
            }
        }
    }

    private func show(_ letter: DeadLetter) {
        let lines: KeyValuePairs = [
            "digest": letter.digest, "id": letter.id ?? "", "type": letter.routingKey,
            "origin": letter.origin, "publisher": letter.publisher ?? "", "code": letter.code,
            "at": letter.pointer, "found": letter.found, "expected": letter.expected,
            "times": "\(letter.times)", "first": letter.firstAt, "last": letter.lastAt,
            "state": letter.state, "says": letter.type ?? "", "size": "\(letter.size) bytes",
            "body": letter.keepsBody ? "sealed" : "not kept", "note": letter.note ?? "",
        ]
        for (name, value) in lines where !value.isEmpty {
            say(name + String(repeating: " ", count: 11 - name.count) + ForeignText.visible(value))
        }
    }

    private func content(
        _ letter: DeadLetter, _ connection: Connection, _ secret: ServiceSecret
    ) throws -> String {
        guard let body = try DeadLetters.body(of: letter.digestBytes, connection, secret) else {
            return "\nno body is kept"
        }
        return "\n" + String(decoding: body, as: UTF8.self)
    }
}
