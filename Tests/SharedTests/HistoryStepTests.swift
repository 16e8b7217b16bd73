import Foundation
import Messages
import Testing

@testable import ServiceKit

/// Every fact can be a step of a history, and every step has a business date.
@Suite("The business dates of all facts")
struct HistoryStepTests {
    private static let facts: [any Fact.Type] =
        Catalogue.registryFacts + Catalogue.fundingFacts + Catalogue.eventsFacts

    /// They tell of a journal as a whole, and no record's history has them.
    private static let ofJournals: Set<String> = [
        RegistryJournalSent.type, FundingJournalSent.type, EventsJournalSent.type,
    ]

    /// The names of a fact's dates, and whether each is always there.
    private static func dates(of type: any Fact.Type) throws -> [(name: String, isRequired: Bool)] {
        guard case .object(_, let fields) = try Shape(of: type).kind else { return [] }
        let names = try Regex(HistoryReading.dayNames)
        return fields.compactMap { field in
            guard case .value("BusinessDate", _) = field.shape.kind,
                field.name.contains(names)
            else { return nil }
            return (field.name, field.isRequired)
        }
    }

    /// The name of the date that is taken for the fact's. Each has another day.
    private static func day(of type: String, _ names: [String]) throws -> String? {
        let first = try #require(BusinessDate("2020-01-01"))
        let dates = names.enumerated().map { ($1, first.adding(days: $0)) }
        let text = dates.map { "\($0)=\($1)" }.joined(separator: " ")
        let found = HistoryReading.day(of: type, text)
        return dates.first { $0.1 == found }?.0
    }

    @Test(arguments: facts.map { $0.type })
    func `Each step has one, with or without the fields that may be missing`(
        _ name: String
    ) throws {
        let type = try #require(Self.facts.first { $0.type == name })
        let dates = try Self.dates(of: type)
        let day = try Self.day(of: name, dates.map(\.name))
        guard !Self.ofJournals.contains(name), !HistoryReading.undated.contains(name) else {
            #expect(day == nil)
            return
        }
        #expect(day != nil, "of \(dates.map(\.name))")
        let missing = dates.filter { !$0.isRequired && $0.name != day }.map(\.name)
        for gone in missing.map({ [$0] }) + [missing] {
            let rest = dates.map(\.name).filter { !gone.contains($0) }
            #expect(try Self.day(of: name, rest) == day, "without \(gone)")
        }
    }

    @Test(arguments: [
        (CategoryAsserted.type, "validFrom"), (CategoryCorrected.type, "correctedOn"),
        (ConsentVoided.type, "voidedOn"), (DeathCorrected.type, "correctedOn"),
        (MoveVoided.type, "voidedOn"), (MemberVoided.type, "voidedOn"),
        (MemberCorrected.type, "correctedOn"), (SiteCorrected.type, "correctedOn"),
        (SiteReopened.type, "reopenedOn"), (HandoverDecided.type, "decidedOn"),
        (SessionMoved.type, "correctedOn"), (CaseworkVoided.type, "correctedOn"),
        (DistributionVoided.type, "correctedOn"), (AttendanceReviewClosed.type, "closedOn"),
        (ClaimDeclined.type, "decidedOn"), (LoansAged.type, "asOf"),
        (LoanRepaid.type, "businessDate"), (PersonMoved.type, "movedOn"),
    ])
    func `It is that of the step, and not of what the step is about`(
        _ name: String, _ day: String
    ) throws {
        let type = try #require(Self.facts.first { $0.type == name })
        #expect(try Self.day(of: name, Self.dates(of: type).map(\.name)) == day)
    }
}
