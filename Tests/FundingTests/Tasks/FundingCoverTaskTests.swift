import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding
@testable import ServiceKit

/// Cover that is to be ended because whom it insures is not there any more, on a database.
@Suite struct FundingCoverTaskTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    let today = Timestamp.now().businessDay
    var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover() }

    /// A run whose cover has begun and goes on.
    private func opened(_ cover: FundingCover) throws -> OpenEnrolment {
        try cover.open(
            year: today.adding(days: -60).year, from: today.adding(days: -60).description,
            to: today.adding(days: 200).description)
    }

    private func insuredFamily() throws -> (run: RunID, family: TestHousehold) {
        let family = try #require(try cover.families(1).first)
        let run = try cover.submittedRun(try opened(cover))
        try world.accept(try cover.reconcile(run))
        return (run, family)
    }

    private func empty(_ family: TestHousehold) throws {
        for (index, member) in family.members.enumerated() {
            try world.die(member.id, on: "2020-05-0\(index + 1)")
        }
    }

    private func task(since day: String, of family: TestHousehold) -> Set<String> {
        [world.line(.endCover, family.id.uuid, since: day)]
    }

    // MARK: Raised

    @Test func `cover of a household is to be ended when its last member has died`() throws {
        let (_, family) = try insuredFamily()
        try world.die(family.members[0].id, on: "2020-05-01")
        #expect(try world.tasks().isEmpty)
        try world.die(family.members[1].id, on: "2020-05-02")
        #expect(try world.open() == task(since: "2020-05-02", of: family))
        #expect(try world.tasks().map(\.dueOn) == [today.adding(days: 200)])
    }

    @Test func `so it is when the last of them moves out`() throws {
        let (_, family) = try insuredFamily()
        try world.die(family.members[0].id, on: "2020-05-01")
        let last = family.members[1].id
        try world.bench.take(
            try Samples.moved(last, to: nil, nil, on: "2020-06-01"), subject: last.uuid,
            sequence: 2)
        #expect(try world.open() == task(since: "2020-06-01", of: family))
    }

    @Test func `so it is when the household is dissolved`() throws {
        let (_, family) = try insuredFamily()
        let fact = try #require(
            world.bench.registry.dissolved(family.id, on: try Samples.date("2020-07-01")))
        try world.bench.take(fact, subject: family.id.uuid, sequence: 2)
        #expect(try world.open() == task(since: "2020-07-01", of: family))
    }

    @Test(arguments: [("350203008901", false), ("350205001901", true)])
    func `so it is when the household moves to another district, and not inside its own`(
        _ territory: String, _ isDemanded: Bool
    ) throws {
        let (_, family) = try insuredFamily()
        try world.bench.take(
            try Samples.moved(
                family.id, family.members.map(\.id), to: territory, on: "2020-08-01"),
            subject: family.id.uuid, sequence: 2)
        #expect(try world.open() == (isDemanded ? task(since: "2020-08-01", of: family) : []))
    }

    @Test func `an answer of the insurer that comes after the death raises the task too`() throws {
        let families = try cover.families(2)
        let run = try cover.submittedRun(try opened(cover))
        try empty(families[0])
        #expect(try world.tasks().isEmpty)
        try world.accept(try cover.reconcile(run))
        #expect(try world.open() == task(since: "2020-05-02", of: families[0]))
    }

    @Test func `cover of a person is to be ended when the person has died or left`() throws {
        let cover = try FundingCover(.person, premium: .yuan(300))
        let families = try (0..<4).map { _ in try cover.family([(.head, "1960-01-01")]) }
        let people = families.map { $0.members[0].id }
        let run = try cover.submittedRun(try opened(cover))
        try cover.world.die(people[3], on: "2020-04-30")
        try cover.world.accept(try cover.reconcile(run))
        try cover.world.die(people[0], on: "2020-05-01")
        try cover.world.bench.take(
            try Samples.moved(people[1], to: nil, nil, on: "2020-06-01"), subject: people[1].uuid,
            sequence: 1)
        #expect(
            try cover.world.open() == [
                world.line(.endCover, people[0].uuid, since: "2020-05-01"),
                world.line(.endCover, people[1].uuid, since: "2020-06-01"),
                world.line(.endCover, people[3].uuid, since: "2020-04-30"),
            ])
    }

    @Test func `cover that has lapsed, or that the insurer refused, demands nothing`() throws {
        let (_, lapsed) = try cover.insuredFamily()
        let refused = try #require(try cover.families(1).first)
        let run = try cover.submittedRun(try opened(cover))
        try world.accept(
            try cover.reconcile(run, accepted: [], refused: [refused.id.uuid]))
        try empty(refused)
        let people = try world.bench.connection.run(
            "SELECT id FROM person WHERE household = \(lapsed)"
        ).map { PersonID(try $0.decode(UUID.self, at: 0)) }
        for person in people { try world.die(person, on: "2020-05-01") }
        #expect(try world.tasks().isEmpty)
    }

    // MARK: Settled

    @Test func `it is settled when the policy is terminated, and open again if that is reversed`()
        throws
    {
        let (run, family) = try insuredFamily()
        try empty(family)
        let day = today.adding(days: -10).description
        try world.accept(
            try cover.terminate(run, family.id.uuid, from: day, paid: today.description))
        #expect(try world.tasks().isEmpty)
        #expect(try world.tasks(.settled).map(\.settledOn) == [today])
        try world.accept(
            try Samples.reverse(
                world.transfer(.premiumReturn, of: cover.fund), on: today.description))
        #expect(try world.open() == task(since: "2020-05-02", of: family))
    }

    @Test func `it is settled when a death is taken back, or somebody is registered there`() throws
    {
        let (_, family) = try insuredFamily()
        try empty(family)
        try world.voidDeath(of: family.members[1].id)
        #expect(try world.tasks().isEmpty)
        try world.die(family.members[1].id, on: "2020-05-03")
        #expect(try world.open() == task(since: "2020-05-03", of: family))
        let person = PersonID(UUID())
        try world.bench.take(
            PersonRegistered(
                person: person, household: family.id, role: .parent, territory: family.territory,
                registeredOn: try Samples.date("2020-06-01"),
                birthDate: try Samples.date("1940-01-01"), sex: .female), subject: person.uuid,
            sequence: 1)
        #expect(try world.tasks().isEmpty)
    }

    @Test func `it is settled when the cover lapses`() throws {
        let (_, family) = try insuredFamily()
        try empty(family)
        func lapse(_ days: Int) throws {
            _ = try world.bench.connection.run(CoverTasks.lapse(on: today.adding(days: days)))
        }
        try lapse(200)
        #expect(try world.open() == task(since: "2020-05-02", of: family))
        try lapse(210)
        #expect(try world.tasks().isEmpty)
        #expect(try world.tasks(.settled).map(\.settledOn) == [today.adding(days: 201)])
    }

    @Test func `a premium that is reversed leaves no cover to end`() throws {
        let (_, family) = try insuredFamily()
        try empty(family)
        try world.accept(
            try Samples.reverse(world.transfer(.premium, of: cover.fund), on: today.description))
        _ = try world.bench.connection.run(CoverTasks.lapse(on: today))
        #expect(try world.tasks().isEmpty)
    }
}
