import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Cells of editions, on a real database")
struct ReportingSummaryTests {
    private let bench: ServiceBench
    private var facts = ReportingFacts(seed: 1)

    init() throws { bench = try ServiceBench(Reporting.definition) }

    @Test("Each dataset numbers its summaries from 1 without gaps")
    mutating func dense() throws {
        try bench.take(facts.items(records: 40))
        try write()
        try bench.take(facts.items(records: 40))
        try write()
        for dataset in ["activities", "families", "funding"] {
            let seqs = try unpublished(dataset).map(\.seq)
            #expect(!seqs.isEmpty)
            #expect(seqs == Array(1...Int64(seqs.count)))
        }
    }

    @Test("A summary has all figures of its cell as they are, with those of each dimension")
    mutating func wholeCell() throws {
        let run = UUID()
        try take(facts.insured(run, households: 100))
        try write()
        let summary = try unpublished("funding").first { $0.key.period == "all" }
        #expect(summary?.key.programme == "accident-insurance")
        #expect(
            summary?.values == [
                "insured_households": 100, "insured_households:low_income": 100,
                "premium_paid_fen": 800_000, "premium_paid_fen:low_income": 800_000,
            ])
    }

    @Test("A summary on the wire is a CloudEvents document with dataset, seq, key and measures")
    mutating func document() throws {
        try take(
            facts.household(
                UUID(), members: 3, in: ReportingFacts.district, on: ReportingFacts.reported))
        try write()
        let summary = try #require(try unpublished("families").first)
        let header = Header(
            id: summary.id, source: "nuanxin/reporting", type: CellChanged.type,
            time: summary.time, subject: "families", sequence: 1)
        let body = String(
            decoding: try MessageEncoder().encode(header, summary.published(in: 7)),
            as: UTF8.self)
        #expect(summary.published(in: 7).asOf == summary.time)
        #expect(
            body.replacing(/"asOf":"[^"]+",/, with: "").contains(
                """
                "data":{"dataset":"families","edition":1,"epoch":7,"key":{"period":"2020-05-26","programme":"",\
                "territory":"350203"},"measures":{"households_registered":{"state":"value","value":1},\
                "persons_registered":{"state":"value","value":3}},"reason":{"code":"routine",\
                "en":"routine","zh":"日常更新"},"seq":1,"status":"provisional","vintage":0}
                """))
    }

    @Test("What was written and not confirmed is published again as the same messages")
    mutating func again() throws {
        try bench.take(facts.items(records: 20))
        try write()
        let first = try unpublished("families")
        let second = try unpublished("families")
        #expect(first.map(\.id) == second.map(\.id))
        #expect(first.map(\.seq) == second.map(\.seq))
    }

    @Test("What was confirmed is not published again")
    mutating func confirmed() throws {
        try bench.take(facts.items(records: 20))
        try write()
        let all = try unpublished("families")
        let half = all[all.count / 2].seq
        try ReportingChecks.publish(bench, "families", through: half)
        #expect(try unpublished("families").first?.seq == half + 1)
    }

    @Test("A cell whose figures did not change is not written again")
    mutating func unchanged() throws {
        let id = UUID()
        let fact = facts.household(id, members: 2)
        try bench.take(fact, subject: id, sequence: 1)
        try write()
        let count = try unpublished("families").count
        try bench.take(fact, subject: id, sequence: 2)
        try write()
        #expect(try unpublished("families").count == count)
    }

    @Test("A household registered for an earlier day changes the stock of later periods too")
    mutating func backdated() throws {
        for day in ["2020-05-26", "2020-03-01"] {
            try take(
                facts.household(
                    UUID(), members: 1, in: ReportingFacts.district, on: ReportingFacts.date(day)))
            try write()
        }
        let summaries = try unpublished("families").filter { $0.key.period == "2020-05" }
        #expect(summaries.map { $0.values["households_registered"] } == [1, 2])
        #expect(summaries.last?.replaced?.seq == summaries.first?.seq)
    }

    @Test("A cell of which nothing is left is known to be zero")
    mutating func emptied() throws {
        let session = SessionID(UUID())
        try take(facts.closed(session))
        try write()
        try bench.take(facts.cancellation(of: session), subject: session.uuid, sequence: 3)
        try write()
        let last = try unpublished("activities").last { $0.key.period == "all" }
        let measures = try #require(last?.published(in: 1).measures)
        #expect(measures.count == 2, "all of it, and its kind")
        #expect(measures.values.allSatisfy { $0 == PublishedFigure(state: .zero, value: 0) })
        #expect(
            last?.published(in: 1).replaces?.measures["sessions_held"]
                == PublishedFigure(state: .value, value: 1))
    }

    @Test("What was replaced long ago is forgotten; the newest of each cell is kept, and says so")
    mutating func superseded() throws {
        let id = UUID()
        var now = Timestamp("2020-05-27T00:00:00Z") ?? .now()
        for version in 1...3 {
            now = Timestamp(microseconds: now.microseconds + 1_000_000)
            try bench.take(
                facts.household(
                    id, members: version, in: ReportingFacts.district, on: ReportingFacts.reported),
                subject: id, sequence: Int64(version))
            try write(now: now)
            try ReportingChecks.publish(bench, "families")
        }
        #expect(try bench.connection.run("SELECT 1 FROM summary").count == 15)
        let digest = try ReportingChecks.state(bench, "families").digest
        try DatasetState.forget(
            before: Timestamp(microseconds: Timestamp.now().microseconds + 1_000_000),
            bench.connection)
        #expect(try bench.connection.run("SELECT 1 FROM summary").count == 5)
        let state = try ReportingChecks.state(bench, "families")
        #expect(state.first == 16)
        #expect(state.digest == digest)
        #expect(try Epochs.total(state, bench.connection).digest == digest)
    }

    @Test("The digest of the state follows from each cell, however it came about", arguments: 1...4)
    mutating func digest(_ seed: UInt64) throws {
        facts = ReportingFacts(seed: seed)
        for _ in 0..<4 {
            try bench.take(facts.disordered(facts.items(records: 30)))
            try write()
            for dataset in ["activities", "families", "funding"] {
                let unpublished = try unpublished(dataset).map(\.seq)
                let some = unpublished.isEmpty ? nil : facts.pick(unpublished)
                try ReportingChecks.publish(bench, dataset, through: some)
                let state = try ReportingChecks.state(bench, dataset)
                let total = try Epochs.total(state, bench.connection)
                #expect(state.digest == total.digest)
                #expect(state.cells == total.cells)
            }
        }
    }

    @Test("Summaries say the same as the figures do")
    mutating func agreement() throws {
        try bench.take(facts.disordered(facts.items(records: 60)))
        try write()
        let differing = try bench.connection.run(
            """
            SELECT 1 FROM (
                SELECT s.territory, s.span, s.programme, s.start, e.name, e.value
                FROM summary s CROSS JOIN unnest(s.measures, s.figures) AS e (name, value)
                WHERE s.superseded_by IS NULL
            ) s
            JOIN measure m ON m.name = split_part(s.name, ':', 1)
            FULL JOIN figure f ON f.territory = s.territory AND f.span = s.span
                AND f.programme = s.programme AND f.start = s.start
                AND s.name = measure_part(f.measure, f.dimension)
            WHERE f.value IS DISTINCT FROM s.value
              -- What is not there is nothing, and a stock stays what it was.
              AND NOT (f.value IS NULL AND (s.value = 0 OR m.is_stock))
            """)
        #expect(differing.isEmpty)
    }

    // MARK: Help

    private func take(_ fact: some Contributing) throws {
        try bench.take(fact, subject: UUID(), sequence: 1)
    }

    private func write(now: Timestamp = .now()) throws {
        try ReportingChecks.rollUpAll(bench)
        try ReportingChecks.write(bench, now: now)
    }

    private func unpublished(_ dataset: String) throws -> [Summary] {
        try EditionNews.unpublished(dataset, bench.connection)
    }
}

extension Summary {
    /// The values of its figures, without those that are withheld.
    var values: [String: Int64] {
        Dictionary(
            cell.figures.compactMap { figure in figure.value.map { (figure.name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }
}
