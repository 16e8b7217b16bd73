import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

/// Reporting on a database of its own, for tests of editions: a district however small is exact, and loans and grants are public
/// in communities too.
struct EditionWorld {
    let bench: ServiceBench
    let facts = ReportingFacts(seed: 11)
    static let programme = "happiness-project"
    /// 2020 is settled, 2026 goes on.
    static let now = Timestamp("2026-11-29T02:00:00Z") ?? .now()

    init() throws {
        bench = try ServiceBench(Reporting.definition)
        try PublicPlan.families(inCommunities: ["disbursement", "grant"]).apply(bench.connection)
        try Epochs.begin(bench.connection, now: .now())
    }

    // MARK: What comes in

    /// So many loans in each of the communities of one subdistrict.
    func lend(
        _ counts: [Int], in subdistrict: String = "350203006", on day: String = "2020-05-26"
    ) throws {
        var facts = facts
        for (id, loan) in facts.disbursed(counts, in: subdistrict, on: day) {
            try bench.take(loan, subject: id, sequence: 1)
        }
    }

    /// So many loans of a community are taken back.
    func takeBack(_ count: Int, in community: String) throws {
        let taken = try bench.connection.run(
            """
            WITH gone AS (
                UPDATE contribution SET counts = false
                WHERE record IN (SELECT record FROM contribution
                                 WHERE source = 'disbursement' AND territory = \(community) AND counts
                                 LIMIT \(Int64(count)))
                RETURNING source, territory, day, programme, dimension, times, amount
            )
            INSERT INTO delta (source, territory, day, programme, dimension, records, times, amount,
                               is_correction)
            SELECT source, territory, day, programme, dimension, -1, -times, -amount, true FROM gone
            RETURNING 1
            """)
        #expect(taken.count == count)
    }

    func donate(_ count: Int) throws {
        var facts = facts
        for _ in 0..<count {
            let id = UUID()
            try bench.take(facts.donated(id, yuan: 100), subject: id, sequence: 1)
        }
    }

    func name(_ codes: [String]) throws {
        try bench.take(ReportingFacts.loaded(codes), subject: UUID(), sequence: 1)
    }

    // MARK: Editions

    func next(_ now: Timestamp) throws -> (edition: Editions.Due, isDue: Bool)? {
        try Editions.next(bench.connection, now: now, afterSeconds: 0)
    }

    func publish(at time: String? = nil, revises: Bool = false) throws {
        let now = try time.map { try #require(Timestamp($0)) } ?? Self.now
        try ReportingChecks.write(bench, now: now, everything: false, revises: revises)
        try inForce()
    }

    /// As the broker would have confirmed it.
    func inForce() throws {
        for dataset in Dataset.allCases {
            while true {
                let states = try DatasetState.all({ try bench.connection.run($0) }, confirmed: true)
                var state = try #require(states.first { $0.name == dataset.rawValue })
                let summaries = try EditionNews.unpublished(dataset.rawValue, bench.connection)
                guard !summaries.isEmpty else { break }
                for summary in summaries { try state.take(summary, MessageEncoder()) }
                _ = try bench.connection.run(EditionNews.confirmed(state))
            }
        }
        let last = try bench.connection.run("SELECT max(number) FROM edition")
        _ = try bench.connection.pipeline(
            EditionNews.inForce(#require(last.first).decode(Int64.self, at: 0), Self.now))
    }

    // MARK: What they say

    func cells() throws -> [CellChanged] {
        let state = try ReportingChecks.state(bench, "funding")
        return try DatasetState.snapshot(of: "funding", at: state.seq, after: 0, limit: 5_000) {
            try bench.connection.run($0)
        }.map { $0.published(in: 1) }
    }

    /// The figures of a cell as everybody sees them; none if there is no such cell.
    func measures(
        _ territory: String, _ period: String, _ programme: String = EditionWorld.programme
    ) throws -> [String: PublishedFigure] {
        try cells().first {
            $0.key.territory.rawValue == territory && $0.key.period == period
                && $0.key.programme == programme
        }?.measures ?? [:]
    }

    /// The figure as everybody sees it; nil if it is hidden or not there.
    func figure(
        _ measure: String, _ territory: String, _ period: String, _ programme: String
    ) throws -> Int64? {
        try measures(territory, period, programme)[measure]?.value
    }

    func loans(_ territory: String, _ period: String) throws -> Int64? {
        try figure("loans_disbursed", territory, period, Self.programme)
    }

    func stored(_ territory: String, _ period: String) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT figures[array_position(measures, 'loans_disbursed')] FROM summary
            WHERE territory = \(territory) AND period_name(span, start) = \(period)
              AND superseded_by IS NULL AND dataset = 'funding'
            """
        ).first?.decode(optional: Int64.self, at: 0)
    }

    /// The different letters of its figures.
    func hiding(_ territory: String, _ period: String) throws -> Set<Character> {
        let rows = try bench.connection.run(
            """
            SELECT hiding FROM summary
            WHERE territory = \(territory) AND period_name(span, start) = \(period)
              AND superseded_by IS NULL AND dataset = 'funding'
            """)
        return try Set(rows.flatMap { try $0.decode(String.self, at: 0) })
    }

    /// Why the last edition leaves something out.
    func gaps() throws -> [String] {
        try bench.connection.run(
            """
            SELECT DISTINCT why FROM edition_gap
            WHERE edition = (SELECT max(number) FROM edition) ORDER BY why
            """
        ).map { try $0.decode(String.self, at: 0) }
    }

    /// Of 2020.
    func households(_ territory: String) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT figures[array_position(measures, 'households_registered')] FROM summary
            WHERE territory = \(territory) AND span = 'year' AND start = '2020-01-01'
              AND superseded_by IS NULL AND dataset = 'families'
            """
        ).first?.decode(optional: Int64.self, at: 0)
    }
}
