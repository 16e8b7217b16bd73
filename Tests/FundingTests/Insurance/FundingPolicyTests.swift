import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// The share of a premium that comes back, as a plain function.
@Suite struct FundingPremiumLeftTests {
    typealias Samples = FundingSamples

    private func policy(
        _ premium: Int64, from: String = "2020-04-01", to: String = "2021-03-31"
    ) throws -> Policy {
        Policy(
            id: PolicyID(UUID()), run: RunID(UUID()), product: ProductID(UUID()), insured: UUID(),
            territory: try Samples.territory(Samples.community), basis: .onlyChildParents,
            policyYear: 2020, coverFrom: try Samples.date(from), coverTo: try Samples.date(to),
            premium: Fen(premium), sumInsured: nil, state: .active, returned: .zero,
            claimed: .zero, sequence: 0)
    }

    @Test(
        "What comes back is the share of the whole days left, rounded down to the fen",
        arguments: [
            // 365 days of cover, 8,000 fen: 21.917… fen a day.
            ("2020-04-01", 8_000), ("2020-04-02", 7_978), ("2020-10-01", 3_989),
            ("2021-03-30", 43), ("2021-03-31", 21),
        ])
    func share(_ day: String, _ returned: Int64) throws {
        #expect(try policy(8_000).premiumLeft(from: Samples.date(day)) == Fen(returned))
    }

    @Test(
        "29 February is a day of cover like any other",
        arguments: [
            // 366 days of cover, 36,600 fen: 100 fen a day.
            ("2020-01-01", 36_600), ("2020-02-28", 30_800), ("2020-02-29", 30_700),
            ("2020-03-01", 30_600), ("2020-12-31", 100),
        ])
    func leapYear(_ day: String, _ returned: Int64) throws {
        let policy = try policy(36_600, from: "2020-01-01", to: "2020-12-31")
        #expect(try policy.premiumLeft(from: Samples.date(day)) == Fen(returned))
    }

    @Test("A premium that does not come to a fen a day comes back in whole fen, or not at all")
    func small() throws {
        let policy = try policy(1)
        #expect(try policy.premiumLeft(from: Samples.date("2020-04-01")) == Fen(1))
        #expect(try policy.premiumLeft(from: Samples.date("2020-04-02")) == .zero)
    }

    @Test("The largest premium over the longest cover does not overflow")
    func large() throws {
        let policy = try policy(Fen.range.upperBound, from: "1900-01-01", to: "2199-12-31")
        #expect(policy.premiumLeft(from: policy.coverFrom) == policy.premium)
        let days = Int64(policy.coverTo.day - policy.coverFrom.day) + 1
        #expect(
            policy.premiumLeft(from: policy.coverTo) == Fen(Fen.range.upperBound / days))
    }

    @Test("Day by day it never grows, and what is kept and what comes back are the premium")
    func everyDay() throws {
        let policy = try policy(30_000)
        var last = policy.premium + Fen(1)
        for offset in 0..<365 {
            let left = policy.premiumLeft(from: policy.coverFrom.adding(days: offset))
            #expect(left < last)
            // Rounded down: what is kept is never less than the share of the days that are over.
            let kept = policy.premium - left
            #expect(kept.rawValue * 365 >= 30_000 * Int64(offset))
            #expect((kept.rawValue - 1) * 365 < 30_000 * Int64(offset))
            last = left
        }
        #expect(last > .zero)
    }
}

/// Policies that end before their time, on a database.
@Suite struct FundingPolicyTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover() }

    @Test("A terminated policy gives the premium of its last days back to the fund")
    func terminated() throws {
        let (run, insured) = try cover.insuredFamily()
        let before = try world.balance(.cash, of: cover.fund)
        try world.accept(try cover.terminate(run, insured, from: "2020-10-01"))
        // 92 of 366 days of 8,000 fen.
        #expect(try world.balance(.cash, of: cover.fund) == before + 2_010)
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 8_000 - 2_010)
        let fact = try #require(world.facts(PolicyTerminated.self).last)
        #expect((fact.premiumFen, fact.returnedFen) == (Fen(8_000), Fen(2_010)))
        #expect(fact.territory.rawValue == Samples.community)
        #expect((fact.insured, fact.basis) == (.household, .onlyChildParents))
        #expect((fact.programme.rawValue, fact.policyYear) == ("accident-insurance", 2020))
        #expect(fact.terminatedOn.description == "2020-10-01")
        #expect(fact.businessDate.description == "2020-10-12")
        #expect(try cover.state(run, insured) == "terminated")
        #expect(
            try world.count(
                "SELECT count(*) FROM transfer WHERE kind = 'premium_return'") == 1)
        #expect(try world.count("SELECT count(*) FROM policy_termination") == 1)
        let published = world.bench.facts.filter { $0.payload is PolicyTerminated }
        #expect(published.map(\.header.subject) == [fact.policy.description])
        #expect(published.map(\.header.sequence) == [1])
        try world.expectSoundBooks()
    }

    @Test("A policy is terminated once, inside its cover")
    func bounds() throws {
        let (run, insured) = try cover.insuredFamily()
        for day in ["2019-12-31", "2021-01-01"] {
            #expect(
                try world.refusal(try cover.terminate(run, insured, from: day))
                    == "outside_cover /data/terminatedOn")
        }
        try world.accept(try cover.terminate(run, insured, from: "2020-12-31"))
        #expect(world.facts(PolicyTerminated.self).map(\.returnedFen) == [Fen(21)])
        #expect(
            try world.refusal(try cover.terminate(run, insured, from: "2020-12-31"))
                == "policy_not_active /data/insured")
        try world.expectSoundBooks()
    }

    @Test("A policy terminated on its first day gives all of its premium back")
    func firstDay() throws {
        let (run, insured) = try cover.insuredFamily()
        try world.accept(try cover.terminate(run, insured, from: "2020-01-01"))
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 0)
        // It has covered nothing, so the whole year can be insured again.
        let again = try cover.submittedRun()
        try world.accept(try cover.reconcile(again))
        #expect(try cover.state(again, insured) == "active")
        try world.expectSoundBooks()
    }

    @Test("When nothing comes back, nothing is posted")
    func nothing() throws {
        let cover = try FundingCover(premium: Fen(1))
        let (run, insured) = try cover.insuredFamily()
        try cover.world.accept(try cover.terminate(run, insured, from: "2020-06-01"))
        #expect(cover.world.facts(PolicyTerminated.self).map(\.returnedFen) == [.zero])
        try cover.world.expectSoundBooks()
    }

    @Test("A household whose policy was terminated is insured again from that day on, not before")
    func again() throws {
        let (run, insured) = try cover.insuredFamily()
        try world.accept(try cover.terminate(run, insured, from: "2020-10-01"))
        let early = try cover.evaluatedRun(cover.open(year: 2021, from: "2020-09-30"))
        #expect(
            world.facts(EnrolmentEvaluated.self).last?.excluded.map(\.reason)
                == ["already_insured"])
        #expect(early != run)
        let next = try cover.submittedRun(cover.open(year: 2021, from: "2020-10-01"))
        try world.accept(try cover.reconcile(next))
        #expect(try cover.state(next, insured) == "active")
        try world.expectSoundBooks()
    }

    @Test("The district terminates, and the policy must be in its territory")
    func authority() throws {
        let (run, insured) = try cover.insuredFamily()
        for (territory, code) in [
            (Samples.subdistrict, "wrong_level"), ("350205", "outside_territory"),
        ] {
            #expect(
                try world.refusal(
                    try cover.terminate(run, insured, from: "2020-10-01", by: territory))
                    == "\(code) /data/actor/territory")
        }
    }

    @Test("A policy that is not there yet is waited for until the insurer has answered")
    func early() throws {
        let family = try #require(try cover.families(1).first).id.uuid
        let run = try cover.submittedRun()
        let answer = try world.bench.decide(
            try cover.terminate(run, family, from: "2020-10-01"))
        #expect((answer.status, answer.code) == ("parked", "unknown_policy"))
        try world.accept(try cover.reconcile(run))
        try world.bench.hurryParked()
        #expect(try world.bench.handleParked().map(\.status) == ["accepted"])
        try world.expectSoundBooks()
    }

    @Test("The same termination again is answered as the first time")
    func duplicate() throws {
        let (run, insured) = try cover.insuredFamily()
        let command = try cover.terminate(run, insured, from: "2020-10-01")
        let (id, now) = (UUID(), Timestamp.now())
        #expect(try world.bench.decide(command, id: id, time: now).status == "accepted")
        #expect(try world.bench.decide(command, id: id, time: now).status == "duplicate")
        #expect(world.facts(PolicyTerminated.self).count == 1)
    }

    @Test("What the insurer refused is not terminated")
    func refused() throws {
        let family = try #require(try cover.families(1).first).id.uuid
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run, refused: [family]))
        #expect(
            try world.refusal(try cover.terminate(run, family, from: "2020-10-01"))
                == "policy_not_active /data/insured")
    }

    @Test("A policy does not end before something that was claimed on it")
    func claimed() throws {
        let (run, insured) = try cover.insuredFamily()
        let claim = ClaimID(UUID())
        try world.accept(try cover.file(.yuan(10), run, insured, id: claim, event: "2020-06-18"))
        let command = try cover.terminate(run, insured, from: "2020-06-18")
        #expect(try world.refusal(command) == "claim_afterwards /data/terminatedOn")
        try world.accept(try cover.decide(claim, .decline))
        try world.accept(try cover.terminate(run, insured, from: "2020-06-18"))
        try world.expectSoundBooks()
    }

    @Test("The schema keeps a terminated policy's figures together")
    func schema() throws {
        let (run, insured) = try cover.insuredFamily()
        for sql in [
            "UPDATE policy SET state = 'terminated'", "UPDATE policy SET ended_on = '2020-10-01'",
            "UPDATE policy SET returned_fen = 1",
            "UPDATE policy SET state = 'terminated', ended_on = '2021-01-01'",
            "UPDATE policy SET state = 'terminated', ended_on = '2020-10-01', returned_fen = 8001",
        ] {
            #expect(world.violation(Statement(trusted: sql))?.state == "23514", "\(sql)")
        }
        #expect(try cover.state(run, insured) == "active")
    }
}
