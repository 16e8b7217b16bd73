import AMQP
import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct TasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks",
        abstract:
            "List what life events demand of somebody, such as to name the new head of a household.",
        discussion: """
            Registry, funding and events are asked as the user of NUANXIN_AMQP_URL, which must be granted \
            `<service>.tasks.list.v1`. A rule raises a task, and settles it when what it asks for is done. Dismiss \
            another one with the command `<service>.task.settle.v1`.

            Status 4 if a service refuses or none has the kind, 3 if one does not answer.
            """)

    @Option(help: "The code of a territory: only tasks inside it.")
    var territory: String?
    @Option(help: "Only tasks of this kind, such as name_successor.")
    var kind: String?
    @Flag(help: "Print those that are settled.")
    var settled = false
    @Flag(help: "Print JSON.")
    var json = false
    @OptionGroup var speech: LanguageOptions

    func validate() throws {
        guard territory.map({ TerritoryCode($0) != nil }) ?? true else {
            throw ValidationError(ToolWords.wrongTerritory[speech.language])
        }
    }

    func run() throws {
        var selection = TaskSelection(
            settled ? .settled : .open, within: territory.flatMap { TerritoryCode($0) },
            kind: kind, limit: TaskSelection.largestPage)
        let endpoint = try orExit { try Endpoint(url: Settings().required(.amqpURL)) }
        let queries = ServiceQueries(endpoint, name: "nuanxin tasks", in: speech.language)
        var lines: [ServiceTask] = []
        var knowsKind = false
        func collect<Q: TaskListing>(_ service: String, _ type: Q.Type) throws {
            selection.after = nil
            repeat {
                guard
                    let page = try queries.ask(
                        service, Q(selection), for: TasksAnswer.self,
                        absent: ["unknown_task_kind"])
                else { return }
                knowsKind = true
                lines += page.tasks.map { ServiceTask(service: service, task: $0) }
                selection.after = page.next
            } while selection.after != nil
        }
        try collect("registry", ListRegistryTasks.self)
        try collect("funding", ListFundingTasks.self)
        try collect("events", ListEventsTasks.self)
        lines.sort {
            ($0.task.territory.rawValue, $0.task.raisedOn, $0.task.task.wireText)
                < ($1.task.territory.rawValue, $1.task.raisedOn, $1.task.task.wireText)
        }
        guard knowsKind else {
            try queries.check()
            throw ExitCode.error(.noTaskKind(kind ?? ""), 4, in: speech.language)
        }
        try show(lines)
        try queries.check()
    }

    private func show(_ lines: [ServiceTask]) throws {
        if json {
            say(String(decoding: try MessageEncoder().encode(data: lines), as: UTF8.self))
        } else {
            say(ServiceTask.text(of: lines, in: speech.language))
        }
    }
}

/// A task and the service whose it is.
struct ServiceTask: Encodable {
    let service: String
    let task: TaskAnswer

    /// For people.
    static func text(of lines: [ServiceTask], in language: ToolLanguage) -> String {
        let count = ToolWords.tasks(lines.count)[language]
        guard !lines.isEmpty else { return count }
        let titles: [ToolWords] = [
            .territory, .service, .kind, .toDo, .subject, .since, .due, .settled, .task,
        ]
        var table = TextTable(titles.map { ($0[language], .left) })
        for line in lines {
            let task = line.task
            table.add([
                task.territory.rawValue, ToolWords.service(line.service)[language], task.kind,
                TaskWords.kinds[task.kind]?[language] ?? "", task.subject.wireText,
                task.raisedOn.description, task.dueOn?.description ?? "",
                (task.settledOn?.description ?? "")
                    + (task.dismissed ? ToolWords.dismissed[language] : ""),
                task.task.wireText,
            ])
        }
        return "\(table.text)\n\(count)"
    }
}
