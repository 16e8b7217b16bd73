import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// A household of a head and a child, somebody who may be the child, and the histories of all.
struct HistoryBook {
    private typealias Samples = RegistrySamples

    let bench: ServiceBench
    let household = HouseholdID(UUID())
    let head: PersonID
    let child: PersonID
    let poor: NewCategory
    let double = PersonID(UUID())

    init() throws {
        bench = try ServiceBench(Samples.definition())
        let members = [try Samples.member(1), try Samples.member(2, .child)]
        (head, child) = (members[0].person, members[1].person)
        poor = try Samples.category(.lowIncome, of: head.uuid, from: "2015-01-01")
        try bench.decide(Samples.loadTerritory())
        try accept(
            Samples.appointment() + [
                Samples.household(household, members: members, categories: [poor]),
                Samples.person(7, double),
            ])
    }

    private func day(_ text: String) throws -> BusinessDate { try Samples.date(text) }

    func accept(_ commands: [any Command]) throws {
        for command in commands {
            let answer = try bench.decide(command)
            #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
        }
    }

    func history(of record: UUID) throws -> HistoryAnswer {
        let answered = try bench.decide(GetRegistryHistory(HistorySelection(record: record)))
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(
            AnswerDocument<HistoryAnswer>.self, from: Data(answered.body)
        ).data.answer
    }

    func types(of record: UUID) throws -> [String] {
        try history(of: record).entries.map(\.type)
    }

    func merge(_ merged: PersonID, into survivor: PersonID) throws -> MergePersons {
        MergePersons(survivor: survivor, merged: merged, mergedOn: try day("2020-03-01"))
    }

    func unmerge(_ merged: PersonID, from survivor: PersonID) throws -> UnmergePersons {
        UnmergePersons(
            survivor: survivor, merged: merged, unmergedOn: try day("2020-04-01"),
            reason: "示例人 is another one", actor: try Samples.officer)
    }
}
