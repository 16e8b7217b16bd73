import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// How PostgreSQL goes about the queries over a realistic amount of data: no table of a size is read as a whole.
@Suite struct FundingQueryPlanTests {
    typealias Samples = FundingSamples
    private let bench: ServiceBench
    private let source: ExplainingSource
    private let sample = PlanSample()

    init() throws {
        bench = try ServiceBench(Funding.definition, fill: Samples.rules + PlanSample.fill)
        source = ExplainingSource(bench.connection)
    }

    /// Tables that were read as a whole, besides those that have few rows.
    private var scans: Set<String> {
        source.scans.subtracting([
            "account", "enrolment_run", "fund", "grant_award", "reversal",
        ])
    }

    @Test func `the statement of a recent period reads recent postings`() throws {
        let told = try FundQueries.fund(
            GetFund(fund: FundID(sample.donations), from: try Samples.date("2023-06-01")),
            source.unit())
        #expect(!told.postings.isEmpty)
        #expect(scans == [])
        #expect(source.last.contains("transfer_statement"))
    }

    @Test func `a page of loans is read in the order of their territories`() throws {
        let district = try Samples.territory(Samples.district)
        let told = try LoanQueries.loans(ListLoans(territory: district), source.unit())
        #expect(told.loans.count == FundingPage.usual)
        #expect(scans == [])
    }

    @Test func `the loans of a borrower are found by the borrower`() throws {
        let row = try #require(try bench.connection.run("SELECT borrower FROM loan LIMIT 1").first)
        let told = try LoanQueries.loans(
            ListLoans(
                territory: Samples.territory(Samples.district),
                borrower: PersonID(row.decode(UUID.self, at: 0))), source.unit())
        #expect(told.loans.count == 1)
        #expect(scans == [])
    }

    @Test func `the policies of a family, and a page of those of a run, are found by their key`()
        throws
    {
        let unit = try source.unit()
        let insured = try #require(try sample.insured(bench.connection))
        let family = try PolicyQueries.policies(ListPolicies(subject: insured), unit)
        #expect(family.policies.count == 4)
        let run = try PolicyQueries.policies(ListPolicies(subject: sample.run(1)), unit)
        #expect(run.policies.count == FundingPage.usual)
        #expect(scans == [])
    }

    @Test func `a page of a list for the insurer reads a part of the run's lines`() throws {
        let insured = try #require(try sample.insured(bench.connection))
        let query = ListEnrolment(run: RunID(sample.submitted), after: insured)
        let told = try EnrolmentQueries.list(query, source.unit())
        #expect(told.lines.count <= FundingPage.usual)
        // Few withdraw their consent; who they are is looked up once.
        #expect(scans.subtracting(["insurer_consent", "person"]) == [])
    }

    @Test func `what is undecided is found by indexes of that alone`() throws {
        let district = try Samples.territory(Samples.district)
        let told = try DecisionQueries.decisions(ListDecisions(territory: district), source.unit())
        #expect(told.decisions.allSatisfy { $0.kind == .claim })
        #expect(told.decisions.count == FundingPage.usual)
        #expect(scans == [])
    }
}
