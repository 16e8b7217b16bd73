import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Registry on a real database with a publisher for each of two streets, one for their district, and an officer of it.
struct TaskBench {
    let bench: ServiceBench
    /// The publishers' names.
    let here = "kaiyuan"
    let there = "zhonghua"
    let district = "siming"
    let communities: [TerritoryCode]

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        communities = try RegistrySamples.communities.map(RegistrySamples.territory)
        try bench.decide(RegistrySamples.loadTerritory())
        for (publisher, code) in [
            (here, "350203007"), (there, "350203009"), (district, "350203"),
        ] {
            try bench.decide(
                GrantPublisher(
                    publisher: publisher, territories: [RegistrySamples.territory(code)],
                    types: Catalogue.registryCommands.map { $0.type }))
        }
        for command in try RegistrySamples.appointment() { try bench.decide(command) }
    }

    func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    @discardableResult
    func accept(
        _ command: any Command, publisher: String = "operator"
    ) throws -> ServiceBench.Answered {
        let answer = try bench.decide(command, publisher: publisher)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
        return answer
    }

    /// Lets the job read the journal to its end.
    func round() throws {
        var turns = 0
        while try LifeRounds.step(bench.connection, now: .now()), turns < 100 { turns += 1 }
    }

    func answer<A: Decodable>(
        _ type: A.Type, _ query: any Query, publisher: String
    ) throws -> A {
        let answered = try accept(query, publisher: publisher)
        return try JSONDecoder().decode(
            AnswerDocument<A>.self, from: Data(answered.body)
        ).data.answer
    }

    func tasks(
        _ kind: TaskKind, _ state: TaskState = .open, publisher: String = "operator"
    ) throws -> [TaskAnswer] {
        try answer(
            TasksAnswer.self, ListRegistryTasks(TaskSelection(state, kind: kind.name)),
            publisher: publisher
        ).tasks
    }

    func dismiss(_ task: UUID, on date: String = "2020-02-03") throws {
        try accept(
            SettleRegistryTask(
                TaskDismissal(
                    task: task, settledOn: day(date), reason: "the office knows both",
                    actor: RegistrySamples.officer)))
    }

    func count(_ statement: Statement) throws -> Int64 {
        try #require(bench.connection.run(statement).first).decode(Int64.self, at: 0)
    }
}
