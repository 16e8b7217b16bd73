import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// The same lives, told in any order and some of them twice, leave the same tasks open.
@Suite struct FundingTaskOrderTests {
    typealias Samples = FundingSamples
    typealias Item = (fact: any Fact, subject: UUID, sequence: Int64, id: UUID)

    /// Two families, with ids that are the same on every database.
    private let couple: TestHousehold
    private let widow: TestHousehold
    private let loans = [LoanID(UUID()), LoanID(UUID())]
    private let grant = GrantID(UUID())
    private let visit = HomeServiceID(UUID())

    init() throws {
        func family(_ births: [String]) throws -> TestHousehold {
            TestHousehold(
                territory: try Samples.territory(Samples.community),
                members: try zip([Role.head, .spouse], births).map {
                    .init(role: $0, birth: try Samples.date($1))
                },
                recognitions: [
                    .init(category: .bereaved, from: try Samples.date("2017-01-01")),
                    .init(category: .onlyChild, from: try Samples.date("2017-01-01")),
                ])
        }
        couple = try family(["1958-01-01", "1959-01-01"])
        widow = try family(["1957-01-01"])
    }

    /// Both families are insured and have a loan; the couple has a grant and a visit to come.
    private func world() throws -> FundingWorld {
        let cover = try FundingCover()
        let world = cover.world
        try world.register([couple, widow])
        let today = Timestamp.now().businessDay
        let run = try cover.submittedRun(
            try cover.open(
                year: today.adding(days: -60).year, from: today.adding(days: -60).description,
                to: today.adding(days: 200).description))
        try world.accept(try cover.reconcile(run))
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
        for (loan, borrower) in zip(loans, [couple.members[0].id, widow.members[0].id]) {
            try world.accept(try Samples.apply(by: borrower, to: fund, loan: loan))
            try world.accept(try Samples.endorse(loan))
            try world.accept(try Samples.approve(loan))
            try world.accept(try Samples.disburse(loan))
        }
        let budget = try world.budget(of: .yuan(1_000), cash: .yuan(1_000)).budget
        try world.accept(
            try Samples.request(
                .yuan(100), from: budget, for: couple.id, kind: .condolence, grant: grant))
        var order = try cover.order(couple.id)
        order.order = visit
        try world.accept(order)
        return world
    }

    /// What registry tells, in the order in which it happened.
    private func lives(_ book: RegistryBook) throws -> [Item] {
        let (head, spouse, widow) = (
            couple.members[0].id, couple.members[1].id, widow.members[0].id
        )
        var items: [Item] = []
        func tell(_ fact: any Fact, _ subject: PersonID) {
            items.append((fact, subject.uuid, Int64(items.count + 2), UUID()))
        }
        let day = try Samples.date("2020-06-02")
        tell(book.told(try Samples.died(spouse, on: "2020-05-01")), spouse)
        tell(book.told(try Samples.merged(widow, into: head, in: couple.id)), head)
        tell(try #require(book.unmerged(widow, on: day)), widow)
        tell(book.told(try Samples.died(head, on: "2020-06-01")), head)
        tell(try #require(book.voided(deathOf: head, on: day)), head)
        tell(book.told(try Samples.moved(widow, to: nil, nil, on: "2020-08-01")), widow)
        tell(book.told(try Samples.died(head, on: "2020-07-01")), head)
        return items
    }

    /// How many facts are told, and how many tasks are open then. A merge makes two loans one person's, and empties a household.
    /// A loan, cover, a grant and a visit hang on a couple who are both dead. Of the widow who has moved out, only cover ends.
    @Test(arguments: [(2, 3), (3, 0), (4, 4), (5, 0), (6, 1), (7, 5)])
    func `lives told in any order, and twice, leave the same tasks open`(
        _ count: Int, _ demanded: Int
    ) async throws {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("tasks of funding: seed \(seed)")
        try await onThread {
            var random = SeededRandom(seed)
            let first = try world()
            let told = Array(try lives(first.bench.registry).prefix(count))
            for item in told { try first.bench.take([item]) }
            let expected = try first.open()
            #expect(expected.count == demanded)
            for _ in 0..<2 {
                let other = try world()
                var items = told
                for item in told where random.once(in: 3) {
                    items.append((item.fact, item.subject, item.sequence, UUID()))
                }
                items.shuffle(using: &random)
                for item in items { try other.bench.take([item]) }
                #expect(try other.open() == expected, "seed \(seed), \(count) facts")
                #expect(
                    try other.count("SELECT count(*) FROM parked") == 0, "seed \(seed), \(count)")
            }
        }
    }
}
