import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// Lists of loans and grants, on a real database.
@Suite struct FundingListQueryTests {
    typealias Samples = FundingSamples
    private let world: FundingWorld
    private let street: TerritoryCode

    init() throws {
        world = try FundingWorld.withPublishers()
        street = try Samples.territory(Samples.subdistrict)
    }

    // MARK: Loans

    private func fund() throws -> FundID {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
        return fund
    }

    private func loans(_ query: ListLoans, by publisher: String = "street") throws -> [LoanID] {
        try world.answer(LoansAnswer.self, query, by: publisher).loans.map(\.loan)
    }

    @Test func `a territory without loans and grants has empty lists`() throws {
        #expect(try loans(ListLoans(territory: street)).isEmpty)
        let grants = try world.answer(GrantsAnswer.self, ListGrants(territory: street))
        #expect(grants.grants.isEmpty && grants.next == nil)
    }

    @Test func `loans are listed by borrower, fund and state`() throws {
        let (fund, other) = (try fund(), try fund())
        let borrowers = [try world.mother(), try world.mother()]
        let active = try world.activeLoan(of: .yuan(12_000), from: fund, by: borrowers[0])
        let endorsed = try world.endorsedLoan(of: .yuan(20_000), from: other, by: borrowers[1])
        #expect(Set(try loans(ListLoans(territory: street))) == [active, endorsed])
        #expect(try loans(ListLoans(territory: street, borrower: borrowers[0])) == [active])
        #expect(try loans(ListLoans(territory: street, fund: other)) == [endorsed])
        #expect(try loans(ListLoans(territory: street, state: "active")) == [active])
        #expect(try loans(ListLoans(territory: street, fund: other, state: "active")).isEmpty)
        #expect(
            try world.refusal(ListLoans(territory: street, state: "running"), by: "street")
                == "unknown_state /data/state")
        #expect(try world.reads(of: borrowers[1].uuid, by: ListLoans.self) == 2)
    }

    @Test func `a merged id finds the loans of the survivor, and the other way round`() throws {
        let fund = try fund()
        let (home, survivor) = (HouseholdID(UUID()), PersonID(UUID()))
        try world.bench.take(
            try Samples.registered(home, survivor), subject: home.uuid, sequence: 1)
        let double = try world.mother()
        let loan = try world.activeLoan(of: .yuan(12_000), from: fund, by: double)
        try world.bench.take(
            try Samples.merged(double, into: survivor, in: home), subject: survivor.uuid,
            sequence: 2)
        for id in [survivor, double] {
            #expect(try loans(ListLoans(territory: street, borrower: id)) == [loan])
        }
    }

    @Test func `loans are paged by territory and id`() throws {
        let fund = try fund()
        for _ in 0..<5 {
            try world.accept(try Samples.apply(by: try world.mother(), to: fund))
        }
        var (seen, after): ([LoanID], LoanID?) = ([], nil)
        repeat {
            let page = try world.answer(
                LoansAnswer.self, ListLoans(territory: street, after: after, limit: 2))
            #expect(page.loans.count <= 2)
            seen += page.loans.map(\.loan)
            after = page.next
        } while after != nil
        #expect(seen == (try loans(ListLoans(territory: street))))
        #expect(seen.count == 5)
        let unknown = ListLoans(territory: street, after: LoanID(UUID()))
        #expect(try world.refusal(unknown, by: "operator") == "unknown_loan /data/after")
        #expect(try world.refusal(unknown, by: "street") == "out_of_scope /data/after")
    }

    @Test func `loans of other streets are not listed, and their borrowers not found`() throws {
        let loan = try world.activeLoan(of: .yuan(12_000), from: fund())
        let there = try Samples.territory("350203009")
        #expect(try loans(ListLoans(territory: there), by: "stranger").isEmpty)
        #expect(
            try world.refusal(ListLoans(territory: street), by: "stranger")
                == "out_of_scope /data/territory")
        let borrower = try world.answer(LoanAnswer.self, GetLoan(loan: loan)).loan.borrower
        for id in [borrower, PersonID(UUID())] {
            #expect(
                try world.refusal(ListLoans(territory: there, borrower: id), by: "stranger")
                    == "out_of_scope /data/borrower")
        }
        #expect(
            try world.refusal(
                ListLoans(territory: there, borrower: PersonID(UUID())), by: "operator")
                == "unknown_borrower /data/borrower")
    }

    // MARK: Grants

    @Test func `grants are listed by household and state, and paged`() throws {
        let budget = try world.budget(of: .yuan(1_000), cash: .yuan(1_000)).budget
        let family = try world.family(.bereaved)
        let given = GrantID(UUID())
        try world.accept(
            try Samples.request(
                .yuan(100), from: budget, for: family, kind: .condolence, grant: given))
        let paid = try world.paidGrant(of: .yuan(200), from: budget)
        func list(
            _ household: HouseholdID? = nil, _ state: String? = nil
        ) throws -> [GrantAnswer] {
            try world.answer(
                GrantsAnswer.self, ListGrants(territory: street, household: household, state: state)
            ).grants
        }
        #expect(Set(try list().map(\.grant)) == [given, paid])
        #expect(try list(family).map(\.grant) == [given])
        #expect(try list(family).first?.state == "requested")
        #expect(try list(nil, "paid").map(\.keptFen) == [.yuan(200)])
        #expect(try list(family, "paid").isEmpty)
        #expect(try world.reads(of: family.uuid, by: ListGrants.self) == 3)
        let first = try world.answer(
            GrantsAnswer.self, ListGrants(territory: street, limit: 1))
        let second = try world.answer(
            GrantsAnswer.self, ListGrants(territory: street, after: first.next, limit: 1))
        #expect(Set((first.grants + second.grants).map(\.grant)) == [given, paid])
        #expect(second.next == nil)
    }

    @Test func `a household of another street, or of none, has no grants to list`() throws {
        let family = try world.family(.bereaved)
        let there = try Samples.territory("350203009")
        for id in [family, HouseholdID(UUID())] {
            #expect(
                try world.refusal(ListGrants(territory: there, household: id), by: "stranger")
                    == "out_of_scope /data/household")
        }
        let unknown = ListGrants(territory: street, household: HouseholdID(UUID()))
        #expect(try world.refusal(unknown, by: "operator") == "unknown_household /data/household")
        #expect(
            try world.refusal(ListGrants(territory: street, after: GrantID(UUID())), by: "operator")
                == "unknown_grant /data/after")
        #expect(
            try world.refusal(ListGrants(territory: street, state: "given"), by: "street")
                == "unknown_state /data/state")
    }
}
