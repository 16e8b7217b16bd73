import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// Policies of families and of runs, on a real database.
@Suite struct FundingCoverQueryTests {
    typealias Samples = FundingSamples
    private let cover: FundingCover
    private var world: FundingWorld { cover.world }

    init() throws {
        cover = try FundingCover()
        try world.grantPublishers()
    }

    private func policies(
        _ subject: UUID, within: String? = nil, by publisher: String = "street"
    ) throws -> [PolicyAnswer] {
        try world.answer(
            PoliciesAnswer.self,
            ListPolicies(
                subject: subject, within: try within.map { try Samples.territory($0) }),
            by: publisher
        ).policies
    }

    @Test func `a family's policies are told, of all years`() throws {
        let family = try #require(try cover.families(1).first)
        let first = try cover.submittedRun()
        try world.accept(try cover.reconcile(first))
        let second = try cover.submittedRun(
            cover.open(year: 2021, from: "2021-01-01", to: "2021-12-31"))
        try world.accept(try cover.reconcile(second, refused: [family.id.uuid]))
        let told = try policies(family.id.uuid)
        #expect(Set(told.map(\.run)) == [first, second])
        #expect(told.allSatisfy { $0.insured == family.id.uuid })
        let held = try #require(told.first { $0.run == first })
        #expect((held.state, held.premiumFen) == ("active", .yuan(80)))
        #expect((held.basis, held.policyYear) == (.onlyChildParents, 2020))
        #expect(held.coverTo == (try Samples.date("2020-12-31")))
        #expect(told.first { $0.run == second }?.state == "refused")
        #expect(try world.reads(of: family.id.uuid, by: ListPolicies.self) == 1)
        // It is the household that is insured.
        #expect(try policies(family.members[0].id.uuid).isEmpty)
    }

    @Test func `a family without policies has none, and still it is noted who asked`() throws {
        let family = try #require(try cover.families(1).first)
        #expect(try policies(family.id.uuid).isEmpty)
        #expect(try world.reads(of: family.id.uuid, by: ListPolicies.self) == 1)
    }

    @Test func `the cover of a person is told of the person and of the household`() throws {
        let cover = try FundingCover(.person, premium: .yuan(300))
        try cover.world.grantPublishers()
        let family = try cover.family([(.head, "1960-01-01"), (.spouse, "1961-01-01")])
        let run = try cover.submittedRun()
        try cover.world.accept(try cover.reconcile(run))
        func told(_ subject: UUID) throws -> Set<UUID> {
            let answer = try cover.world.answer(
                PoliciesAnswer.self, ListPolicies(subject: subject))
            return Set(answer.policies.map(\.insured))
        }
        let members = family.members.map(\.id.uuid)
        #expect(try told(members[0]) == [members[0]])
        #expect(try told(family.id.uuid) == Set(members))
        try cover.world.bench.take(
            try Samples.erased(family.members[0].id), subject: members[0], sequence: 9)
        #expect(try told(members[0]) == [members[0]])
    }

    @Test func `the policies of a run are paged, for an office those of its own part`() throws {
        let families = try cover.families(5)
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run))
        #expect(
            try world.refusal(ListPolicies(subject: run.uuid), by: "street")
                == "out_of_scope /data/subject")
        var (seen, after): ([UUID], PolicyID?) = ([], nil)
        repeat {
            let page = try world.answer(
                PoliciesAnswer.self,
                ListPolicies(
                    subject: run.uuid, within: try Samples.territory(Samples.subdistrict),
                    after: after, limit: 2))
            #expect(page.policies.count <= 2)
            seen += page.policies.map(\.insured)
            after = page.next
        } while after != nil
        #expect(seen.count == 5)
        #expect(Set(seen) == Set(families.map(\.id.uuid)))
        #expect(try policies(run.uuid, by: "district").map(\.insured) == seen)
        #expect(try policies(run.uuid, within: "350203009", by: "stranger").isEmpty)
        #expect(
            try world.refusal(
                ListPolicies(subject: run.uuid, after: PolicyID(UUID())), by: "operator")
                == "unknown_policy /data/after")
    }

    @Test func `families of other streets, and ids that nobody has, are answered alike`() throws {
        let (_, insured) = try cover.insuredFamily()
        for subject in [insured, UUID()] {
            #expect(
                try world.refusal(ListPolicies(subject: subject), by: "stranger")
                    == "out_of_scope /data/subject")
        }
        #expect(
            try world.refusal(ListPolicies(subject: UUID()), by: "operator")
                == "unknown_insured /data/subject")
        #expect(
            try world.refusal(
                ListPolicies(
                    subject: insured, within: try Samples.territory(Samples.subdistrict)),
                by: "stranger") == "out_of_scope /data/within")
    }
}
