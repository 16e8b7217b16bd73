import Foundation
import Messages
import Support
import Testing

@testable import Events

/// News of lives that are put right, and the tasks that follow.
extension ServiceBench {
    private struct Document: Decodable {
        struct Body: Decodable { let answer: TasksAnswer }
        let data: Body
    }

    func tasks(_ state: TaskState = .open, kind: String? = nil) throws -> [TaskAnswer] {
        let answered = try decide(ListEventsTasks(TaskSelection(state, kind: kind)))
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(Document.self, from: Data(answered.body)).data.answer.tasks
    }

    /// The open tasks: their kinds and the records they are about.
    func demands() throws -> Set<Demand> {
        Set(try tasks().map { Demand($0.kind, $0.subject) })
    }

    func accept(_ command: any Command) throws {
        let answer = try decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    // MARK: What registry says

    func die(_ person: PersonID, on day: String = "2019-03-02") throws {
        try take(EventsSamples.died(person, on: day), subject: person.uuid, sequence: 2)
    }

    /// The death was recorded by mistake.
    func live(_ person: PersonID) throws {
        let fact = try #require(
            registry.voided(deathOf: person, on: EventsSamples.date("2019-03-06")))
        try take(fact, subject: person.uuid, sequence: 3)
    }

    func merge(
        _ merged: PersonID, into survivor: PersonID, in household: HouseholdID? = nil,
        as role: Role? = nil, on day: String = "2019-03-04"
    ) throws {
        try take(
            PersonsMerged(
                survivor: survivor, merged: merged, territory: EventsSamples.territory(),
                household: household, role: role, mergedOn: EventsSamples.date(day)),
            subject: survivor.uuid, sequence: 2)
    }

    func unmerge(_ merged: PersonID) throws {
        let fact = try #require(
            registry.unmerged(merged, on: EventsSamples.date("2019-03-06")))
        try take(fact, subject: merged.uuid, sequence: 3)
    }
}

struct Demand: Hashable {
    let kind: String
    let record: UUID

    init(_ kind: String, _ record: UUID) {
        self.kind = kind
        self.record = record
    }
}
