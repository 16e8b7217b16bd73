import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// The list of a run for the insurer, on a real database.
@Suite struct FundingInsurerListTests {
    typealias Samples = FundingSamples
    private let cover: FundingCover
    private var world: FundingWorld { cover.world }

    init() throws {
        cover = try FundingCover()
        try world.grantPublishers()
    }

    private func list(
        _ run: RunID, within: String? = nil, after: UUID? = nil, limit: Int? = nil,
        by publisher: String = "district"
    ) throws -> EnrolmentAnswer {
        try world.answer(
            EnrolmentAnswer.self,
            ListEnrolment(
                run: run, within: try within.map { try Samples.territory($0) }, after: after,
                limit: limit), by: publisher)
    }

    private func withdraw(_ person: PersonID) throws {
        let day = try Samples.date("2019-12-01")
        let fact = ConsentRecorded(
            person: person, territory: try Samples.territory(Samples.community),
            purpose: .insurer, decision: .withdrawn, decidedOn: day, standing: .withdrawn,
            standingSince: day)
        try world.bench.take(fact, subject: person.uuid, sequence: 1)
    }

    private func approve(_ run: RunID) throws {
        try world.accept(
            ApproveEnrolment(
                run: run, approvedOn: try Samples.date("2019-12-10"),
                actor: try Samples.actor(Samples.district)))
    }

    @Test func `a run without anybody to insure has an empty list`() throws {
        let told = try list(try cover.evaluatedRun())
        #expect(told.lines.isEmpty && told.next == nil)
        #expect((told.count, told.premiumFen, told.leftOut) == (0, .zero, 0))
    }

    @Test func `the list says whom the run insures, on which basis and for what premium`() throws {
        let families = try cover.families(3)
        let run = try cover.evaluatedRun()
        let told = try list(run)
        #expect((told.run.run, told.run.state) == (run, "evaluated"))
        #expect(told.run.coverTo == (try Samples.date("2020-12-31")))
        #expect(told.run.digest == world.facts(EnrolmentEvaluated.self).last?.digest)
        #expect(Set(told.lines.map(\.household)) == Set(families.map { Optional($0.id) }))
        #expect(told.lines.allSatisfy { $0.person == nil && $0.answer == nil })
        #expect(told.lines.allSatisfy { $0.basis == .onlyChildParents })
        #expect((told.count, told.premiumFen) == (3, .yuan(240)))
    }

    @Test func `a run that was not evaluated has no list yet`() throws {
        let opened = try cover.open()
        try world.accept(opened)
        #expect(
            try world.refusal(ListEnrolment(run: opened.run), by: "district")
                == "not_evaluated /data/run")
        try world.accept(
            FreezeEnrolment(run: opened.run, referenceDate: try Samples.date("2020-01-01")))
        #expect(
            try world.refusal(ListEnrolment(run: opened.run), by: "district")
                == "not_evaluated /data/run")
    }

    @Test func `whoever has withdrawn the consent is not on it, in whatever state the run is`()
        throws
    {
        let families = try cover.families(3)
        let run = try cover.evaluatedRun()
        try approve(run)
        try withdraw(families[0].members[0].id)
        let approved = try list(run)
        #expect(Set(approved.lines.map(\.household)) == Set(families[1...].map { $0.id }))
        #expect((approved.count, approved.leftOut) == (2, 1))
        #expect(approved.premiumFen == .yuan(160))
        try world.accept(SubmitEnrolment(run: run, submittedOn: try Samples.date("2019-12-11")))
        #expect(try list(run).leftOut == 0)
        try withdraw(families[1].members[0].id)
        let submitted = try list(run)
        #expect(submitted.lines.map(\.household) == [families[2].id])
        #expect(submitted.leftOut == 1)
    }

    @Test func `the insurer's answers stand at the lines`() throws {
        let families = try cover.families(3)
        let run = try cover.submittedRun()
        try world.accept(
            try cover.reconcile(
                run, accepted: [families[0].id.uuid], refused: [families[1].id.uuid]))
        let answers = Dictionary(
            uniqueKeysWithValues: try list(run).lines.map { ($0.household, $0.answer) })
        #expect(answers[families[0].id] == .some(.accepted))
        #expect(answers[families[1].id] == .some(.refused))
        #expect(answers[families[2].id] == .some(nil))
    }

    @Test func `persons are named with their households`() throws {
        let cover = try FundingCover(.person, premium: .yuan(300))
        let family = try cover.family([(.head, "1960-01-01")])
        let run = try cover.evaluatedRun()
        let told = try cover.world.answer(
            EnrolmentAnswer.self, ListEnrolment(run: run), by: "operator")
        #expect(told.lines.map(\.person) == [family.members[0].id])
        #expect(told.lines.map(\.household) == [family.id])
    }

    @Test func `it is paged, and counted on the first page`() throws {
        let families = try cover.families(5)
        let run = try cover.evaluatedRun()
        var (seen, after): ([HouseholdID], UUID?) = ([], nil)
        repeat {
            let page = try list(run, after: after, limit: 2)
            #expect(page.count == (after == nil ? 5 : nil))
            #expect(page.lines.count <= 2)
            seen += page.lines.compactMap(\.household)
            after = page.next
        } while after != nil
        #expect(seen.count == 5)
        #expect(Set(seen) == Set(families.map(\.id)))
    }

    @Test func `an office asks for its part of a district's run`() throws {
        let families = try cover.families(2)
        let run = try cover.evaluatedRun()
        #expect(
            try world.refusal(ListEnrolment(run: run), by: "street") == "out_of_scope /data/run")
        let own = try list(run, within: Samples.subdistrict, by: "street")
        #expect((own.lines.count, own.count) == (2, 2))
        for family in families {
            #expect(try world.reads(of: family.id.uuid, by: ListEnrolment.self) == 1)
        }
        let part = try Samples.territory(Samples.subdistrict)
        #expect(
            try world.refusal(ListEnrolment(run: run, within: part), by: "stranger")
                == "out_of_scope /data/within")
        #expect(try list(run, within: "350203009", by: "stranger").lines.isEmpty)
        let unknown = ListEnrolment(run: RunID(UUID()), within: part)
        #expect(try world.refusal(unknown, by: "street") == "out_of_scope /data/run")
        #expect(try world.refusal(unknown, by: "operator") == "unknown_run /data/run")
    }
}
