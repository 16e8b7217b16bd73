import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Reporting
@testable import ServiceKit

/// A life of reporting's database, and its part of the stream.
final class PublishingLife {
    let bench: ServiceBench
    private(set) var stream: [[UInt8]] = []
    private var facts = ReportingFacts(seed: 11)
    private let encoder = MessageEncoder()
    private static let programme = "happiness-project"
    /// 2025 is settled, 2026 goes on.
    private static let now = "2026-11-29T02:00:00Z"

    init() throws {
        bench = try ServiceBench(Reporting.definition)
        try PublicPlan.families(inCommunities: ["disbursement"]).apply(bench.connection)
        try Epochs.begin(bench.connection, now: .now())
        try beat()
    }

    /// Makes this, which has the same figures, a database that was restored from a backup of another one.
    func restore(from other: PublishingLife, mark: String) throws {
        let epoch = try other.number("SELECT number FROM epoch")
        _ = try bench.connection.run("UPDATE epoch SET number = \(epoch), mark = \(mark)")
        try Epochs.begin(bench.connection, now: .now())
        stream = []
    }

    /// Reads what was published, and the first heartbeat of its own, in small pieces.
    /// - Returns: what is known then of what was forgotten.
    func read(_ published: [[UInt8]], isWhole: Bool = true) throws -> String {
        if isWhole { try beat() }
        let messages = (published + stream).enumerated().map {
            StreamMessage(offset: Int64($0.offset), body: $0.element)
        }
        let now = try #require(Timestamp(Self.now))
        var isOver = false
        for start in stride(from: 0, to: messages.count, by: 5) {
            isOver = try ForgottenEditions.take(
                Array(messages[start...].prefix(5)), bench.connection, now: now)
        }
        #expect(isOver == isWhole)
        return try past()
    }

    func past() throws -> String {
        let rows = try bench.connection.run("SELECT past FROM epoch")
        return try #require(rows.first).decode(String.self, at: 0)
    }

    // MARK: What comes in

    /// So many loans in each of the communities of one subdistrict.
    func lend(
        _ counts: [Int], in subdistrict: String = "350203006", on day: String = "2020-05-26"
    ) throws {
        for (id, loan) in facts.disbursed(counts, in: subdistrict, on: day) {
            try bench.take(loan, subject: id, sequence: 1)
        }
    }

    // MARK: What goes out

    /// Makes an edition and publishes it.
    /// - Returns: its number.
    @discardableResult
    func publish(at time: String? = nil, revises: Bool = false) throws -> Int64 {
        let now = try #require(Timestamp(time ?? Self.now))
        try ReportingChecks.write(bench, now: now, everything: false, revises: revises)
        let number = try number("SELECT max(number) FROM edition")
        for dataset in Dataset.allCases { try send(dataset.rawValue) }
        let epoch = try self.number("SELECT number FROM epoch")
        try send(
            EditionPublished(edition: number, epoch: epoch, asOf: now, changed: 0, positions: []))
        _ = try bench.connection.pipeline(EditionNews.inForce(number, now))
        try beat()
        return number
    }

    private func send(_ dataset: String) throws {
        while true {
            let states = try DatasetState.all({ try bench.connection.run($0) }, confirmed: true)
            var state = try #require(states.first { $0.name == dataset })
            let summaries = try EditionNews.unpublished(dataset, bench.connection)
            guard !summaries.isEmpty else { return }
            for summary in summaries {
                stream.append(try summary.publication(in: state.epoch, encoder).body)
                try state.take(summary, encoder)
            }
            _ = try bench.connection.run(EditionNews.confirmed(state))
        }
    }

    private func beat() throws {
        for state in try DatasetState.all({ try bench.connection.run($0) }) {
            try send(
                HeartbeatSent(
                    dataset: state.name, epoch: state.epoch, seq: state.seq, cells: state.cells,
                    digest: state.digest.description))
        }
    }

    private func send(_ fact: some Fact) throws {
        let header = Header(
            id: UUID(), source: "nuanxin/reporting", type: type(of: fact).type, time: .now())
        stream.append(try encoder.encode(header, fact))
    }

    // MARK: What is public

    private func number(_ statement: Statement) throws -> Int64 {
        try #require(bench.connection.run(statement).first).decode(Int64.self, at: 0)
    }

    private func figure(_ territory: String, _ period: String) throws -> PublishedFigure? {
        let state = try ReportingChecks.state(bench, "funding")
        return try DatasetState.snapshot(of: "funding", at: state.seq, after: 0, limit: 5_000) {
            try bench.connection.run($0)
        }.map { $0.published(in: 1) }.first {
            $0.key.territory.rawValue == territory && $0.key.period == period
                && $0.key.programme == Self.programme
        }?.measures["loans_disbursed"]
    }

    /// Nil if it is hidden or not there.
    func loans(_ territory: String, _ period: String) throws -> Int64? {
        try figure(territory, period)?.value
    }

    func state(_ territory: String, _ period: String) throws -> FigureState? {
        try figure(territory, period)?.state
    }

    /// The parts of hidden counts that earlier editions tell.
    func told() throws -> [String] {
        try bench.connection.run(
            """
            SELECT territory || ' ' || low || '…' || high FROM settled_cell
            WHERE showing <> '-' AND low IS NOT NULL ORDER BY territory
            """
        ).map { try $0.decode(String.self, at: 0) }
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
}
