import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

/// A check-in that was sent in time takes an absence back, in whichever order the facts arrive.
@Suite struct ReportingLateShiftTests {
    private let bench: ServiceBench
    private let facts = ReportingFacts(seed: 1)
    private let id = UUID()

    init() throws { bench = try ServiceBench(Reporting.definition) }

    @Test(arguments: [[2, 5], [5, 2]] as [[Int64]])
    func `a shift that was completed after all is not missed`(order: [Int64]) throws {
        let completed = facts.served(id, by: PersonID(UUID()))
        let missed = ShiftMissed(completed.about, recordedOn: ReportingFacts.reported)
        for sequence in order {
            let fact: any Fact = sequence == 2 ? missed : completed
            try bench.take(fact, subject: id, sequence: sequence)
        }
        let other = UUID()
        try bench.take(
            ShiftMissed(
                facts.served(other, by: PersonID(UUID())).about,
                recordedOn: ReportingFacts.reported), subject: other, sequence: 2)
        #expect(try figure("shifts_completed") == 1)
        #expect(try figure("shifts_missed") == 1)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    private func figure(_ measure: String) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT value FROM cell_value
            WHERE measure = \(measure) AND period = 'all' AND territory = '350203' AND dimension = ''
            """
        ).first?.decode(Int64.self, at: 0)
    }
}
