import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

struct Trace: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow a message through the services.",
        discussion: """
            For the id of a command or a fact, the command shows how each service decided it, which facts \
            followed, and how those were decided. It prints ids, types and codes, but no contents. It reads \
            the databases named by NUANXIN_<SERVICE>_DB.

            Status 4 if no service knows the message.
            """)

    @Argument(help: "The id of a message.")
    var id: String
    @Flag(help: "Print one JSON object for each message.")
    var json = false

    func validate() throws {
        guard UUID(wireText: id) != nil else {
            throw ValidationError("the id must be \(ID<Never>.expected)")
        }
    }

    func run() throws {
        guard let id = UUID(wireText: id) else { throw ExitCode(2) }
        let steps = try orExit {
            let databases = try ServiceDatabases()
            let connections = try databases.services(only: nil).map {
                (service: $0, connection: try databases.open($0))
            }
            return try TraceWalk(connections).steps(from: id)
        }
        for step in steps { say(json ? step.json.compact : step.text) }
        if steps.allSatisfy(\.isUnknown) { throw ExitCode(4) }
    }
}

/// A message on its way, and its state in each service.
struct TraceStep {
    let id: UUID
    let depth: Int
    /// Nil for what no journal holds: a command.
    let fact: MessageTrace.Fact?
    /// The services that know the message, or should.
    let places: [(service: String, trace: MessageTrace)]

    var isUnknown: Bool { fact == nil && places.allSatisfy(\.trace.isEmpty) }

    var text: String {
        let indent = String(repeating: "    ", count: depth)
        var title = indent + (fact?.type ?? "message") + " " + id.wireText
        if let fact {
            title += ", of \(fact.subject), its fact \(fact.sequence)"
            if !fact.isPublished { title += ", not published yet" }
        }
        let lines = places.map { "\(indent)  \($0.service): \($0.trace.text)" }
        return ([title] + (isUnknown ? ["  unknown"] : lines)).joined(separator: "\n")
    }

    var json: JSONValue {
        var step: JSONValue = ["id": .text(id.wireText), "depth": JSONValue(depth)]
        if let fact {
            step["type"] = .text(fact.type)
            step["subject"] = .text(fact.subject)
            step["sequence"] = JSONValue(fact.sequence)
            step["time"] = .text(fact.time.description)
            step["published"] = .flag(fact.isPublished)
        }
        step["services"] = .object(
            places.map { .init($0.service, $0.trace.json) })
        return step
    }
}

extension MessageTrace {
    fileprivate var text: String {
        var parts: [String] = []
        for decision in decisions {
            let at = decision.pointer.map { " at \($0)" } ?? ""
            // Publishers choose ids, so that two may have sent one.
            let of = decisions.count > 1 ? "of \(decision.publisher): " : ""
            parts.append(of + decision.state + (decision.code.map { " (\($0)\(at))" } ?? ""))
        }
        if let parked { parts.append("waits, \(parked.code), try \(parked.attempt + 1)") }
        if let dead { parts.append("dead letter, \(dead.code), \(dead.state)") }
        if owesReceipt { parts.append("its receipt is not sent yet") }
        return parts.isEmpty ? "nothing yet, or forgotten" : parts.joined(separator: "; ")
    }

    fileprivate var json: JSONValue {
        var value: JSONValue = [:]
        if let decision = decisions.first {
            value["decision"] = .text(decision.state)
            value["code"] = decision.code.map { .text($0) }
            value["pointer"] = decision.pointer.map { .text($0) }
        }
        if decisions.count > 1 {
            value["publishers"] = .object(
                decisions.map { .init($0.publisher, .text($0.state)) })
        }
        if let parked {
            value["parked"] = [
                "code": .text(parked.code), "attempt": JSONValue(parked.attempt),
                "due": .text(parked.due.description),
            ]
        }
        if let dead { value["dead"] = ["code": .text(dead.code), "state": .text(dead.state)] }
        if owesReceipt { value["owesReceipt"] = true }
        return value
    }
}

/// Follows a message from cause to effect, over the databases.
struct TraceWalk {
    /// Messages that are shown at most; a run of an enrolment has thousands behind it.
    private static let limit = 200

    private let connections: [(service: String, connection: Connection)]

    init(_ connections: [(service: String, connection: Connection)]) {
        self.connections = connections
    }

    /// The message and all that followed, each before what followed from it.
    func steps(from id: UUID) throws -> [TraceStep] {
        var origin: MessageTrace.Fact?
        for (_, connection) in connections where origin == nil {
            origin = try MessageTrace.fact(id, in: connection)
        }
        var steps: [TraceStep] = []
        var open: [(id: UUID, fact: MessageTrace.Fact?, depth: Int)] = [(id, origin, 0)]
        while let next = open.popLast(), steps.count < Self.limit {
            let (step, facts) = try step(next.id, next.fact, next.depth)
            steps.append(step)
            open += facts.reversed().map { ($0.id, $0, next.depth + 1) }
        }
        return steps
    }

    private func step(
        _ id: UUID, _ fact: MessageTrace.Fact?, _ depth: Int
    ) throws -> (TraceStep, [MessageTrace.Fact]) {
        var places: [(service: String, trace: MessageTrace)] = []
        var facts: [MessageTrace.Fact] = []
        for (service, connection) in connections {
            let trace = try MessageTrace(of: id, at: service, in: connection)
            facts += trace.facts
            let isAwaited = Subscriptions.facts(of: service).contains { $0.type == fact?.type }
            if !trace.isEmpty || isAwaited { places.append((service, trace)) }
        }
        return (TraceStep(id: id, depth: depth, fact: fact, places: places), facts)
    }
}
