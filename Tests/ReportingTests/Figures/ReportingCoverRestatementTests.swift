import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

/// Premiums, supplements and returns that are restated.
extension ReportingRestatementTests {
    @Test("Who ends a policy was insured, and is covered no longer; the premium came back beside")
    mutating func terminated() throws {
        let insured = facts.insured(id, households: 10)
        try take(insured)
        try take(
            PolicyTerminated(
                policy: PolicyID(UUID()), run: insured.run, product: insured.product,
                programme: insured.programme, territory: insured.territory, insured: .household,
                basis: insured.basis, policyYear: 2020, terminatedOn: ReportingFacts.reported,
                businessDate: ReportingFacts.reported, premiumFen: .yuan(80), returnedFen: .yuan(20)
            ))
        #expect(try figure("insured_households") == 10)
        #expect(try figure("households_covered", "2020") == 9)
        #expect(try figure("premium_paid_fen") == 80_000)
        #expect(try figure("premium_returned_fen") == 2_000)
    }

    @Test(
        "A premium that is taken back has insured nobody, whichever comes first",
        arguments: [false, true])
    mutating func premiumReversed(reversalFirst: Bool) throws {
        let cause = UUID()
        var insured = facts.insured(id, households: 10)
        insured.answer = cause
        var reversal = facts.reversed(.premium, of: id, by: cause, yuan: 800)
        (reversal.territory, reversal.basis) = (insured.territory, insured.basis)
        if reversalFirst { try bench.take(reversal, subject: UUID(), sequence: 1) }
        try take(insured, sequence: 9, cause: cause)
        if !reversalFirst { try bench.take(reversal, subject: UUID(), sequence: 1) }
        #expect(try figure("insured_households") == nil)
        #expect(try figure("households_covered", "2020") == nil)
        #expect(try figure("premium_paid_fen") == nil)
        // Another answer to the same run insures others of the community on the same basis.
        let later = UUID()
        insured.answer = later
        try take(insured, sequence: 12, cause: later)
        #expect(try figure("insured_households") == 10)
        #expect(try figure("premium_paid_fen") == 80_000)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test(
        "A supplement that is taken back has insured no persons, and has no smallest premium",
        arguments: [false, true])
    func supplementReversed(reversalFirst: Bool) throws {
        let cause = UUID()
        let insured = EnrolmentInsured(
            run: RunID(id), product: ProductID(id), programme: ReportingFacts.accidentInsurance,
            territory: ReportingFacts.community, basis: .bereaved, households: 4,
            premiumFen: .yuan(2_100), policyYear: 2020, businessDate: ReportingFacts.reported,
            persons: 7, answer: cause)
        var reversal = facts.reversed(.premium, of: id, by: cause, yuan: 2_100)
        reversal.basis = .bereaved
        if reversalFirst { try bench.take(reversal, subject: UUID(), sequence: 1) }
        try take(insured, sequence: 9, cause: cause)
        if !reversalFirst { try bench.take(reversal, subject: UUID(), sequence: 1) }
        for measure in ["insured_persons", "supplement_paid_fen", "supplement_min_fen"] {
            #expect(try figure(measure) == nil, "\(measure)")
        }
        #expect(try figure("persons_covered", "2020") == nil)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("A policy that goes on after all counts; ended again it does not", arguments: [0, 1, 2])
    mutating func terminationReversed(first: Int) throws {
        let (before, after) = (UUID(), UUID())
        let insured = facts.insured(UUID(), households: 10)
        try take(insured)
        let ended = PolicyTerminated(
            policy: PolicyID(id), run: insured.run, product: insured.product,
            programme: insured.programme, territory: insured.territory, insured: .household,
            basis: insured.basis, policyYear: 2020, terminatedOn: ReportingFacts.reported,
            businessDate: ReportingFacts.reported, premiumFen: .yuan(80), returnedFen: .yuan(20))
        var endedLater = ended
        endedLater.returnedFen = .yuan(15)
        let reversal = facts.reversed(.premiumReturn, of: id, by: before, yuan: 20)
        let steps: [(ReportingRestatementTests) throws -> Void] = [
            { try $0.take(ended, sequence: 1, cause: before) },
            { try $0.bench.take(reversal, subject: UUID(), sequence: 1) },
        ]
        for step in first == 1 ? steps.reversed() : steps { try step(self) }
        #expect(try figure("insured_households") == 10)
        #expect(try figure("premium_paid_fen") == 80_000)
        #expect(try figure("households_covered", "2020") == 10)
        #expect(try figure("policies_terminated") == nil)
        #expect(try figure("premium_returned_fen") == nil)
        #expect(try ReportingChecks.mismatches(bench) == 0)
        try take(endedLater, sequence: 2, cause: after)
        if first == 2 { for step in steps { try step(self) } }
        #expect(try figure("insured_households") == 10)
        #expect(try figure("households_covered", "2020") == 9)
        #expect(try figure("premium_paid_fen") == 80_000)
        #expect(try figure("policies_terminated") == 1)
        #expect(try figure("premium_returned_fen") == 1_500)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("A supplement is paid for persons, each of them the same")
    func supplement() throws {
        try take(
            EnrolmentInsured(
                run: RunID(id), product: ProductID(id), programme: ReportingFacts.accidentInsurance,
                territory: ReportingFacts.community, basis: .bereaved, households: 4,
                premiumFen: .yuan(2_100), policyYear: 2020, businessDate: ReportingFacts.reported,
                persons: 7))
        #expect(try figure("insured_persons") == 7)
        #expect(try figure("supplement_paid_fen") == 210_000)
        #expect(try figure("supplement_min_fen") == 30_000)
        #expect(try figure("supplement_max_fen") == 30_000)
        #expect(try figure("insured_households") == nil)
    }
}
