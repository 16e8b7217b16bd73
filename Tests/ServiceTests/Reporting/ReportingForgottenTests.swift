import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Reporting
@testable import ServiceKit

/// One life of the database goes on from a backup; another begins with what was in it, and reads what the first one has
/// published on the stream.
@Suite("Editions that a restore has forgotten, on real databases")
struct ReportingForgottenTests {
    private let first: PublishingLife

    init() throws { first = try PublishingLife() }

    /// Plays what was there when the backup was made.
    private func restored(
        mark: String = "restored", _ play: (PublishingLife) throws -> Void
    ) throws -> PublishingLife {
        try play(first)
        let second = try PublishingLife()
        try play(second)
        try second.restore(from: first, mark: mark)
        return second
    }

    private func lentAndPublished(_ life: PublishingLife) throws {
        try life.lend([30, 40])
        try life.publish()
    }

    // MARK: The stream has them

    @Test func `what a forgotten edition showed stays until the figures are the same again`() throws
    {
        let second = try restored(lentAndPublished)
        try first.lend([6])
        try first.publish()
        #expect(try second.read(first.stream) == "read")
        try second.lend([5])
        try second.publish()
        #expect(try second.loans("350203", "2020") == 75)
        #expect(try second.loans("350203006001", "2020") == 36, "30 and 5 would tell of one")
        #expect(try second.loans("350203006", "2020") == 76)
        #expect(try second.loans("350203006", "all") == 76)
        #expect(try second.gaps() == ["forgotten"])
        try second.lend([1])
        try second.publish()
        #expect(try second.loans("350203006001", "2020") == 36)
        #expect(try second.gaps() == [])
        try second.lend([2])
        try second.publish()
        #expect(try second.loans("350203006001", "2020") == 36)
        #expect(try second.gaps() == ["waiting"], "as always")
        try second.lend([4])
        try second.publish()
        #expect(try second.loans("350203006001", "2020") == 42, "one of many")
    }

    @Test func `asked for, a correction of what a forgotten edition showed is hidden`() throws {
        let second = try restored { life in
            try life.lend([30, 40, 50])
            try life.lend([60], in: "350203007")
            try life.publish()
        }
        try first.lend([6])
        try first.publish()
        #expect(try second.read(first.stream) == "read")
        try second.lend([5])
        try second.publish(revises: true)
        #expect(try second.state("350203006001", "2020") == .suppressed)
        #expect(try second.loans("350203", "2020") == 185)
    }

    @Test func `what a forgotten edition hid stays hidden`() throws {
        let second = try restored { life in
            try life.lend([30, 40, 50])
            try life.lend([60], in: "350203007")
            try life.publish()
        }
        try first.lend([2])
        try first.publish(revises: true)
        #expect(try first.state("350203006001", "2020") == .suppressed)
        #expect(try second.loans("350203006001", "2020") == 30, "as in the backup")
        #expect(try second.read(first.stream) == "read")
        try second.publish()
        #expect(try second.state("350203006001", "2020") == .suppressed)
        #expect(try second.gaps() == [])
    }

    @Test func `what forgotten editions showed before they hid it is remembered as told`() throws {
        let second = try restored { life in
            try life.lend([30, 40, 50])
            try life.lend([60], in: "350203007")
            try life.publish()
        }
        try first.lend([6])
        try first.publish()
        try first.lend([2])
        try first.publish(revises: true)
        #expect(try second.read(first.stream) == "read")
        let told = [
            "350203006 122…130", "350203006001 32…40", "350203006002 36…44",
            "350203006003 46…54", "350203007 56…64", "350203007001 56…64",
        ]
        #expect(try first.told() == told)
        #expect(try second.told() == told)
        try second.lend([6])
        try second.publish()
        #expect(try second.told() == told)
        #expect(try second.state("350203006002", "2020") == .suppressed)
        #expect(try second.loans("350203", "2020") == 186)
        #expect(try second.gaps() == [])
    }

    @Test func `a year that a forgotten edition was the first to publish comes as it was`() throws {
        let second = try restored { try $0.publish() }
        try first.lend([3, 8, 20], on: "2026-03-05")
        try first.publish(at: "2027-02-01T02:00:00Z")
        #expect(try first.state("350203006001", "2026") == .suppressed)
        #expect(try second.read(first.stream) == "read")
        try second.lend([0, 8, 20], on: "2026-03-05")
        try second.publish(at: "2027-02-02T02:00:00Z")
        #expect(try second.loans("350203", "2026") == 28)
        #expect(try second.loans("350203006", "2026") == 31)
        #expect(try second.state("350203006001", "2026") == .suppressed, "zero would tell")
        #expect(try second.state("350203006001", "all") == .suppressed)
        #expect(try second.loans("350203006003", "2026") == 20)
        #expect(try second.gaps() == ["forgotten"])
        try second.lend([3], on: "2026-03-05")
        try second.publish(at: "2027-02-03T02:00:00Z")
        #expect(try second.state("350203006001", "2026") == .suppressed)
        #expect(try second.state("350203006002", "2026") == .suppressed)
        #expect(try second.loans("350203006", "2026") == 31)
        #expect(try second.gaps() == [])
    }

    @Test func `no edition gets the number of a forgotten one`() throws {
        let second = try restored(lentAndPublished)
        try first.publish()
        try first.publish()
        #expect(try second.read(first.stream) == "read")
        #expect(try second.publish() == 4)
    }

    @Test func `where nothing was published after the backup nothing is forgotten`() throws {
        let second = try restored(lentAndPublished)
        #expect(try second.read(first.stream) == "whole")
        try second.lend([6])
        #expect(try second.publish() == 2)
        #expect(try second.loans("350203006001", "2020") == 36)
    }

    @Test func `reading begins anew when the database is another one meanwhile`() throws {
        let second = try restored(lentAndPublished)
        try first.lend([6])
        try first.publish()
        #expect(try second.read(Array(first.stream.dropLast()), isWhole: false) == "reading")
        _ = try second.bench.connection.run("UPDATE epoch SET mark = 'a standby''s'")
        try Epochs.begin(second.bench.connection, now: .now())
        #expect(try second.read(first.stream) == "read")
        try second.publish()
        #expect(try second.loans("350203006001", "2020") == 36)
    }

    @Test func `a new database has nothing to read`() throws {
        #expect(try first.past() == "whole")
    }

    // MARK: The stream has them not

    @Test func `with a new broker nothing changes below the district of periods that were over`()
        throws
    {
        let second = try restored(lentAndPublished)
        try first.lend([6])
        try first.publish()
        #expect(try second.read([]) == "lost")
        try second.lend([6])
        try second.publish(at: "2026-11-30T02:00:00Z", revises: true)
        #expect(try second.loans("350203", "2020") == 76)
        #expect(try second.loans("350203006001", "2020") == 30)
        #expect(try second.loans("350203006", "all") == 70)
        #expect(try second.gaps() == ["forgotten"])
    }

    @Test
    func `with a new broker a year that was over and not published stays away, a later one comes`()
        throws
    {
        let second = try restored(lentAndPublished)
        #expect(try second.read([]) == "lost")
        try second.lend([30, 40], on: "2019-05-05")
        try second.lend([50, 60], on: "2027-03-05")
        try second.publish(at: "2028-02-01T02:00:00Z")
        #expect(try second.loans("350203", "2019") == 70)
        #expect(try second.state("350203006", "2019") == nil)
        #expect(try second.state("350203006", "all") != .value)
        #expect(try second.loans("350203006001", "2027") == 50)
        #expect(try second.gaps() == ["forgotten"])
    }

    @Test func `a stream that begins behind what the database knows says too little`() throws {
        let second = try restored(lentAndPublished)
        let known = first.stream.count
        try first.lend([6])
        try first.publish()
        #expect(try second.read(Array(first.stream.dropFirst(known))) == "lost")
        #expect(try second.publish() == 3, "the number of the one that was seen is taken")
        #expect(try second.loans("350203006001", "2020") == 30)
    }

    @Test(arguments: [(1, "whole"), (2, "lost")])
    func `with a new broker the operator may know the last edition`(
        _ number: Int, _ past: String
    ) throws {
        let second = try restored(mark: "last edition \(number)", lentAndPublished)
        #expect(try second.read([]) == past)
        try second.lend([6])
        #expect(try second.publish() == Int64(number) + 1)
        #expect(try second.loans("350203006001", "2020") == (past == "whole" ? 36 : 30))
    }
}

/// A life of reporting's database, and what the stream has of it.
private final class PublishingLife {
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
        for (place, count) in counts.enumerated() {
            for _ in 0..<count {
                let id = UUID()
                let loan = facts.disbursed(
                    id, to: PersonID(id), yuan: 10_000,
                    in: ReportingFacts.code("\(subdistrict)00\(place + 1)"),
                    on: ReportingFacts.date(day))
                try bench.take(loan, subject: id, sequence: 1)
            }
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

    /// What earlier editions tell of hidden counts.
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
