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
    @OptionGroup var speech: LanguageOptions

    func validate() throws {
        guard UUID(wireText: id) != nil else {
            throw ValidationError(ToolWords.wrongRecord[speech.language])
        }
    }

    func run() throws {
        guard let record = UUID(wireText: id) else { throw ExitCode(2) }
        let endpoint = try orExit { try Endpoint(url: Settings().required(.amqpURL)) }
        let language = speech.language
        let queries = ServiceQueries(endpoint, name: "nuanxin history", in: language)
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
            writeError(ToolWords.reserved(queries.reserved, record.wireText)[language])
        }
        guard steps.isEmpty else { return }
        throw ExitCode.error(
            .noHistory(record.wireText, isReserved: !queries.reserved.isEmpty), 4, in: language)
    }

    private func show(_ steps: [HistoryStep], _ texts: [HistoryText]) throws {
        if json {
            let history = History(steps: steps, texts: texts)
            say(String(decoding: try MessageEncoder().encode(data: history), as: UTF8.self))
            return
        }
        let language = speech.language
        for step in steps { say(step.text(in: language)) }
        for text in texts { say(ToolWords.text(text, of: text.record.wireText)[language]) }
    }
}

private struct History: Encodable {
    let steps: [HistoryStep]
    let texts: [HistoryText]
}

/// A fact of the record, and the service that recorded it.
struct HistoryStep: Encodable {
    let service: String
    let entry: HistoryEntry

    func text(in language: ToolLanguage) -> String {
        let day = entry.on?.description ?? "          "
        let words = language == .zh ? StepWords.chinese[entry.type].map { "  \($0)" } ?? "" : ""
        let fact = ToolWords.fact(entry.sequence, of: entry.subject, entry.fact.wireText)
        let cause = ToolWords.cause(
            entry.cause.wireText, publisher: entry.publisher, actor: entry.actor?.wireText)
        let texts = (entry.texts ?? []).map(ToolWords.text)
        return ([fact, cause] + texts).reduce(
            "\(entry.recordedAt.wireText)  \(day)  \(entry.type)\(words)"
        ) { "\($0)\n    \($1[language])" }
    }
}
