import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Claims from filing to payment, on a database.
@Suite struct FundingClaimTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    let run: RunID
    let insured: UUID
    var world: FundingWorld { cover.world }

    /// A policy that covers 2020, with a sum insured of 10,000 yuan.
    init() throws {
        cover = try FundingCover()
        (run, insured) = try cover.insuredFamily()
    }

    private func file(_ amount: Fen, event: String = "2020-06-18") throws -> ClaimID {
        let claim = ClaimID(UUID())
        try world.accept(try cover.file(amount, run, insured, id: claim, event: event))
        return claim
    }

    private func claimed() throws -> Int {
        try world.count("SELECT claimed_fen FROM policy")
    }

    // MARK: The whole of it

    @Test("A claim is filed, accepted in part and paid, and moves no money of the fund")
    func life() throws {
        let before = try world.balance(.cash, of: cover.fund)
        let claim = try file(.yuan(3_600))
        try world.accept(try cover.decide(claim, amount: .yuan(3_000)))
        try world.accept(try cover.pay(claim))
        let filed = try #require(world.facts(ClaimFiled.self).last)
        let accepted = try #require(world.facts(ClaimAccepted.self).last)
        let paid = try #require(world.facts(ClaimPaid.self).last)
        #expect((filed.amountFen, filed.filedOn.description) == (.yuan(3_600), "2020-12-31"))
        #expect(
            (accepted.amountFen, accepted.decidedOn.description) == (.yuan(3_000), "2021-01-04"))
        #expect((paid.amountFen, paid.businessDate.description) == (.yuan(3_000), "2021-01-10"))
        #expect(paid.programme.rawValue == "accident-insurance")
        #expect(paid.territory.rawValue == Samples.community)
        #expect(paid.eventDate.description == "2020-06-18")
        let sequences = world.bench.facts.filter { $0.header.subject == claim.description }
            .map(\.header.sequence)
        #expect(sequences == [1, 2, 3])
        #expect(try claimed() == 300_000)
        #expect(try world.balance(.cash, of: cover.fund) == before)
        #expect(try world.count("SELECT count(*) FROM claim_record") == 3)
        try world.expectSoundBooks()
    }

    @Test("A declined claim leaves the sum insured as it is")
    func declined() throws {
        let claim = try file(.yuan(10_000))
        try world.accept(try cover.decide(claim, .decline))
        #expect(world.facts(ClaimDeclined.self).map(\.amountFen) == [.yuan(10_000)])
        #expect(try claimed() == 0)
        #expect(try world.refusal(try cover.pay(claim)) == "not_accepted /data/claim")
        #expect(try world.refusal(try cover.decide(claim)) == "not_filed /data/claim")
    }

    @Test("A claim takes exactly the steps of its state", arguments: ClaimState.allCases)
    func transitions(_ state: ClaimState) {
        let allowed: [ClaimState: [ClaimState.Step]] = [
            .filed: [.accept, .decline], .accepted: [.pay], .paid: [], .declined: [],
        ]
        for step in ClaimState.Step.allCases {
            let isAllowed = (try? state.after(step)) != nil
            #expect(isAllowed == allowed[state]?.contains(step), "\(step) of \(state)")
        }
    }

    // MARK: Cover

    @Test(
        "What is claimed happened on a day of the cover, both ends included",
        arguments: [
            ("2019-12-31", false), ("2020-01-01", true), ("2020-12-31", true),
        ])
    func coverDates(_ event: String, _ isCovered: Bool) throws {
        let refusal = try world.refusal(try cover.file(.yuan(1), run, insured, event: event))
        #expect(refusal == (isCovered ? nil : "outside_cover /data/eventDate"))
    }

    @Test("The day after the cover is not covered")
    func afterCover() throws {
        let command = try cover.file(
            .yuan(1), run, insured, event: "2021-01-01", on: "2021-01-02")
        #expect(try world.refusal(command) == "outside_cover /data/eventDate")
    }

    @Test("A terminated policy covers what happened before its end")
    func afterTermination() throws {
        try world.accept(try cover.terminate(run, insured, from: "2020-06-18"))
        #expect(
            try world.refusal(try cover.file(.yuan(1), run, insured, event: "2020-06-18"))
                == "outside_cover /data/eventDate")
        let claim = try file(.yuan(1), event: "2020-06-17")
        try world.accept(try cover.decide(claim))
    }

    // MARK: The sum insured

    @Test("All claims on a policy come to the sum insured at most")
    func sumInsured() throws {
        #expect(
            try world.refusal(try cover.file(Fen(1_000_001), run, insured))
                == "above_sum_insured /data/amountFen")
        let (first, second) = (try file(.yuan(6_000)), try file(.yuan(6_000)))
        try world.accept(try cover.decide(first))
        #expect(
            try world.refusal(try cover.decide(second)) == "above_sum_insured /data/amountFen")
        #expect(
            try world.refusal(try cover.decide(second, amount: Fen(400_001)))
                == "above_sum_insured /data/amountFen")
        try world.accept(try cover.decide(second, amount: .yuan(4_000)))
        #expect(try claimed() == 1_000_000)
        #expect(
            try world.refusal(try cover.file(Fen(1), run, insured))
                == "above_sum_insured /data/amountFen")
    }

    @Test("Of claims decided in one batch, those above the sum insured are refused")
    func oneBatch() throws {
        let claims = try (0..<3).map { _ in try file(.yuan(5_000)) }
        let answers = try world.bench.decide(try claims.map { try cover.decide($0) })
        #expect(answers.map(\.code) == [nil, nil, "above_sum_insured"])
        #expect(try claimed() == 1_000_000)
    }

    @Test("Of two claims accepted at once that the sum insured bears once, one is refused")
    func atOnce() throws {
        let url = world.bench.url
        for year in 2021..<2026 {
            let (run, insured) = try cover.insuredFamily(
                from: "\(year)-01-01", to: "\(year)-12-31")
            let claims = try (0..<2).map { _ in
                let claim = ClaimID(UUID())
                try world.accept(
                    try cover.file(
                        .yuan(6_000), run, insured, id: claim, event: "\(year)-05-01",
                        on: "\(year)-05-02"))
                return claim
            }
            let commands = try claims.map { try cover.decide($0, on: "\(year)-06-01") }
            let codes = try Threads.run(2) { index, ready in
                let bench = try ServiceBench(Funding.definition, url: url)
                ready()
                return try bench.decide(commands[index]).code ?? "accepted"
            }
            #expect(codes.sorted() == ["above_sum_insured", "accepted"], "\(year)")
        }
        #expect(try world.count("SELECT max(claimed_fen) FROM policy") == 600_000)
    }

    @Test("Not more is accepted than was claimed")
    func moreThanClaimed() throws {
        let claim = try file(.yuan(100))
        #expect(
            try world.refusal(try cover.decide(claim, amount: Fen(10_001)))
                == "more_than_claimed /data/amountFen")
    }

    @Test("A product without a sum insured has no claims")
    func notClaimable() throws {
        let cover = try FundingCover(sumInsured: nil)
        let (run, insured) = try cover.insuredFamily()
        #expect(
            try cover.world.refusal(try cover.file(Fen(1), run, insured))
                == "not_claimable /data/insured")
    }

    @Test("The schema keeps claims within the sum insured and the cover")
    func schema() throws {
        let claim = try file(.yuan(6_000))
        let accepted = """
            UPDATE claim SET state = 'accepted', accepted_fen = amount_fen
            """
        #expect(world.violation(Statement(trusted: accepted))?.constraint == "claims_add_up")
        let above = world.violation("UPDATE policy SET claimed_fen = sum_insured_fen + 1")
        #expect(above?.constraint == "policy_claims_within_sum_insured")
        let wrong = world.violation("UPDATE policy SET claimed_fen = 1")
        #expect(wrong?.constraint == "claims_add_up")
        let outside = world.violation(
            "UPDATE claim SET event_date = '2019-12-31', last_on = '2020-01-01'")
        #expect(outside?.constraint == "claim_within_cover")
        let record = world.violation("DELETE FROM claim_record")
        #expect(record?.constraint == "claim_record_append_only")
        try world.accept(try cover.decide(claim))
    }

    // MARK: Who, when and in which order

    @Test("The district decides, on the day of the filing or later")
    func authority() throws {
        let claim = try file(.yuan(100))
        #expect(
            try world.refusal(try cover.decide(claim, by: Samples.subdistrict))
                == "wrong_level /data/actor/territory")
        #expect(
            try world.refusal(try cover.decide(claim, by: "350205"))
                == "outside_territory /data/actor/territory")
        #expect(
            try world.refusal(try cover.decide(claim, on: "2020-12-30"))
                == "date_too_early /data/decidedOn")
        try world.accept(try cover.decide(claim, on: "2020-12-31"))
        #expect(
            try world.refusal(try cover.pay(claim, on: "2020-12-30"))
                == "date_too_early /data/businessDate")
    }

    @Test("A claim has one id")
    func exists() throws {
        let claim = try file(.yuan(100))
        #expect(
            try world.refusal(try cover.file(.yuan(1), run, insured, id: claim))
                == "claim_exists /data/claim")
    }

    @Test("What the insurer refused cannot be claimed on")
    func refused() throws {
        let families = try cover.families(1)
        let family = try #require(families.first).id.uuid
        let other = try cover.submittedRun()
        try world.accept(try cover.reconcile(other, refused: [family]))
        #expect(
            try world.refusal(try cover.file(.yuan(1), other, family))
                == "policy_refused /data/insured")
    }

    @Test("A claim waits for its policy")
    func beforePolicy() throws {
        let family = try #require(try cover.families(1).first).id.uuid
        let next = try cover.submittedRun(
            cover.open(year: 2021, from: "2021-01-01", to: "2021-12-31"))
        let answer = try world.bench.decide(
            try cover.file(.yuan(5), next, family, event: "2021-06-18", on: "2021-06-20"))
        #expect((answer.status, answer.code) == ("parked", "unknown_policy"))
        try world.accept(try cover.reconcile(next))
        try world.bench.hurryParked()
        #expect(try world.bench.handleParked().map(\.status) == ["accepted"])
    }

    @Test("A decision waits for its claim, and so does a payment")
    func beforeClaim() throws {
        let claim = ClaimID(UUID())
        for command: any Command in [try cover.decide(claim), try cover.pay(claim)] {
            let answer = try world.bench.decide(command)
            #expect((answer.status, answer.code) == ("parked", "unknown_claim"))
        }
        try world.accept(try cover.file(.yuan(5), run, insured, id: claim))
        #expect(try world.bench.handleParked().contains { $0.status == "accepted" })
        #expect(world.facts(ClaimAccepted.self).map(\.amountFen) == [.yuan(5)])
    }

    @Test("Each command again is answered as the first time")
    func duplicate() throws {
        let claim = ClaimID(UUID())
        let commands: [any Command] = [
            try cover.file(.yuan(100), run, insured, id: claim), try cover.decide(claim),
            try cover.pay(claim),
        ]
        let now = Timestamp.now()
        for command in commands {
            let id = UUID()
            #expect(try world.bench.decide(command, id: id, time: now).status == "accepted")
            #expect(try world.bench.decide(command, id: id, time: now).status == "duplicate")
        }
        #expect(try claimed() == 10_000)
    }

    @Test("A publisher claims for its territory only")
    func scope() throws {
        try world.bench.take(
            PublisherGranted(
                publisher: "gulangyu",
                territories: [try Samples.territory("350203012")], types: ["funding.claim.*"]),
            subject: UUID(), sequence: 1)
        let answer = try world.bench.decide(
            try cover.file(.yuan(1), run, insured), publisher: "gulangyu")
        #expect((answer.code, answer.pointer) == ("out_of_scope", "/data/insured"))
    }
}
