import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryCategoryTests {
    private let bench: HandlerBench
    private let household = HouseholdID(UUID())
    private let child: NewMember

    init() throws {
        bench = try registryBench()
        child = try RegistrySamples.member(2, .child)
        try bench.handle(
            RegistrySamples.household(household, members: [RegistrySamples.member(1), child]))
    }

    private func assertion(
        _ id: AssertionID = AssertionID(UUID()), of subject: UUID? = nil,
        _ category: Messages.Category = .onlyChild, from: String = "2010-01-01", to: String? = nil
    ) throws -> AssertCategory {
        AssertCategory(
            assertion: id, household: household, subject: subject ?? household.uuid,
            category: category, evidence: "certificate", validFrom: try RegistrySamples.date(from),
            validTo: try to.map(RegistrySamples.date))
    }

    private func verify(_ id: AssertionID) throws -> VerifyCategory {
        VerifyCategory(assertion: id, verifiedOn: try RegistrySamples.date("2019-07-01"))
    }

    private func end(_ id: AssertionID, on day: String = "2019-08-01") throws -> EndCategory {
        EndCategory(
            assertion: id, endedOn: try RegistrySamples.date(day), reason: "graduated 示例人")
    }

    private var elsewhere: [TerritoryCode] {
        get throws { [try RegistrySamples.territory("350203009")] }
    }

    // MARK: Assert

    @Test func `a category of a household is proposed`() throws {
        let command = try assertion()
        let outcome = try bench.handle(command)
        let fact = try #require(outcome.fact(CategoryAsserted.self))
        #expect(fact.household == household)
        #expect(fact.territory.rawValue == RegistrySamples.communities[0])
        #expect(outcome.emissions.first?.subject == command.assertion.description)
        #expect(outcome.emissions.first?.sequence == 1)
        #expect(
            try bench.unit.find(Household.self, household.uuid)?.assertions
                == [command.assertion])
    }

    @Test func `a category of a member is proposed`() throws {
        let outcome = try bench.handle(assertion(of: child.person.uuid, .hardshipGirl))
        #expect(outcome.fact(CategoryAsserted.self)?.subject == child.person.uuid)
        #expect(bench.source.loads == 0)
    }

    @Test func `a category waits for its household`() throws {
        var command = try assertion()
        command.household = HouseholdID(UUID())
        expectWait(
            try bench.handle(command), for: command.household.uuid, else: "unknown_household",
            at: "/household")
    }

    @Test func `a category waits for its subject`() throws {
        let subject = UUID()
        expectWait(
            try bench.handle(assertion(of: subject)), for: subject, else: "unknown_subject",
            at: "/subject")
    }

    @Test func `a member of another household is refused as subject`() throws {
        let stranger = try RegistrySamples.member(3)
        try bench.handle(RegistrySamples.household(members: [stranger]))
        expectRefusal(
            try bench.handle(assertion(of: stranger.person.uuid)), "unknown_subject",
            at: "/subject")
    }

    @Test func `an assertion is made once`() throws {
        let command = try assertion()
        try bench.handle(command)
        expectRefusal(
            try bench.handle(assertion(command.assertion, .lowIncome)), "assertion_exists",
            at: "/assertion")
    }

    @Test func `a household outside the publisher's scope is refused`() throws {
        expectRefusal(
            try bench.handle(assertion(), territories: elsewhere), "out_of_scope", at: "/household")
    }

    /// A time held, a time asked for, and whether both can stand.
    @Test(
        arguments: [
            ("2010-01-01", "2010-12-31", "2011-01-01", nil, true),
            ("2010-01-01", "2010-12-31", "2010-12-31", nil, false),
            ("2010-01-01", "2010-12-31", "2009-01-01", "2009-12-31", true),
            ("2010-01-01", "2010-12-31", "2009-01-01", "2010-01-01", false),
            ("2010-01-01", "2010-12-31", "2010-03-01", "2010-03-02", false),
            ("2010-01-01", nil, "2030-01-01", nil, false),
            ("2010-01-01", nil, "2001-01-01", "2009-12-31", true),
            ("2010-01-01", nil, "2001-01-01", nil, false),
        ] as [(String, String?, String, String?, Bool)])
    func `the same category never holds twice on a day`(
        from: String, to: String?, newFrom: String, newTo: String?, isAccepted: Bool
    ) throws {
        try bench.handle(assertion(from: from, to: to))
        let outcome = try bench.handle(assertion(from: newFrom, to: newTo))
        if isAccepted {
            #expect(outcome.isAccepted)
        } else {
            expectRefusal(outcome, "category_overlaps", at: "/validFrom")
        }
    }

    @Test func `other categories and other subjects may hold at the same time`() throws {
        try bench.handle(assertion())
        #expect(try bench.handle(assertion(AssertionID(UUID()), .lowIncome)).isAccepted)
        #expect(try bench.handle(assertion(of: child.person.uuid)).isAccepted)
    }

    @Test func `a category may hold again once it was ended`() throws {
        let first = try assertion()
        try bench.handle(first)
        try bench.handle(end(first.assertion, on: "2019-08-01"))
        expectRefusal(
            try bench.handle(assertion(from: "2019-07-31")), "category_overlaps", at: "/validFrom")
        #expect(try bench.handle(assertion(from: "2019-08-01")).isAccepted)
    }

    // MARK: Verify

    @Test func `a proposed category is verified once`() throws {
        let command = try assertion()
        try bench.handle(command)
        let outcome = try bench.handle(verify(command.assertion))
        #expect(outcome.fact(CategoryVerified.self)?.household == household)
        #expect(outcome.fact(CategoryVerified.self)?.validFrom == command.validFrom)
        #expect(outcome.emissions.first?.sequence == 2)
        expectRefusal(
            try bench.handle(verify(command.assertion)), "already_verified", at: "/assertion")
    }

    @Test func `the first fact of a category registered with its household has number 1`() throws {
        let id = HouseholdID(UUID())
        let category = try RegistrySamples.category(of: id.uuid, verified: false)
        try bench.handle(
            RegistrySamples.household(
                id, members: [RegistrySamples.member(7)], categories: [category]))
        #expect(try bench.handle(verify(category.assertion)).emissions.first?.sequence == 1)
    }

    @Test func `verifying waits for the assertion`() throws {
        let id = AssertionID(UUID())
        expectWait(
            try bench.handle(verify(id)), for: id.uuid, else: "unknown_assertion", at: "/assertion")
    }

    @Test func `an ended category is not verified any more`() throws {
        let command = try assertion()
        try bench.handle(command)
        try bench.handle(end(command.assertion))
        expectRefusal(
            try bench.handle(verify(command.assertion)), "category_ended", at: "/assertion")
    }

    @Test func `a publisher verifies only in its territories`() throws {
        let command = try assertion()
        try bench.handle(command)
        expectRefusal(
            try bench.handle(verify(command.assertion), territories: elsewhere), "out_of_scope",
            at: "/assertion")
    }

    // MARK: End

    @Test func `a verified category is ended and keeps when it was verified`() throws {
        let command = try assertion()
        try bench.handle(command)
        try bench.handle(verify(command.assertion))
        let outcome = try bench.handle(end(command.assertion))
        let fact = try #require(outcome.fact(CategoryEnded.self))
        #expect(fact.territory.rawValue == RegistrySamples.communities[0])
        #expect(outcome.emissions.first?.sequence == 3)
        let row = try #require(
            try bench.unit.find(CategoryAssertion.self, command.assertion.uuid))
        #expect(row.verifiedOn == (try RegistrySamples.date("2019-07-01")))
        #expect(row.endedOn == (try RegistrySamples.date("2019-08-01")))
    }

    @Test func `ending waits for the assertion`() throws {
        let id = AssertionID(UUID())
        expectWait(
            try bench.handle(end(id)), for: id.uuid, else: "unknown_assertion", at: "/assertion")
    }

    @Test func `a category is ended once`() throws {
        let command = try assertion()
        try bench.handle(command)
        try bench.handle(end(command.assertion))
        expectRefusal(
            try bench.handle(end(command.assertion)), "category_ended", at: "/assertion")
    }

    @Test func `a publisher ends only in its territories`() throws {
        let command = try assertion()
        try bench.handle(command)
        expectRefusal(
            try bench.handle(end(command.assertion), territories: elsewhere), "out_of_scope",
            at: "/assertion")
    }

    @Test(arguments: [
        ("2009-12-31", false), ("2010-01-01", true), ("2012-12-31", true), ("2013-01-01", false),
    ])
    func `a category ends only on a day on which it could hold`(
        day: String, isAccepted: Bool
    ) throws {
        let command = try assertion(to: "2012-12-31")
        try bench.handle(command)
        let outcome = try bench.handle(end(command.assertion, on: day))
        if isAccepted {
            #expect(outcome.isAccepted)
        } else {
            expectRefusal(outcome, "ends_outside_validity", at: "/endedOn")
            #expect(outcome.refusal?.expected == "a date from 2010-01-01 to 2012-12-31")
        }
    }

    // MARK: Revoke

    private func revoke(_ id: AssertionID, on day: String = "2020-06-30") throws -> RevokeCategory {
        RevokeCategory(
            assertion: id, revokedOn: try RegistrySamples.date(day), reason: "of 示例人二")
    }

    @Test func `a verified category that was wrong is revoked, and may be asserted again`() throws {
        let command = try assertion()
        try bench.handle(command)
        try bench.handle(verify(command.assertion))
        let outcome = try bench.handle(revoke(command.assertion))
        let fact = try #require(outcome.fact(CategoryRevoked.self))
        #expect(fact.validFrom == command.validFrom)
        #expect(fact.territory.rawValue == RegistrySamples.communities[0])
        #expect(outcome.emissions.first?.sequence == 3)
        #expect(try bench.handle(assertion()).isAccepted)
    }

    @Test func `a category that has ended is revoked too`() throws {
        let command = try assertion()
        try bench.handle(command)
        try bench.handle(verify(command.assertion))
        try bench.handle(end(command.assertion))
        #expect(try bench.handle(revoke(command.assertion)).isAccepted)
        let held = try bench.unit.find(CategoryAssertion.self, command.assertion.uuid)
        #expect(held?.endedOn == (try RegistrySamples.date("2019-08-01")))
    }

    @Test func `what is only proposed, or was revoked, is not revoked`() throws {
        let command = try assertion()
        try bench.handle(command)
        expectRefusal(
            try bench.handle(revoke(command.assertion)), "not_verified", at: "/assertion")
        try bench.handle(verify(command.assertion))
        expectRefusal(
            try bench.handle(revoke(command.assertion, on: "2019-06-30")), "revoked_too_early",
            at: "/revokedOn")
        try bench.handle(revoke(command.assertion))
        for again: any Command in [
            try revoke(command.assertion), try end(command.assertion),
            try verify(command.assertion),
        ] {
            expectRefusal(try bench.handle(again), "category_revoked", at: "/assertion")
        }
    }

    @Test func `a revocation waits for the assertion and keeps to the scope`() throws {
        let (command, other) = (try assertion(), AssertionID(UUID()))
        try bench.handle(command)
        expectWait(
            try bench.handle(revoke(other)), for: other.uuid, else: "unknown_assertion",
            at: "/assertion")
        expectRefusal(
            try bench.handle(revoke(command.assertion), territories: elsewhere), "out_of_scope",
            at: "/assertion")
    }
}
