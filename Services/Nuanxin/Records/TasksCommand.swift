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

            Status 4 if a service refuses, 3 if one does not answer.
            """)

    @Option(help: "The code of a territory: only tasks inside it.")
    var territory: String?
    @Option(help: "Only tasks of this kind, such as name_successor. Services without it have none.")
    var kind: String?
    @Flag(help: "Print those that are settled.")
    var settled = false
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard territory.map({ TerritoryCode($0) != nil }) ?? true else {
            throw ValidationError("--territory must be \(TerritoryCode.expected)")
        }
    }

    func run() throws {
        var selection = TaskSelection(
            settled ? .settled : .open, within: territory.flatMap { TerritoryCode($0) },
            kind: kind, limit: TaskSelection.largestPage)
        let endpoint = try orExit { try Endpoint(url: Settings().required(.amqpURL)) }
        let queries = ServiceQueries(endpoint, name: "nuanxin tasks")
        var lines: [ServiceTask] = []
        func collect<Q: TaskListing>(_ service: String, _ type: Q.Type) throws {
            selection.after = nil
            repeat {
                guard
                    let page = try queries.ask(
                        service, Q(selection), for: TasksAnswer.self,
                        absent: ["unknown_task_kind"])
                else { return }
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
        try show(lines)
        try queries.check()
    }

    private func show(_ lines: [ServiceTask]) throws {
        if json {
            say(String(decoding: try MessageEncoder().encode(data: lines), as: UTF8.self))
            return
        }
        var table = TextTable([
            ("territory", .left), ("service", .left), ("kind", .left), ("subject", .left),
            ("since", .left), ("due", .left), ("settled", .left), ("task", .left),
        ])
        for line in lines {
            let task = line.task
            table.add([
                task.territory.rawValue, line.service, task.kind, task.subject.wireText,
                task.raisedOn.description, task.dueOn?.description ?? "",
                (task.settledOn?.description ?? "") + (task.dismissed ? ", dismissed" : ""),
                task.task.wireText,
            ])
        }
        if !lines.isEmpty { say(table.text) }
        say("\(lines.count) tasks")
    }
}

/// A task and the service whose it is.
private struct ServiceTask: Encodable {
    let service: String
    let task: TaskAnswer
}
