import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// The insurer's answers to a list, in one file or in several.
@Suite struct FundingAnswerTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover() }

    private func reconciled() throws -> EnrolmentReconciled {
        try #require(world.facts(EnrolmentReconciled.self).last)
    }

    @Test("Each line of a complete answer has its outcome: accepted, or refused with a reason")
    func complete() throws {
        let families = try cover.families(3).map(\.id.uuid)
        let run = try cover.submittedRun()
        let answer = try world.accept(try cover.reconcile(run, refused: [families[1]]))
        #expect(
            try families.map { try cover.state(run, $0) } == ["active", "refused", "active"])
        let fact = try reconciled()
        #expect((fact.accepted, fact.refused, fact.open) == (2, 1, 0))
        #expect((fact.repeated, fact.unmatched) == (0, 0))
        #expect(fact.premiumFen == .yuan(160))
        let insured = world.facts(EnrolmentInsured.self)
        #expect(insured.map(\.households) == [2])
        #expect(insured.map(\.premiumFen) == [.yuan(160)])
        #expect(insured.first?.answer?.uuidString.lowercased() == answer.command)
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 16_000)
        try world.expectSoundBooks()
    }

    @Test("An answer in several files insures what each names, and ends the run with the last line")
    func parts() throws {
        let families = try cover.families(4).map(\.id.uuid)
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run, accepted: [families[0], families[1]]))
        #expect(try reconciled().open == 2)
        try world.accept(try cover.reconcile(run, accepted: [], refused: [families[2]]))
        #expect(try reconciled().open == 1)
        #expect(
            try world.count("SELECT count(*) FROM enrolment_run WHERE state = 'submitted'") == 1)
        try world.accept(try cover.reconcile(run, accepted: [families[3]], on: "2019-12-28"))
        #expect(try reconciled().open == 0)
        #expect(
            try world.count("SELECT count(*) FROM enrolment_run WHERE state = 'reconciled'") == 1)
        let insured = world.facts(EnrolmentInsured.self)
        #expect(insured.map(\.households) == [2, 1])
        #expect(Set(insured.map(\.answer)).count == 2)
        #expect(insured.map(\.businessDate.description) == ["2019-12-20", "2019-12-28"])
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 24_000)
        #expect(
            try world.refusal(try cover.reconcile(run, accepted: [families[3]]))
                == "not_submitted /data/run")
        try world.expectSoundBooks()
    }

    @Test("After some files, a complete answer accepts all that is still open")
    func rest() throws {
        let families = try cover.families(4).map(\.id.uuid)
        let run = try cover.submittedRun()
        try world.accept(
            try cover.reconcile(run, accepted: [families[0]], refused: [families[1]]))
        try world.accept(try cover.reconcile(run, refused: [families[2]]))
        let fact = try reconciled()
        #expect((fact.accepted, fact.refused, fact.open) == (1, 1, 0))
        #expect(
            try families.map { try cover.state(run, $0) }
                == ["active", "refused", "refused", "active"])
        try world.expectSoundBooks()
    }

    @Test("A file that comes again in another message changes nothing")
    func repeated() throws {
        let families = try cover.families(3).map(\.id.uuid)
        let run = try cover.submittedRun()
        for _ in 0..<2 {
            try world.accept(
                try cover.reconcile(run, accepted: [families[0]], refused: [families[1]]))
        }
        let fact = try reconciled()
        #expect((fact.accepted, fact.refused, fact.open) == (0, 0, 1))
        #expect((fact.repeated, fact.unmatched) == (2, 0))
        #expect(fact.premiumFen == .zero)
        #expect(world.facts(EnrolmentInsured.self).map(\.households) == [1])
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 8_000)
        try world.expectSoundBooks()
    }

    @Test("The same message again is answered as the first time")
    func duplicate() throws {
        _ = try cover.families(1)
        let run = try cover.submittedRun()
        let (id, command, now) = (UUID(), try cover.reconcile(run), Timestamp.now())
        #expect(try world.bench.decide(command, id: id, time: now).status == "accepted")
        let again = try world.bench.decide(command, id: id, time: now)
        #expect((again.status, again.first) == ("duplicate", "accepted"))
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 8_000)
    }

    @Test("Lines that are not on the list are reported back, and the others take effect")
    func unknown() throws {
        let families = try cover.families(2).map(\.id.uuid)
        let young = try FundingEvaluationTests.family(born: ["1990-01-01"], on: "2020-01-01")
        try world.register([young])
        let run = try cover.submittedRun()
        let stranger = UUID()
        let answer = try world.accept(
            try cover.reconcile(
                run, accepted: [families[0], stranger], refused: [young.id.uuid]))
        let fact = try reconciled()
        #expect((fact.accepted, fact.refused, fact.unmatched, fact.open) == (1, 0, 2, 1))
        let unmatched = try #require(world.facts(EnrolmentUnmatched.self).last)
        #expect(
            unmatched.lines == [
                UnmatchedLine(
                    insured: young.id.uuid, answer: .refused, mismatch: .notOnTheList),
                UnmatchedLine(insured: stranger, answer: .accepted, mismatch: .notOnTheList),
            ])
        // The receipt names the fact.
        let published = world.bench.facts.filter { $0.payload is EnrolmentUnmatched }
        #expect(published.allSatisfy { answer.facts.contains($0.header.id.wireText) })
        #expect(try world.count("SELECT count(*) FROM enrolment_unmatched") == 2)
        try world.expectSoundBooks()
    }

    @Test("An answer that contradicts an earlier one changes nothing and is reported back")
    func contradiction() throws {
        let families = try cover.families(3).map(\.id.uuid)
        let run = try cover.submittedRun()
        try world.accept(
            try cover.reconcile(run, accepted: [families[0]], refused: [families[1]]))
        try world.accept(
            try cover.reconcile(run, accepted: [families[1]], refused: [families[0]]))
        #expect(
            try families.map { try cover.state(run, $0) } == ["active", "refused", nil])
        let unmatched = try #require(world.facts(EnrolmentUnmatched.self).last)
        #expect(unmatched.lines.map(\.mismatch) == [.answeredOtherwise, .answeredOtherwise])
        #expect(unmatched.lines.map(\.answer) == [.refused, .accepted])
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 8_000)
    }

    @Test("More lines that have no effect than one fact holds lead to several facts")
    func many() throws {
        _ = try cover.families(1)
        let run = try cover.submittedRun()
        try world.accept(
            try cover.reconcile(run, accepted: (0..<2_001).map { _ in UUID() }))
        #expect(
            world.facts(EnrolmentUnmatched.self).map(\.lines.count) == [1_000, 1_000, 1])
        #expect(try reconciled().unmatched == 2_001)
    }

    @Test("A file that answers a line twice is refused as a whole")
    func twice() throws {
        let families = try cover.families(2).map(\.id.uuid)
        let run = try cover.submittedRun()
        #expect(
            try world.refusal(
                try cover.reconcile(run, accepted: families, refused: [families[1]]))
                == "answered_twice /data/accepted/1")
        #expect(try world.count("SELECT count(*) FROM policy") == 0)
    }

    @Test("A refused policy leaves its household free to be insured by another run")
    func insuredElsewhere() throws {
        let family = try #require(try cover.families(1).first).id.uuid
        let first = try cover.submittedRun()
        try world.accept(try cover.reconcile(first, refused: [family]))
        #expect(world.facts(EnrolmentInsured.self).isEmpty)
        let second = try cover.submittedRun()
        try world.accept(try cover.reconcile(second))
        #expect(try cover.state(second, family) == "active")
        try world.expectSoundBooks()
    }

    @Test("Of two runs that insure the same households at once, one insures them")
    func atOnce() throws {
        _ = try cover.families(20)
        let url = world.bench.url
        for year in 2020..<2024 {
            let (from, to) = ("\(year)-01-01", "\(year)-12-31")
            let runs = try (0..<2).map { _ in
                try cover.submittedRun(cover.open(year: year, from: from, to: to))
            }
            let commands = try runs.map { try cover.reconcile($0) }
            let codes = try Threads.run(2) { index, ready in
                let bench = try ServiceBench(Funding.definition, url: url)
                ready()
                return try bench.decide(commands[index]).code ?? "accepted"
            }
            #expect(codes.sorted() == ["accepted", "policy_exists"], "\(year)")
        }
        #expect(try world.count("SELECT count(*) FROM policy") == 80)
        try world.expectSoundBooks()
    }
}
