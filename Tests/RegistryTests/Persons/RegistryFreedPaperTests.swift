import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// What becomes of the papers that a merge has freed when it is undone, on a real database.
@Suite struct RegistryFreedPaperTests {
    private typealias Samples = RegistrySamples

    private let bench: ServiceBench
    private let survivor: RegisterPerson
    private let merged: RegisterPerson
    private let passport: Paper

    init() throws {
        bench = try ServiceBench(Samples.definition())
        survivor = try Samples.person(1)
        passport = try Samples.passport()
        var other = try Samples.person(2)
        other.papers = [passport]
        merged = other
        try bench.decide([Samples.loadTerritory()] + Samples.appointment())
        try bench.decide([survivor, merged])
    }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    private func merge(_ wrong: WrongPapers) throws {
        try accept(
            MergePersons(
                survivor: survivor.person, merged: merged.person,
                mergedOn: Samples.date("2020-02-01"), wrongPapers: wrong))
    }

    private func unmerge() throws {
        try accept(
            UnmergePersons(
                survivor: survivor.person, merged: merged.person,
                unmergedOn: Samples.date("2020-05-01"), reason: "namesakes",
                actor: Samples.officer))
    }

    private func found(_ paper: Paper) throws -> [PersonID] {
        let answered = try bench.decide(
            SearchRegistry(territory: Samples.territory("350203"), paper: paper))
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(
            AnswerDocument<SearchAnswer>.self, from: Data(answered.body)
        ).data.answer.persons.map(\.person)
    }

    private func papers(of person: PersonID) throws -> [PaperAnswer] {
        let answered = try bench.decide(GetPerson(person: person))
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(
            AnswerDocument<PersonAnswer>.self, from: Data(answered.body)
        ).data.answer.papers ?? []
    }

    @Test(arguments: [WrongPapers.survivor, .merged])
    func `they find their person again`(wrong: WrongPapers) throws {
        let number = Paper(try Samples.resident(wrong == .survivor ? 1 : 2))
        let owner = wrong == .survivor ? survivor.person : merged.person
        try merge(wrong)
        #expect(try found(number).isEmpty)
        try unmerge()
        #expect(try found(number) == [owner])
        #expect(try found(passport) == [merged.person])
        #expect(try papers(of: merged.person).map(\.withdrawnAs) == [nil, nil])
    }

    @Test func `one that somebody has by now stays theirs`() throws {
        try merge(.merged)
        var foreigner = try Samples.person(3)
        foreigner.residentId = nil
        (foreigner.papers, foreigner.birthDate, foreigner.sex) = (
            [passport], try Samples.date("1970-01-01"), .male
        )
        try accept(foreigner)
        try unmerge()
        #expect(try found(passport) == [foreigner.person])
        #expect(try found(Paper(Samples.resident(2))) == [merged.person])
        #expect(try papers(of: merged.person).map(\.withdrawnAs) == [nil, .wrong])
    }

    @Test func `one that was replaced before is so again`() throws {
        try accept(
            WithdrawPaper(
                person: merged.person, paper: passport, as: .replaced,
                withdrawnOn: Samples.date("2020-01-01"), reason: "shown", actor: Samples.officer))
        try merge(.merged)
        try unmerge()
        #expect(try found(passport) == [merged.person])
        #expect(try papers(of: merged.person).map(\.withdrawnAs) == [nil, .replaced])
    }

    @Test func `a registration keeps the resident id that it was given meanwhile`() throws {
        try merge(.survivor)
        let right = Paper(try Samples.resident(9))
        try accept(
            WithdrawPaper(
                person: survivor.person, paper: Paper(Samples.resident(2)), as: .wrong,
                withdrawnOn: Samples.date("2020-03-01"), reason: "shown", actor: Samples.officer))
        try accept(
            RecordPaper(
                person: survivor.person, paper: right, recordedOn: Samples.date("2020-03-01"),
                reason: "shown", actor: Samples.officer))
        try unmerge()
        #expect(try found(right) == [survivor.person])
        #expect(try found(Paper(Samples.resident(1))).isEmpty)
    }

    @Test func `what a merge has withdrawn is sealed with how it was before`() throws {
        var data = PersonalData(
            name: "示例人", papers: [Paper(try Samples.resident(1)), passport])
        data.papers[1].withdrawnAs = .wrong
        #expect(try PersonalData(bytes: data.bytes) == data)
        data.papers[0].freeing = .init(merged: merged.person, endedBefore: nil)
        data.papers[1].freeing = .init(merged: merged.person, endedBefore: .expired)
        #expect(try PersonalData(bytes: data.bytes) == data)
    }
}
