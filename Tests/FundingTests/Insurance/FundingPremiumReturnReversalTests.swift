import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Returns of premium that are taken back: the policy goes on as if it had not been terminated.
@Suite struct FundingPremiumReturnReversalTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover() }

    private func reverse(on day: String = "2020-12-01") throws -> ReverseTransfer {
        try Samples.reverse(try world.transfer(.premiumReturn, of: cover.fund), on: day)
    }

    /// A family whose policy of 2020 ended with September.
    private func terminated() throws -> (run: RunID, insured: UUID) {
        let (run, insured) = try cover.insuredFamily()
        try world.accept(try cover.terminate(run, insured, from: "2020-10-01"))
        return (run, insured)
    }

    /// Insures all who can be insured for that time.
    private func insure(
        from: String, to: String = "2021-12-31", year: Int = 2021
    ) throws -> RunID {
        let run = try cover.submittedRun(cover.open(year: year, from: from, to: to))
        try world.accept(try cover.reconcile(run))
        return run
    }

    @Test("The policy is active with its whole cover, and the fund pays the premium again")
    func accepted() throws {
        let (run, insured) = try terminated()
        let ended = try #require(world.facts(PolicyTerminated.self).last)
        let before = try world.balance(.cash, of: cover.fund)
        try world.expectOnce(try reverse())
        #expect(try cover.state(run, insured) == "active")
        #expect(
            try world.count(
                """
                SELECT count(*) FROM policy WHERE ended_on IS NULL AND returned_fen = 0
                AND cover = daterange('2020-01-01', '2020-12-31', '[]')
                """) == 1)
        #expect(try world.balance(.cash, of: cover.fund) == before - 2_010)
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 8_000)
        // The termination stays on record.
        #expect(try world.count("SELECT count(*) FROM policy_termination") == 1)
        let fact = try #require(world.facts(TransferReversed.self).last)
        #expect((fact.kind, fact.amountFen) == (.premiumReturn, Fen(2_010)))
        #expect((fact.subject, fact.record) == (ended.policy.uuid, ended.policy.uuid))
        #expect((fact.basis, fact.territory) == (ended.basis, ended.territory))
        #expect(fact.programme == ended.programme)
        #expect(fact.postedOn.description == "2020-10-12")
        // It covers again what happened since.
        try world.accept(try cover.file(.yuan(10), run, insured, event: "2020-11-11"))
        try world.expectSoundBooks()
    }

    @Test("A policy that goes on may be terminated again, and that taken back again")
    func again() throws {
        let (run, insured) = try terminated()
        try world.accept(try reverse())
        try world.accept(try cover.terminate(run, insured, from: "2020-12-01", paid: "2020-12-02"))
        let facts = world.bench.facts.filter { $0.payload is PolicyTerminated }
        #expect(facts.map(\.header.sequence) == [1, 2])
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 8_000 - 677)
        try world.expectSoundBooks()
        try world.accept(try reverse(on: "2020-12-02"))
        #expect(try cover.state(run, insured) == "active")
        #expect(try world.count("SELECT count(*) FROM policy_termination") == 2)
        try world.expectSoundBooks()
    }

    @Test(
        "It is refused while the insured has another policy for a day of the whole cover",
        arguments: [("2020-10-01", true), ("2020-12-31", true), ("2021-01-01", false)])
    func overlap(_ from: String, _ isRefused: Bool) throws {
        let (run, insured) = try terminated()
        let next = try insure(from: from)
        #expect(
            try world.refusal(try reverse(on: "2021-02-01"))
                == (isRefused ? "policy_exists /data/transfer" : nil))
        #expect(try cover.state(run, insured) == (isRefused ? "terminated" : "active"))
        #expect(try cover.state(next, insured) == "active")
        try world.expectSoundBooks()
    }

    @Test("It is accepted once the other policy has covered nothing after all")
    func overlapGone() throws {
        let (run, insured) = try terminated()
        let returned = try world.transfer(.premiumReturn, of: cover.fund)
        let next = try insure(from: "2020-10-01")
        try world.accept(try cover.terminate(next, insured, from: "2020-10-01"))
        try world.accept(try Samples.reverse(returned, on: "2020-12-01"))
        #expect(try cover.state(run, insured) == "active")
        // Now it is the other one that does not go on.
        #expect(try world.refusal(try reverse()) == "policy_exists /data/transfer")
        try world.expectSoundBooks()
    }

    @Test("It is refused if the insured has another policy that counts for the same year")
    func sameYear() throws {
        _ = try terminated()
        _ = try insure(from: "2021-01-01", year: 2020)
        #expect(try world.refusal(try reverse()) == "policy_exists /data/transfer")
    }

    @Test("The fund must have the premium free, to the fen")
    func exhausted() throws {
        // Of 80 yuan 20.10 come back; then 80 more are paid, and 20.09 or 20.10 are left.
        for (fen, isEnough) in [(Int64(7_999), false), (8_000, true)] {
            let fund = try world.openFund(.insurance, programme: "accident-insurance")
            try world.accept(try Samples.deposit(.yuan(80), to: fund))
            var opened = try cover.open()
            opened.fund = fund
            let insured = try #require(try cover.families(1).first).id.uuid
            let run = try cover.submittedRun(opened)
            try world.accept(try cover.reconcile(run, accepted: [insured]))
            try world.accept(try cover.terminate(run, insured, from: "2020-10-01"))
            try world.accept(try Samples.deposit(Fen(fen), to: fund))
            var other = try cover.open()
            other.fund = fund
            let family = try #require(try cover.families(1).first).id.uuid
            let second = try cover.submittedRun(other)
            // On a later day than the return, whose reversal comes before it.
            try world.accept(
                try cover.reconcile(second, accepted: [family], on: "2020-12-24"))
            let command = try Samples.reverse(
                try world.transfer(.premiumReturn, of: fund), on: "2020-12-01")
            #expect(
                try world.refusal(command)
                    == (isEnough ? nil : "fund_exhausted /data/businessDate"))
            try world.expectSoundBooks()
        }
    }

    @Test("A person is not insured twice by it under another id, and the schema holds that too")
    func merged() throws {
        let cover = try FundingCover(.person, premium: .yuan(300))
        let world = cover.world
        let families = try (0..<2).map { _ in
            TestHousehold(
                territory: try Samples.territory(Samples.community),
                members: [.init(role: .head, birth: try Samples.date("1960-01-01"))],
                recognitions: [.init(category: .bereaved, from: try Samples.date("2017-01-01"))])
        }
        try world.register(families)
        let (one, other) = (families[0].members[0].id, families[1].members[0].id)
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run, accepted: [other.uuid], refused: [one.uuid]))
        try world.accept(try cover.terminate(run, other.uuid, from: "2020-10-01"))
        let next = try cover.submittedRun(
            cover.open(year: 2021, from: "2020-10-01", to: "2021-09-30"))
        try world.accept(try cover.reconcile(next, accepted: [one.uuid], refused: [other.uuid]))
        try world.bench.take(
            try Samples.merged(other, into: one, in: families[0].id), subject: one.uuid,
            sequence: 1)
        let returned = try world.transfer(.premiumReturn, of: cover.fund)
        #expect(
            try world.refusal(try Samples.reverse(returned, on: "2020-12-01"))
                == "policy_exists /data/transfer")
        let found = world.violation(
            """
            UPDATE policy SET state = 'active', ended_on = NULL, returned_fen = 0
            WHERE state = 'terminated'
            """)
        #expect(found?.state == "23P01")
        #expect(found?.constraint == "policy_cover_never_overlaps")
        try world.expectSoundBooks()
    }

    @Test("Of a run that insures again and the reversal at the same time, one is accepted")
    func atOnce() throws {
        let url = world.bench.url
        let (run, insured) = try terminated()
        let reversal = try reverse()
        let next = try cover.submittedRun(
            cover.open(year: 2021, from: "2020-10-01", to: "2021-09-30"))
        let commands: [any Command] = [try cover.reconcile(next), reversal]
        let answers = try Threads.run(2) { index, ready in
            let bench = try ServiceBench(Funding.definition, url: url)
            ready()
            return try bench.decide(commands[index])
        }
        #expect(
            answers.map(\.status).sorted { ($0 ?? "") < ($1 ?? "") } == ["accepted", "rejected"])
        #expect(answers.compactMap(\.code) == ["policy_exists"])
        let states = [try cover.state(run, insured), try cover.state(next, insured)]
        #expect(states == ["terminated", "active"] || states == ["active", nil])
        try world.expectSoundBooks()
    }
}
