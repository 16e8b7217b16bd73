import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// One worker takes in an answer of the insurer, and another one that whom it insures has died, at the same time.
@Suite struct FundingCoverRaceTests {
    typealias Samples = FundingSamples

    /// An answer of the insurer, and the deaths of all whom its policy insures.
    private struct Prepared: Sendable {
        let url: String
        let fund: FundID
        let answer: ReconcileEnrolment
        let deaths: [PersonDied]
    }

    private func prepare(_ insured: InsuredKind) throws -> Prepared {
        let cover = try FundingCover(insured, premium: .yuan(insured == .person ? 300 : 80))
        let family =
            insured == .person
            ? try cover.family([(.head, "1960-01-01")]) : try #require(cover.families(1).first)
        let today = Timestamp.now().businessDay
        let run = try cover.submittedRun(
            try cover.open(
                year: today.adding(days: -60).year, from: today.adding(days: -60).description,
                to: today.adding(days: 200).description))
        let registry = cover.world.bench.registry
        return Prepared(
            url: cover.world.bench.url, fund: cover.fund, answer: try cover.reconcile(run),
            deaths: try family.members.map {
                registry.told(try Samples.died($0.id, on: "2020-05-01"))
            })
    }

    /// How many sessions wait for a lock that another one holds.
    private static func waiting(_ connection: Connection) throws -> Int64 {
        try #require(
            connection.run(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """
            ).first
        ).decode(Int64.self, at: 0)
    }

    /// - Returns: false if so many did not wait in time.
    @discardableResult
    private static func wait(
        until count: Int64, for seconds: Double, _ connection: Connection
    ) throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while try waiting(connection) < count {
            guard ContinuousClock.now < end else { return false }
            Thread.sleep(forTimeInterval: 0.02)
        }
        return true
    }

    /// The answer is held when it has looked for who is gone and is not committed: its premium waits for the fund's cash. Then the
    /// deaths come. Their worker must wait for the answer, or it sees no policy.
    @Test(arguments: [InsuredKind.household, .person])
    func `a death that comes before the answer is committed demands the end of the cover`(
        _ insured: InsuredKind
    ) async throws {
        try await onThread {
            let prepared = try prepare(insured)
            let codes = try Threads.run(3) { index, ready -> String in
                let connection = try Connection(PostgresConfiguration(url: prepared.url))
                switch index {
                case 0:
                    _ = try connection.run("BEGIN")
                    _ = try connection.run("SELECT lock_cash(\(prepared.fund.uuid))")
                    ready()
                    try Self.wait(until: 2, for: 3, connection)
                    _ = try connection.run("ROLLBACK")
                    return ""
                case 1:
                    let bench = try ServiceBench(Funding.definition, url: prepared.url)
                    ready()
                    return try bench.decide(prepared.answer).status ?? ""
                default:
                    let bench = try ServiceBench(Funding.definition, url: prepared.url)
                    ready()
                    #expect(try Self.wait(until: 1, for: 3, connection))
                    for death in prepared.deaths {
                        try bench.take(death, subject: death.person.uuid, sequence: 1)
                    }
                    return ""
                }
            }
            #expect(codes.contains("accepted"))
            let connection = try Connection(PostgresConfiguration(url: prepared.url))
            let open = try connection.run(
                "SELECT subject FROM task WHERE kind = 'end_cover' AND settled_on IS NULL")
            #expect(open.count == 1)
            #expect(try connection.run("SELECT FROM parked").count == 0)
        }
    }
}
