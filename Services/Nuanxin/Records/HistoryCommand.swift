import AMQP
import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Print what has become of a record: each fact, when, by whom and why.",
        discussion: """
            The id is that of a person, a household, a loan, a session, an assertion or any other record. Registry, \
            funding and events are asked as the user of NUANXIN_AMQP_URL, which must be granted \
            `<service>.history.get.v1` and every territory that the facts name. A service in which a fact names another \
            one answers `out_of_scope`, as it does of a record that it does not know. The services record who has asked. \
            Free texts, such as reasons, are for the operator.

            Status 4 if no service tells anything of the record or one refuses the query, 3 if one does not answer.
            """)

    @Argument(help: "The id of a record.")
    var id: String
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard UUID(wireText: id) != nil else {
            throw ValidationError("the id must be \(ID<Never>.expected)")
        }
    }

    func run() throws {
        guard let record = UUID(wireText: id) else { throw ExitCode(2) }
        let endpoint = try orExit { try Endpoint(url: Settings().required(.amqpURL)) }
        let queries = ServiceQueries(endpoint, name: "nuanxin history")
        var steps: [HistoryStep] = []
        var texts: [HistoryText] = []
        func collect<Q: HistoryQuery>(_ service: String, _ type: Q.Type) throws {
            var selection = HistorySelection(record: record, limit: HistorySelection.largestPage)
            repeat {
                guard
                    let page = try queries.ask(
                        service, Q(selection), for: HistoryAnswer.self,
                        absent: ["unknown_record"])
                else { return }
                steps += page.entries.map { HistoryStep(service: service, entry: $0) }
                texts += (page.texts ?? []).filter { !texts.contains($0) }
                selection.after = page.next
            } while selection.after != nil
        }
        try collect("registry", GetRegistryHistory.self)
        try collect("funding", GetFundingHistory.self)
        try collect("events", GetEventsHistory.self)
        steps = steps.enumerated().sorted {
            ($0.element.entry.recordedAt, $0.offset) < ($1.element.entry.recordedAt, $1.offset)
        }.map(\.element)
        try show(steps, texts)
        try queries.check()
        if !queries.reserved.isEmpty {
            writeError(
                "\(queries.reserved.joined(separator: ", ")): out_of_scope. Nothing is known there of "
                    + "\(record.wireText), or its facts name a territory that you were not granted."
            )
        }
        guard steps.isEmpty else { return }
        let refusal = queries.reserved.isEmpty ? "no service knows" : "no service tells you of"
        throw ExitCode.error("\(refusal) \(record.wireText)", 4)
    }

    private func show(_ steps: [HistoryStep], _ texts: [HistoryText]) throws {
        if json {
            let history = History(steps: steps, texts: texts)
            say(String(decoding: try MessageEncoder().encode(data: history), as: UTF8.self))
            return
        }
        for step in steps { say(step.text) }
        for text in texts { say("\(text.field) of \(text.record.wireText): \(text.text)") }
    }
}

private struct History: Encodable {
    let steps: [HistoryStep]
    let texts: [HistoryText]
}

/// A fact of the record, and the service that recorded it.
private struct HistoryStep: Encodable {
    let service: String
    let entry: HistoryEntry

    var text: String {
        var line =
            "\(entry.recordedAt.wireText)  \(entry.on?.description ?? "          ")  \(entry.type)"
        line += "\n    fact \(entry.sequence) of \(entry.subject), \(entry.fact.wireText)"
        line += "\n    caused by \(entry.cause.wireText)"
        if let publisher = entry.publisher { line += " of \(publisher)" }
        if let actor = entry.actor { line += ", taken by \(actor.wireText)" }
        for text in entry.texts ?? [] { line += "\n    \(text.field): \(text.text)" }
        return line
    }
}
