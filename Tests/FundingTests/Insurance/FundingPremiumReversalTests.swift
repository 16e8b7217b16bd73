import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Premiums that are taken back: whom they insured was never insured.
@Suite struct FundingPremiumReversalTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover() }

    /// - Parameter community: whose premium it is.
    private func reverse(
        in community: String = Samples.community, on day: String = "2020-06-01"
    ) throws -> ReverseTransfer {
        try Samples.reverse(try cover.premium(of: community), on: day)
    }

    /// Families of one community, insured by one answer.
    private func insured(_ count: Int) throws -> (run: RunID, families: [UUID]) {
        let families = try cover.families(count).map(\.id.uuid)
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run))
        return (run, families)
    }

    private func refusal(of command: ReverseTransfer) throws -> (text: String, expected: String) {
        let answer = try world.bench.decide(command)
        #expect(answer.status == "rejected")
        try world.expectSoundBooks()
        return ("\(answer.code ?? "") \(answer.pointer ?? "")", answer.expected ?? "")
    }

    @Test("All whom a posting has insured were never insured; other communities stay insured")
    func accepted() throws {
        let other = "350203008901"
        var far = try FundingEvaluationTests.family(born: ["1965-01-01"], on: "2020-01-01")
        far.territory = try Samples.territory(other)
        try world.register([far])
        let (run, families) = try insured(3)
        let answer = try #require(world.facts(EnrolmentInsured.self).first?.answer)
        let before = try world.balance(.cash, of: cover.fund)
        try world.expectOnce(try reverse())
        #expect(try families.map { try cover.state(run, $0) } == ["refused", "refused", "refused"])
        #expect(try cover.state(run, far.id.uuid) == "active")
        #expect(try world.balance(.cash, of: cover.fund) == before + 24_000)
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 8_000)
        #expect(
            try world.count("SELECT count(*) FROM policy WHERE state = 'refused'") == 3)
        let fact = try #require(world.facts(TransferReversed.self).last)
        #expect(
            (fact.kind, fact.amountFen, fact.basis) == (.premium, .yuan(240), .onlyChildParents))
        #expect((fact.cause, fact.subject, fact.record) == (answer, run.uuid, run.uuid))
        #expect((fact.fund, fact.programme.rawValue) == (cover.fund, "accident-insurance"))
        #expect(fact.territory.rawValue == Samples.community)
        #expect(fact.postedOn.description == "2019-12-20")
        #expect(fact.businessDate.description == "2020-06-01")
        try world.expectSoundBooks()
        try world.accept(try reverse(in: other))
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 0)
        try world.expectSoundBooks()
    }

    @Test("A premium is taken back once, from the day on which it was paid")
    func bounds() throws {
        _ = try insured(1)
        let transfer = try cover.premium()
        #expect(
            try world.refusal(try Samples.reverse(transfer, on: "2019-12-19"))
                == "date_too_early /data/businessDate")
        try world.accept(try Samples.reverse(transfer, on: "2019-12-20"))
        #expect(
            try world.refusal(try Samples.reverse(transfer)) == "already_reversed /data/transfer")
        try world.expectSoundBooks()
    }

    @Test("Whom the insurer itself has refused stays refused for the insurer's reason")
    func refusedBefore() throws {
        let families = try cover.families(2).map(\.id.uuid)
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run, refused: [families[0]]))
        try world.accept(try reverse())
        #expect(try world.bench.texts() == ["entered twice", "ill"])
        #expect(try world.count("SELECT count(*) FROM policy WHERE state = 'refused'") == 2)
        try world.expectSoundBooks()
    }

    @Test("The line stays answered, so another run insures the household, and this one does not")
    func insuredAgain() throws {
        let families = try cover.families(2).map(\.id.uuid)
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run, accepted: [families[0]]))
        try world.accept(try reverse())
        try world.accept(try cover.reconcile(run, accepted: [families[0]]))
        #expect(
            world.facts(EnrolmentUnmatched.self).last?.lines.map(\.mismatch)
                == [.answeredOtherwise])
        #expect(world.facts(EnrolmentReconciled.self).last?.open == 1)
        let next = try cover.submittedRun()
        try world.accept(try cover.reconcile(next))
        #expect(try families.map { try cover.state(next, $0) } == ["active", "active"])
        try world.expectSoundBooks()
    }

    @Test("Of two answers to one run, one is taken back")
    func oneAnswer() throws {
        let families = try cover.families(3).map(\.id.uuid)
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run, accepted: [families[0]]))
        try world.accept(try cover.reconcile(run, on: "2019-12-28"))
        // The later one.
        try world.accept(try reverse())
        #expect(try families.map { try cover.state(run, $0) } == ["active", "refused", "refused"])
        #expect(world.facts(TransferReversed.self).map(\.amountFen) == [.yuan(160)])
        try world.expectSoundBooks()
    }

    @Test("A premium is not taken back while one of its policies is terminated")
    func terminated() throws {
        let (run, families) = try insured(3)
        let answer = try world.accept(try cover.terminate(run, families[1], from: "2020-10-01"))
        let posting = try #require(answer.command)
        let found = try refusal(of: reverse(on: "2020-12-01"))
        #expect(found.text == "later_first /data/transfer")
        #expect(found.expected.contains("terminated by the posting \(posting)"))
        #expect(
            try families.map { try cover.state(run, $0) } == ["active", "terminated", "active"])
        try world.accept(
            try Samples.reverse(
                try #require(UUID(uuidString: posting)), on: "2020-12-01"))
        try world.accept(try reverse(on: "2020-12-01"))
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 0)
        try world.expectSoundBooks()
    }

    @Test("A policy whose end gave nothing back keeps its premium")
    func terminatedForNothing() throws {
        let cover = try FundingCover(premium: Fen(1))
        let (run, insured) = try cover.insuredFamily()
        try cover.world.accept(try cover.terminate(run, insured, from: "2020-06-01"))
        let answer = try cover.world.bench.decide(
            try Samples.reverse(try cover.premium(), on: "2020-12-01"))
        #expect(answer.code == "later_first")
        #expect(answer.expected?.hasSuffix("and no posting came of that") == true)
        try cover.world.expectSoundBooks()
    }

    @Test("A premium is not taken back while something is claimed, unless it was declined")
    func claimed() throws {
        let (run, families) = try insured(2)
        let claim = ClaimID(UUID())
        try world.accept(try cover.file(.yuan(10), run, families[1], id: claim))
        let filed = try refusal(of: reverse())
        #expect(filed.text == "later_first /data/transfer")
        #expect(filed.expected.hasSuffix("claim \(claim) on one of the policies is filed"))
        try world.accept(try cover.decide(claim, .decline))
        try world.accept(try reverse())
        #expect(try cover.state(run, families[1]) == "refused")
        #expect(
            try world.refusal(try cover.file(.yuan(10), run, families[1]))
                == "policy_refused /data/insured")
        try world.expectSoundBooks()
    }

    @Test("A premium is not taken back once a claim was accepted or paid")
    func paidClaim() throws {
        let (run, families) = try insured(1)
        let claim = ClaimID(UUID())
        try world.accept(try cover.file(.yuan(10), run, families[0], id: claim))
        try world.accept(try cover.decide(claim))
        #expect(try refusal(of: reverse()).expected.hasSuffix("is accepted"))
        try world.accept(try cover.pay(claim))
        #expect(try refusal(of: reverse()).expected.hasSuffix("is paid"))
    }

    @Test("Of a claim and the reversal of its premium at the same time, one is accepted")
    func atOnce() throws {
        let url = world.bench.url
        for year in 2020..<2024 {
            let family = try #require(try cover.families(1).first).id.uuid
            let run = try cover.submittedRun(
                cover.open(year: year, from: "\(year)-01-01", to: "\(year)-12-31"))
            try world.accept(try cover.reconcile(run, accepted: [family]))
            let commands: [any Command] = [
                try cover.file(.yuan(10), run, family, event: "\(year)-06-18", on: "2025-01-01"),
                try Samples.reverse(try cover.premium(by: run)),
            ]
            let answers = try Threads.run(2) { index, ready in
                let bench = try ServiceBench(Funding.definition, url: url)
                ready()
                return try bench.decide(commands[index])
            }
            #expect(answers.filter { $0.status == "accepted" }.count == 1, "\(year)")
            #expect(
                ["policy_refused", "later_first"].contains(answers.compactMap(\.code).first ?? ""),
                "\(year)")
            try world.expectSoundBooks()
        }
    }

    @Test("The check of the books finds policies that were refused without a posting")
    func books() throws {
        _ = try insured(2)
        _ = try world.bench.connection.run(
            "UPDATE policy SET state = 'refused'")
        let problems = try world.bench.connection.run("SELECT problem FROM ledger_check").map {
            try $0.decode(String.self, at: 0)
        }
        #expect(problems.contains("premium expense is not what the policies say"))
        #expect(problems.contains("a premium is not what the policies that it paid for say"))
    }
}

extension FundingCover {
    /// The latest posting of premium for that community which was not taken back.
    func premium(of community: String = Samples.community, by run: RunID? = nil) throws -> UUID {
        let rows = try world.bench.connection.run(
            """
            SELECT t.id FROM transfer AS t
            WHERE t.fund = \(fund.uuid) AND t.kind = 'premium'
              AND NOT EXISTS (SELECT 1 FROM reversal AS r WHERE t.id IN (r.id, r.transfer))
              AND EXISTS (
                  SELECT 1 FROM policy AS p
                  WHERE p.territory = \(community)
                    AND (\(run?.uuid) IS NULL OR p.run = \(run?.uuid))
                    AND premium_transfer(p.answer, p.territory, p.basis) = t.id)
            ORDER BY t.business_date DESC, t.id LIMIT 1
            """)
        return try #require(try rows.first?.decode(UUID.self, at: 0))
    }
}
