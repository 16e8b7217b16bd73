import Foundation
import Messages
import Support
import Testing

@testable import Reporting
@testable import ServiceKit

@Suite("What facts contribute")
struct ReportingContributionTests {
    private let id = UUID()

    @Test("A household contributes itself once and all its members")
    func household() {
        var facts = ReportingFacts(seed: 1)
        let entry = facts.household(id, members: 3).entry
        #expect(entry.source == .registration)
        #expect(entry.times == 1)
        #expect(entry.amount == 3)
    }

    @Test("A person registered alone contributes no household")
    func person() {
        let entry = PersonRegistered(
            person: PersonID(id), territory: ReportingFacts.community,
            registeredOn: ReportingFacts.reported, birthDate: ReportingFacts.reported, sex: .male
        ).entry
        #expect(entry.times == 0)
        #expect(entry.amount == 1)
    }

    @Test("A loan and its write-off are two records")
    func writeOff() {
        let written = LoanWrittenOff(
            LoanSubject(
                loan: LoanID(id), fund: FundID(id), programme: ReportingFacts.happinessProject,
                borrower: PersonID(id), territory: ReportingFacts.community, principalFen: .yuan(9)),
            businessDate: ReportingFacts.reported, amountFen: .yuan(4))
        var facts = ReportingFacts(seed: 1)
        let lent = facts.disbursed(id, to: PersonID(id), yuan: 9)
        #expect(written.entry.record != lent.entry.record)
        #expect(written.entry.amount == 400)
    }

    @Test("A headcount has person-times without persons")
    func headcount() {
        let entry = ReportingFacts(seed: 1).counted(id, SessionID(id), 25).entry
        #expect(entry.times == 25)
        #expect(entry.amount == 0)
        #expect(entry.subject == nil)
    }

    @Test("A first version is added, a later one takes the earlier one back")
    func replacement() {
        let first = contribution(version: 1, amount: 100)
        let second = contribution(version: 2, amount: 70)
        #expect(Contributions.deltas(from: nil, to: first).map(\.amount) == [100])
        #expect(Contributions.deltas(from: first, to: second).map(\.amount) == [-100, 70])
    }

    @Test("What does not count is neither added nor taken back")
    func voided() {
        let void = contribution(version: 1, amount: 100, counts: false)
        #expect(Contributions.deltas(from: nil, to: void).isEmpty)
        #expect(Contributions.deltas(from: void, to: void).isEmpty)
    }

    @Test("An older version that comes later changes nothing")
    func olderVersion() throws {
        let bench = HandlerBench(Reporting.definition)
        var facts = ReportingFacts(seed: 1)
        let newer = facts.disbursed(id, to: PersonID(id), yuan: 20_000)
        let older = facts.disbursed(id, to: PersonID(id), yuan: 10_000)
        try bench.handle(newer, publisher: "funding", sequence: 6)
        try bench.handle(older, publisher: "funding", sequence: 5)
        let held = try bench.unit.find(Contribution.self, newer.entry.record)
        #expect(held?.version == 6)
        #expect(held?.entry.amount == 2_000_000)
    }

    @Test("Every declared key is enough: nothing is loaded on demand")
    func declaredKeys() throws {
        let bench = HandlerBench(Reporting.definition)
        var facts = ReportingFacts(seed: 2)
        for item in facts.items(records: 50)
        where !(item.fact is SessionCancelled || item.fact is PersonsMerged) {
            try bench.handle(item.fact, sequence: item.sequence)
        }
        #expect(bench.source.loads == 0)
    }

    private func contribution(
        version: Int64, amount: Int64, counts: Bool = true
    ) -> Contribution {
        let entry = Entry(
            source: .deposit, record: "deposit/1", territory: ReportingFacts.community,
            day: ReportingFacts.reported, amount: amount)
        return Contribution(entry: entry, version: version, message: id, counts: counts)
    }
}
