import ArgumentParser
import CommandLineKit
import Foundation
import ServiceKit

/// Shows what the broker must know, or writes it as a definitions file that RabbitMQ imports.
struct TopologyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology",
        abstract: "Show exchanges, queues, bindings and users, or export them for RabbitMQ.",
        discussion: """
            --definitions includes each user whose password is in a file of that name in the directory \
            NUANXIN_SECRETS_DIR. It leaves out other users.
            """)

    @Flag(help: "Print a RabbitMQ definitions file (JSON).")
    var definitions = false
    @Option(
        help: """
            Write to this file instead. Hashes of unchanged passwords stay as they are in the file, so that \
            RabbitMQ sees only real changes.
            """)
    var to: String?

    func validate() throws {
        guard to == nil || definitions else {
            throw ValidationError("--to goes with --definitions")
        }
    }

    func run() throws {
        let topology = Topology()
        guard definitions else {
            say(Self.description(topology))
            return
        }
        let directory = try orExit { try Settings().optional(.secretsDirectory) }
        let file = to.map { URL(filePath: $0) }
        let former = try orExit { try to.flatMap(Self.former) }
        let data = try topology.definitions(like: former) { user in
            guard let directory else { return nil }
            let file = URL(filePath: directory).appending(path: user)
            let text = try? String(contentsOf: file, encoding: .utf8)
            return text?.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard let file else {
            say(String(decoding: data, as: UTF8.self))
            return
        }
        try orExit {
            do {
                try data.write(to: file, options: .atomic)
            } catch {
                throw FileProblem("\(file.path): it cannot be written; give a file that can")
            }
        }
    }

    /// The definitions that are there; nil if there are none yet.
    private static func former(_ path: String) throws -> Data? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return Data(try NamedFile.read(path, as: "a file of definitions, or a new one"))
    }

    private static func description(_ topology: Topology) -> String {
        var lines: [String] = ["Exchanges"]
        lines += topology.exchanges.map { exchange in
            let alternate = exchange.alternate.map { ", unroutable to \($0)" } ?? ""
            return "  \(exchange.name) (\(exchange.type)\(alternate))"
        }
        lines.append("Queues and what they are bound to")
        for queue in topology.queues {
            lines.append("  \(queue.name) (\(queue.kind.rawValue))")
            lines += topology.bindings.filter { $0.queue == queue.name }.map {
                "    \($0.exchange) \($0.routingKey)"
            }
        }
        lines.append("Policies")
        lines += topology.policies.map { policy in
            "  \(policy.name): \(policy.deliveryLimit) deliveries for \(policy.pattern)"
                + (policy.largestBytes.map { ", the newest \($0) bytes" } ?? "")
        }
        lines.append("Users (write | read)")
        lines += topology.users.map { "  \($0.name): \($0.write) | \($0.read)" }
        return lines.joined(separator: "\n")
    }
}
