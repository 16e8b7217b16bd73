import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding
@testable import Reporting
@testable import ServiceKit

@Suite("A journal that is sent again for a rebuild, on real databases")
struct RebuildReplayTests {
    private let reporting: ServiceBench
    /// Three workers, each with facts of its own in the journal.
    private let funding: [ServiceBench]
    private let digest: String?

    /// All is applied once, and the rebuild has begun.
    init() throws {
        reporting = try ServiceBench(Reporting.definition)
        let first = try ServiceBench(Funding.definition)
        funding =
            try [first]
            + (1...2).map { _ in
                try ServiceBench(Funding.definition, url: first.url)
            }
        let fund = FundID(UUID())
        try first.decide(
            OpenFund(
                fund: fund, kind: .donation, programme: ReportingFacts.oneYuan,
                territory: ReportingFacts.district, nameZh: "示例", nameEn: "Sample",
                openedOn: ReportingFacts.reported))
        for worker in funding {
            for _ in 1...3 {
                let donation = ReceiveDonation(
                    donation: DonationID(UUID()), fund: fund, campaign: "one-yuan-donation",
                    territory: ReportingFacts.community, amountFen: .yuan(1),
                    receivedOn: ReportingFacts.reported)
                #expect(try worker.decide(donation).status == "accepted")
            }
        }
        for worker in funding { try reporting.take(published: worker.bodies) }
        digest = try ReportingChecks.digest(reporting)
        try reporting.decide(RebuildCells(reason: "a test"))
        try first.take(published: reporting.bodies)
        for fact in [
            RegistryJournalSent(ReplayedFacts(rebuild: 1, facts: [], isLast: true)) as any Fact,
            EventsJournalSent(ReplayedFacts(rebuild: 1, facts: [], isLast: true)),
        ] {
            try reporting.take(fact, subject: UUID(), sequence: 1)
        }
    }

    @Test func `in whatever order its parts are taken in, the rebuild waits for all of them`()
        throws
    {
        var parts: [[[UInt8]]] = []
        while let part = try next() {
            parts.append(part.publications.map(\.body))
            try note(part)
        }
        #expect(parts.count == 3, "one for each worker's part of the journal")
        for part in parts.reversed() {
            #expect(try !isWhole())
            try reporting.take(published: part)
        }
        #expect(try isWhole())
        #expect(try ReportingChecks.digest(reporting) == digest)
    }

    @Test func `the last word is waited with until all that it speaks of has come`() throws {
        var facts: [[UInt8]] = []
        while let part = try next() {
            let bodies = part.publications.map(\.body)
            facts += bodies.dropLast()
            // Another worker holds the facts still.
            try reporting.take(published: bodies.suffix(1))
            try note(part)
        }
        for fact in facts {
            #expect(try !isWhole())
            try reporting.take(published: [fact])
        }
        #expect(try isWhole())
        #expect(try ReportingChecks.digest(reporting) == digest)
    }

    @Test func `a service that is killed before it has noted what it sent sends it again`() throws {
        let lost = try #require(try next())
        try reporting.take(published: lost.publications.map(\.body))
        #expect(try !isWhole())
        let again = try #require(try next())
        #expect(
            again.publications.dropLast().map(\.id) == lost.publications.dropLast().map(\.id))
        while let part = try next() {
            #expect(try !isWhole())
            try reporting.take(published: part.publications.map(\.body))
            try note(part)
        }
        #expect(try isWhole())
        #expect(try ReportingChecks.digest(reporting) == digest)
    }

    @Test func `a journal that fills its last part to the brim is said to be all`() throws {
        try funding[0].connection.script(
            """
            INSERT INTO journal (owner, position, id, type, subject, sequence, cause, time, body)
            SELECT 1000, n, gen_random_uuid(), '\(DonationReceived.type)', 'donation', 1,
                   gen_random_uuid(), now(), ''
            FROM generate_series(1, 1999) AS n;
            INSERT INTO replay (owner, destination, sent, until, rebuild)
            VALUES (1000, 'rebuild', 0, 1999, 1);
            """)
        var told: [FundingJournalSent] = []
        while let part = try next() {
            let last = try #require(part.publications.last)
            // It names no more facts than the limit, or it could not be read.
            let message = try Catalogue(Catalogue.all).decode(last.body)
            told.append(try #require(message.payload as? FundingJournalSent))
            try note(part)
        }
        #expect(told.map(\.isLast) == [false, false, false, true])
        #expect(told.last?.facts.count == FundingJournalSent.limit)
    }

    // MARK: Help

    private func next() throws -> Replays.Part? {
        try Replays.next(funding[0].connection, "funding", now: .now())
    }

    /// As when the broker has confirmed it.
    private func note(_ part: Replays.Part) throws {
        _ = try funding[0].connection.run(part.sent)
    }

    private func isWhole() throws -> Bool {
        try Rebuilds.finish(reporting.connection, now: .now())
        return try reporting.connection.run(Rebuilds.goingOn).isEmpty
    }
}
