import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Figures that follow what is so: cases, families, cover and audiences, on a real database")
struct ReportingRightTests {
    private let bench: ServiceBench
    private var facts = ReportingFacts(seed: 3)
    private let id = UUID()

    init() throws { bench = try ServiceBench(Reporting.definition) }

    // MARK: Audiences

    @Test("Two groups of one platform add up")
    func groups() throws {
        for (group, count) in [("group-1", 100), ("group-2", 50)] {
            let reach = UUID()
            var fact = facts.reached(reach, count: count, change: count)
            fact.account = group
            try bench.take(fact, subject: reach, sequence: 1)
        }
        #expect(try figure("followers") == 150)
    }

    // MARK: Cases

    @Test(
        "A loan whose payment is taken back never fell overdue, whichever comes first",
        arguments: [false, true])
    func overdueReversed(reversalFirst: Bool) throws {
        let posting = UUID()
        let steps: [() throws -> Void] = [
            { try bench.take(overdue(after: posting, on: "2020-03-20"), subject: id, sequence: 6) },
            {
                try bench.take(
                    reversed(.disbursement, posting: posting), subject: UUID(), sequence: 1)
            },
        ]
        for step in reversalFirst ? steps.reversed() : steps { try step() }
        #expect(try figure("loans_fell_overdue") == nil)
        #expect(try figure("capital_fell_overdue_fen") == nil)
        // Paid out once more, it may fall overdue once more.
        try bench.take(overdue(after: UUID(), on: "2020-06-20"), subject: id, sequence: 9)
        #expect(try figure("loans_fell_overdue") == 1)
        #expect(try figure("loans_fell_overdue", "2020-Q2") == 1)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test(
        "A loan has not caught up by a repayment that is taken back, whichever comes first",
        arguments: [false, true])
    func caughtUpReversed(reversalFirst: Bool) throws {
        let posting = UUID()
        let caughtUp = LoanCaughtUp(
            loan: LoanID(id), fund: FundID(id), programme: ReportingFacts.happinessProject,
            borrower: PersonID(id), territory: ReportingFacts.community,
            principalFen: .yuan(10_000), outstandingFen: .yuan(9_000),
            businessDate: ReportingFacts.date("2020-04-01"), posting: TransferID(posting))
        let steps: [() throws -> Void] = [
            { try bench.take(overdue(after: UUID(), on: "2020-03-20"), subject: id, sequence: 6) },
            { try bench.take(caughtUp, subject: id, sequence: 8) },
            {
                try bench.take(
                    reversed(.repayment, posting: posting), subject: UUID(), sequence: 1)
            },
        ]
        for step in reversalFirst ? steps.reversed() : steps { try step() }
        #expect(try figure("loans_caught_up") == nil)
        #expect(try figure("loans_fell_overdue") == 1)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test(
        "An approval whose release is taken back has not expired, whichever comes first",
        arguments: [false, true])
    func expiryReversed(reversalFirst: Bool) throws {
        let cause = UUID()
        let expired = LoanExpired(
            loan: LoanID(id), fund: FundID(id), programme: ReportingFacts.happinessProject,
            borrower: PersonID(id), territory: ReportingFacts.community,
            principalFen: .yuan(10_000), businessDate: ReportingFacts.date("2020-03-01"))
        let steps: [() throws -> Void] = [
            { try take(expired, sequence: 4, cause: cause) },
            {
                try bench.take(
                    facts.reversed(.release, of: id, by: cause), subject: UUID(), sequence: 1)
            },
        ]
        for step in reversalFirst ? steps.reversed() : steps { try step() }
        #expect(try figure("loans_expired") == nil)
        // It may expire once more, after all.
        try take(expired, sequence: 6, cause: UUID())
        #expect(try figure("loans_expired") == 1)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    private func overdue(after posting: UUID, on day: String) -> LoanFellOverdue {
        LoanFellOverdue(
            loan: LoanID(id), fund: FundID(id), programme: ReportingFacts.happinessProject,
            borrower: PersonID(id), territory: ReportingFacts.community,
            principalFen: .yuan(10_000), overdueFen: .yuan(800), outstandingFen: .yuan(10_000),
            businessDate: ReportingFacts.date(day), posting: TransferID(posting))
    }

    private func reversed(_ kind: TransferKind, posting: UUID) -> TransferReversed {
        var fact = facts.reversed(kind, of: id, by: UUID())
        fact.transfer = TransferID(posting)
        return fact
    }

    // MARK: Help

    /// Takes in a fact that followed from a message.
    private func take(_ fact: any Fact, sequence: Int64, cause: UUID) throws {
        let header = Header(
            id: UUID(), source: "test", type: type(of: fact).type, time: .now(),
            subject: id.uuidString.lowercased(), causationid: cause, sequence: sequence)
        try bench.take(published: [try MessageEncoder().encode(header, fact)])
    }

    private func figure(
        _ measure: String, _ period: String = "all", in territory: String = "350203",
        dimension: String = ""
    ) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT value FROM cell_value
            WHERE measure = \(measure) AND period = \(period) AND territory = \(territory)
              AND dimension = \(dimension)
            """
        ).first?.decode(Int64.self, at: 0)
    }
}
