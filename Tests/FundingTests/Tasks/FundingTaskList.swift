import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Funding

/// The tasks of funding, and what raises them, for tests.
extension FundingWorld {
    func tasks(_ state: TaskState = .open, kind: TaskKind? = nil) throws -> [TaskAnswer] {
        let answered = try bench.decide(
            ListFundingTasks(TaskSelection(state, kind: kind?.name, limit: 200)))
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        struct Document: Decodable {
            struct Content: Decodable { let answer: TasksAnswer }
            let data: Content
        }
        return try JSONDecoder().decode(Document.self, from: Data(answered.body)).data.answer.tasks
    }

    /// Kind, subject, territory and first day of each open task.
    func open() throws -> Set<String> {
        Set(
            try tasks().map {
                "\($0.kind) \($0.subject.uuidString.lowercased()) \($0.territory) \($0.raisedOn)"
            })
    }

    func line(
        _ kind: TaskKind, _ subject: UUID, since day: String,
        in territory: String = Samples.community
    ) -> String {
        "\(kind.name) \(subject.uuidString.lowercased()) \(territory) \(day)"
    }

    func die(_ person: PersonID, on day: String) throws {
        try bench.take(try Samples.died(person, on: day), subject: person.uuid, sequence: 1)
    }

    func voidDeath(of person: PersonID, on day: String = "2020-12-01") throws {
        let fact = try #require(
            bench.registry.voided(deathOf: person, on: try Samples.date(day)))
        try bench.take(fact, subject: person.uuid, sequence: 2)
    }

    func dismiss(_ kind: TaskKind, _ subject: UUID, on day: String) throws {
        try accept(
            SettleFundingTask(
                TaskDismissal(
                    task: Tasks.id(kind, subject), settledOn: Samples.date(day),
                    reason: "the heirs go on", actor: Samples.actor(Samples.district))))
    }
}
