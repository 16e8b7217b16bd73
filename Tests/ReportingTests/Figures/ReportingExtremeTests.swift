import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Numbers as large as they come stop neither figures nor editions")
struct ReportingExtremeTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(Reporting.definition) }

    @Test("Sums that no number holds are cut, and figures and checks are made all the same")
    func cutSums() throws {
        var facts = ReportingFacts(seed: 1)
        for day in ["2019-12-31", "2020-01-05", "2020-03-01"] {
            let day = ReportingFacts.date(day)
            try take(
                facts.household(UUID(), members: 2, in: ReportingFacts.community, on: day))
            try take(facts.donated(UUID(), yuan: 1))
        }
        let most: Int64 = 4_000_000_000_000_000_000
        for table in ["contribution", "delta"] {
            _ = try bench.connection.run(
                Statement(trusted: "UPDATE \(table) SET times = \(most), amount = \(most)"))
        }
        #expect(try figure("households_registered", "2019") == most)
        #expect(try figure("households_registered", "all") == .max)
        try ReportingChecks.rollUpAll(bench)
        #expect(try figure("donations_fen", "all", "one-yuan-donation") == .max)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("Amounts that no number holds together do not keep an edition from being made")
    func edition() throws {
        var facts = ReportingFacts(seed: 2)
        for day in ["2019-12-31", "2020-01-05", "2020-03-01"] {
            let day = ReportingFacts.date(day)
            try take(facts.household(UUID(), members: 2, in: ReportingFacts.community, on: day))
            try take(facts.donated(UUID(), yuan: 1))
            try take(facts.granted(UUID(), to: HouseholdID(UUID()), yuan: 1))
        }
        for table in ["contribution", "delta"] {
            _ = try bench.connection.run(
                Statement(
                    trusted: """
                        UPDATE \(table) SET amount = 4000000000000000000
                        WHERE source <> 'registration'
                        """))
        }
        try ReportingChecks.rollUpAll(bench)
        #expect(try ReportingChecks.write(bench) > 0)
    }

    @Test("A fact that counts more than a record can is set aside, and those beside it count")
    func tooLargeFact() throws {
        var facts = ReportingFacts(seed: 1)
        let session = SessionID(UUID())
        let items: [any Contributing] = [
            facts.counted(UUID(), session, .max), facts.counted(UUID(), session, .min),
            facts.reached(UUID(), change: .min),
            EnrolmentInsured(
                run: RunID(UUID()), product: ProductID(UUID()),
                programme: ReportingFacts.accidentInsurance, territory: ReportingFacts.community,
                basis: .lowIncome, households: .min, premiumFen: .zero, policyYear: 2020,
                businessDate: ReportingFacts.reported),
        ]
        try bench.take(
            items.map { ($0 as any Fact, UUID(), Int64(1), UUID()) }
                + [(facts.donated(UUID(), yuan: 7), UUID(), 1, UUID())])
        let codes = try bench.connection.run("SELECT code FROM dead_letter").map {
            try $0.decode(String.self, at: 0)
        }
        #expect(codes == Array(repeating: "contribution_too_large", count: 3))
        #expect(try figure("donations_fen", "all", "one-yuan-donation") == 700)
    }

    // MARK: Help

    private func take(_ fact: some Contributing) throws {
        try bench.take(fact, subject: UUID(), sequence: 1)
    }

    private func figure(
        _ measure: String, _ period: String, _ programme: String = ""
    ) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT value FROM cell_value
            WHERE measure = \(measure) AND period = \(period) AND programme = \(programme)
              AND territory = '350203' AND dimension = ''
            """
        ).first?.decode(Int64.self, at: 0)
    }
}
