import Foundation
import Messages
import People
import Postgres
import Support
import Testing

@testable import Funding

/// Two persons who turn out to be one, on a database: one open loan, one cover, one member.
@Suite struct FundingMergeTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover(.person, premium: .yuan(300)) }

    private func merge(
        _ merged: PersonID, into survivor: PersonID, in household: HouseholdID? = nil,
        sequence: Int64 = 1
    ) throws {
        try world.bench.take(
            try Samples.merged(merged, into: survivor, in: household), subject: survivor.uuid,
            sequence: sequence)
    }

    /// Bereaved persons of 60, each in a household of their own.
    private func bereaved(_ count: Int) throws -> [TestHousehold] {
        let families = try (0..<count).map { _ in
            TestHousehold(
                territory: try Samples.territory(Samples.community),
                members: [.init(role: .head, birth: try Samples.date("1960-01-01"))],
                recognitions: [.init(category: .bereaved, from: try Samples.date("2017-01-01"))])
        }
        try world.register(families)
        return families
    }

    private func survivor(of person: PersonID) throws -> UUID? {
        let rows = try world.bench.connection.run(
            "SELECT merged_into FROM person WHERE id = \(person.uuid)")
        return try rows.first?.decode(optional: UUID.self, at: 0)
    }

    // MARK: The ids

    @Test("A merge that comes before its persons waits for nothing")
    func early() throws {
        let (one, other) = (try Samples.mother(), try Samples.mother())
        let facts = try [one, other].map { try Samples.registered($0) }
        for fact in facts { _ = world.bench.registry.told(fact) }
        try merge(other.id, into: one.id)
        for fact in facts {
            try world.bench.take(fact, subject: fact.household.uuid, sequence: 1)
        }
        #expect(try world.count("SELECT count(*) FROM parked") == 0)
        #expect(try survivor(of: other.id) == one.id.uuid)
        #expect(try survivor(of: one.id) == nil)
    }

    @Test("When a merge is undone, each id has the loans that were made under it")
    func unmerged() throws {
        let (one, other) = (try world.mother(), try world.mother())
        let fund = try world.openFund()
        try merge(other, into: one)
        try world.accept(try Samples.apply(by: other, to: fund))
        let fact = try #require(
            world.bench.registry.unmerged(other, on: try Samples.date("2019-05-01")))
        try world.bench.take(fact, subject: other.uuid, sequence: 3)
        try world.accept(try Samples.apply(by: one, to: fund))
        #expect(
            try world.refusal(try Samples.apply(by: other, to: fund))
                == "open_loan /data/borrower")
        #expect(world.facts(LoanApplied.self).map(\.borrower) == [other, one])
    }

    @Test("A death that was recorded under either id is the person's, before or after the merge")
    func dead() throws {
        for isBefore in [true, false] {
            let (one, other) = (try world.mother(), try world.mother())
            let death = try Samples.died(other, on: "2018-12-31")
            if isBefore { try world.bench.take(death, subject: other.uuid, sequence: 1) }
            try merge(other, into: one)
            if !isBefore { try world.bench.take(death, subject: other.uuid, sequence: 1) }
            #expect(
                try world.refusal(try Samples.apply(by: one, to: try world.openFund()))
                    == "person_gone /data/borrower")
        }
    }

    // MARK: Loans

    @Test("Either id borrows, and both together have one open loan of a fund")
    func loans() throws {
        let (one, other) = (try world.mother(), try world.mother())
        let (fund, second) = (try world.openFund(), try world.openFund())
        try merge(other, into: one)
        try world.accept(try Samples.apply(by: other, to: fund))
        #expect(world.facts(LoanApplied.self).map(\.borrower) == [other])
        for person in [one, other] {
            #expect(
                try world.refusal(try Samples.apply(by: person, to: fund))
                    == "open_loan /data/borrower")
        }
        try world.accept(try Samples.apply(by: one, to: second))
    }

    @Test("A loan from before the merge counts, whichever id it has, and so it does in the schema")
    func earlierLoan() throws {
        let (one, other) = (try world.mother(), try world.mother())
        let fund = try world.openFund()
        let loan = LoanID(UUID())
        try world.accept(try Samples.apply(by: other, to: fund, loan: loan))
        try merge(other, into: one)
        for person in [one, other] {
            #expect(
                try world.refusal(try Samples.apply(by: person, to: fund))
                    == "open_loan /data/borrower")
        }
        let found = world.violation(
            """
            INSERT INTO loan (id, fund, programme, borrower, territory, principal_fen, rule_version,
                state, since, last_on, outstanding_fen, term_months, sequence)
            SELECT gen_random_uuid(), fund, programme, \(one.uuid), territory, principal_fen,
                   rule_version, state, since, last_on, outstanding_fen, term_months, sequence
            FROM loan WHERE id = \(loan.uuid)
            """)
        #expect(found?.state == "23505")
        #expect(found?.constraint == "loan_one_open_per_borrower")
    }

    @Test("If both had an open loan, both go on to their end, and no other is opened before that")
    func bothLoans() throws {
        let (one, other) = (try world.mother(), try world.mother())
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
        let first = try world.activeLoan(of: .yuan(10_000), from: fund, by: one)
        let second = try world.activeLoan(of: .yuan(20_000), from: fund, by: other)
        try merge(other, into: one)
        try world.accept(try Samples.repay(.yuan(10_000), of: first))
        #expect(
            try world.refusal(try Samples.apply(by: one, to: fund, on: "2019-07-01"))
                == "open_loan /data/borrower")
        try world.accept(try Samples.repay(.yuan(20_000), of: second))
        try world.accept(try Samples.apply(by: other, to: fund, on: "2019-07-01"))
        try world.expectSoundBooks()
    }

    // MARK: Insurance and households

    @Test("A merged registration is not on the list, and what covers it covers the survivor")
    func covered() throws {
        let families = try bereaved(2)
        let (one, other) = (families[0].members[0].id, families[1].members[0].id)
        let run = try cover.submittedRun()
        try world.accept(
            try cover.reconcile(run, accepted: [other.uuid], refused: [one.uuid]))
        try merge(other, into: one, in: families[0].id)
        #expect(
            try world.verdicts(of: try cover.evaluatedRun()) == [one.uuid: "already_insured"])
    }

    @Test("Of two who were frozen and turn out to be one, one is insured")
    func frozen() throws {
        let families = try bereaved(2)
        let (one, other) = (families[0].members[0].id, families[1].members[0].id)
        let run = try cover.evaluatedRun()
        try merge(other, into: one, in: families[0].id)
        try world.accept(EvaluateEnrolment(run: run))
        #expect(
            try world.verdicts(of: run) == [one.uuid: "bereaved", other.uuid: "same_person"])
    }

    @Test("An answer that insures one person twice is refused; one that insures once is not")
    func submitted() throws {
        let families = try bereaved(2)
        let (one, other) = (families[0].members[0].id, families[1].members[0].id)
        let run = try cover.submittedRun()
        try merge(other, into: one, in: families[0].id)
        #expect(try world.refusal(try cover.reconcile(run)) == "policy_exists /data/run")
        try world.accept(try cover.reconcile(run, accepted: [one.uuid], refused: [other.uuid]))
        #expect(try world.count("SELECT count(*) FROM policy WHERE state = 'active'") == 1)
        try world.expectSoundBooks()
    }

    @Test("Either id files a claim and ends a policy, whichever of them the run has insured")
    func claims() throws {
        for isSurvivor in [true, false] {
            let families = try bereaved(3)
            let ids = families.map { $0.members[0].id }
            let run = try cover.submittedRun()
            // The first is merged into the second, and both into the third.
            let insured = isSurvivor ? ids[2] : ids[0]
            try world.accept(try cover.reconcile(run, accepted: [insured.uuid]))
            let early = try world.bench.decide(try cover.file(.yuan(10), run, ids[1].uuid))
            #expect((early.status, early.code) == ("parked", "unknown_policy"))
            try merge(ids[0], into: ids[1])
            try merge(ids[1], into: ids[2])
            try world.bench.hurryParked()
            #expect(try world.bench.handleParked().map(\.status) == ["accepted"])
            for id in ids { try world.accept(try cover.file(.yuan(10), run, id.uuid)) }
            #expect(Set(world.facts(ClaimFiled.self).suffix(4).map(\.policy)).count == 1)
            try world.accept(try cover.terminate(run, ids[1].uuid, from: "2020-10-01"))
            #expect(try cover.state(run, insured.uuid) == "terminated")
            for id in ids {
                #expect(
                    try world.refusal(try cover.terminate(run, id.uuid, from: "2020-10-02"))
                        == "policy_not_active /data/insured")
            }
        }
        try world.expectSoundBooks()
    }

    @Test("If a run has insured both, each id means its own policy, unless that was refused")
    func bothPolicies() throws {
        let families = try bereaved(4)
        let ids = families.map { $0.members[0].id }
        let run = try cover.submittedRun()
        try world.accept(
            try cover.reconcile(
                run, accepted: [ids[0].uuid, ids[1].uuid, ids[3].uuid], refused: [ids[2].uuid]))
        try merge(ids[1], into: ids[0])
        try merge(ids[3], into: ids[2])
        try world.accept(try cover.terminate(run, ids[1].uuid, from: "2020-10-01"))
        #expect(
            try ids.map { try cover.state(run, $0.uuid) }
                == ["active", "terminated", "refused", "active"])
        try world.accept(try cover.file(.yuan(10), run, ids[0].uuid, event: "2020-11-11"))
        // Of these two the insurer covers one, whichever id is named.
        try world.accept(try cover.terminate(run, ids[2].uuid, from: "2020-10-01"))
        #expect(try cover.state(run, ids[3].uuid) == "terminated")
        try world.expectSoundBooks()
    }

    @Test("What was found of either counts for the survivor and the survivor's household")
    func categories() throws {
        let community = try Samples.territory(Samples.community)
        let other = TestHousehold(
            territory: community,
            members: [.init(role: .head, birth: try Samples.date("1950-01-01"))],
            recognitions: [
                .init(category: .disabledChild, member: 0, from: try Samples.date("2017-01-01"))
            ])
        let plain = TestHousehold(
            territory: community,
            members: [.init(role: .head, birth: try Samples.date("1950-01-01"))], recognitions: [])
        try world.register([other, plain])
        let budget = try world.budget(of: .yuan(1_000), cash: .yuan(1_000)).budget
        func request(_ household: HouseholdID) throws -> String? {
            try world.refusal(
                try Samples.request(.yuan(100), from: budget, for: household, kind: .condolence))
        }
        #expect(try request(plain.id) == "not_eligible /data/household")
        try merge(other.members[0].id, into: plain.members[0].id, in: plain.id)
        #expect(try request(plain.id) == nil)
        #expect(try request(other.id) == "not_eligible /data/household")
    }

    @Test("A member who was registered twice is one parent")
    func member() throws {
        let family = TestHousehold(
            territory: try Samples.territory(Samples.community),
            members: [
                .init(role: .head, birth: try Samples.date("1975-01-01")),
                .init(role: .spouse, birth: try Samples.date("1960-01-01")),
                .init(role: .child, birth: try Samples.date("2000-01-01")),
            ],
            recognitions: [.init(category: .onlyChild, from: try Samples.date("2017-01-01"))])
        try world.register([family])
        try merge(family.members[1].id, into: family.members[0].id, in: family.id)
        let product = ProductID(UUID())
        try world.accept(try FundingFundTests.define(product, version: 1))
        var opened = try cover.open()
        opened.product = product
        #expect(
            try world.verdicts(of: try cover.evaluatedRun(opened))
                == [family.id.uuid: "parents_too_young"])
    }
}
