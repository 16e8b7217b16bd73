import Disclosure
import DisclosureStore
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Protection of small figures, on a real database")
struct ReportingProtectionTests {
    private let bench: ServiceBench
    private var facts = ReportingFacts(seed: 11)
    private static let programme = "happiness-project"

    init() throws {
        bench = try ServiceBench(Reporting.definition)
        try Epochs.begin(bench.connection, now: .now())
    }

    @Test("What is small, and one more beside it, is suppressed wherever figures leave reporting")
    mutating func everyWayOut() throws {
        try lend(["001": 3, "002": 8, "003": 20])
        try publish()
        let cells = try cells()
        let small = try #require(cells["350203006001"])
        for measure in [
            "loans_disbursed", "capital_lent_fen", "borrowers", "principal_min_fen",
            "principal_max_fen",
        ] {
            #expect(small.measures[measure] == PublishedFigure(state: .suppressed), "\(measure)")
        }
        #expect(cells["350203006002"]?.measures["loans_disbursed"]?.state == .suppressed)
        #expect(cells["350203006003"]?.measures["loans_disbursed"]?.value == 20)
        #expect(cells["350203006"]?.measures["loans_disbursed"]?.value == 31)
        #expect(CellCSV.lines(small).contains(",loans_disbursed,,suppressed,\r\n"))
        let body = String(
            decoding: try MessageEncoder().encode(data: small), as: UTF8.self)
        #expect(!body.contains("value\":3"))
        for query in [
            RequestSnapshot(dataset: "funding", limit: 500) as any Command,
            RequestRange(
                dataset: "funding", epoch: try ReportingChecks.state(bench, "funding").epoch,
                since: 0, limit: 500),
        ] {
            let page = try #require(try page(query))
            let found = page.cells.filter { $0.key == small.key }
            #expect(found.map(\.measures) == [small.measures])
        }
    }

    @Test("A suppressed figure is not explained, and what it is made of is not told by another")
    mutating func explained() throws {
        try lend(["001": 3, "002": 8, "003": 20])
        try publish()
        func ask(_ code: String) throws -> ServiceBench.Answered {
            try bench.decide(
                ExplainFigure(
                    measure: "loans_disbursed", territory: ReportingFacts.code(code),
                    period: "all", programme: Programme(Self.programme)))
        }
        #expect(try ask("350203006001").code == "figure_suppressed")
        #expect(try ask("350203006002").code == "figure_suppressed")
        let answer = try explanation(ask("350203006"))
        #expect(answer.figure.value == 31)
        #expect(answer.parts.count == 20)
        #expect(answer.withheld == 11)
        #expect(answer.parts.allSatisfy { $0.territory.rawValue == "350203006003" })
    }

    @Test("What was suppressed stays so in what replaces it, in history and in its range")
    mutating func replaced() throws {
        try lend(["001": 3, "002": 8, "003": 20])
        try publish()
        try lend(["001": 9], on: "2020-06-03")
        try publish()
        let newest = try #require(try cells()["350203006001"])
        let before = try #require(newest.replaces)
        #expect(before.measures.values.allSatisfy { $0.value == nil }, "3 loans, 3 borrowers …")
        try DatasetState.forget(
            before: Timestamp(microseconds: Timestamp.now().microseconds + 1_000_000),
            bench.connection)
        let kept = try bench.connection.run(
            "SELECT 1 FROM summary WHERE superseded_by IS NOT NULL AND hiding ~ '[pc]'")
        #expect(!kept.isEmpty, "the audit needs what somebody may have kept")
        #expect(try audit().isEmpty)
    }

    @Test("Editions one after the other tell nothing of a small figure", arguments: UInt64(1)...4)
    mutating func editions(_ seed: UInt64) throws {
        print("seed \(seed)")
        facts = ReportingFacts(seed: seed)
        for _ in 0..<5 {
            try bench.take(facts.disordered(facts.items(records: 25)))
            try publish()
            #expect(try audit() == [])
        }
        let hidden = try bench.connection.run("SELECT 1 FROM summary WHERE hiding <> ''")
        #expect(!hidden.isEmpty)
    }

    @Test("A new small figure is not the difference of two totals")
    mutating func difference() throws {
        try lend(["001": 20, "002": 30])
        try publish()
        #expect(try cells()["350203006001"]?.measures["loans_disbursed"]?.value == 20)
        try lend(["001": 2], on: "2020-06-03")
        try publish()
        let newest = try #require(try cells()["350203006001"])
        #expect(newest.measures["loans_disbursed"]?.state == .suppressed)
        #expect(newest.replaces?.measures["loans_disbursed"]?.value == 20)
        #expect(try audit() == [])
    }

    @Test("An edition that would tell a figure is held back, until another change protects it")
    mutating func held() throws {
        let loans = try lend(["001": 3, "003": 20])
        try publish(threshold: 1)
        let written = try ReportingChecks.state(bench, "funding").seq
        for id in loans.prefix(3) {
            try bench.take(
                facts.disbursed(
                    id, to: PersonID(id), yuan: 10_000, in: ReportingFacts.code("350203006002"),
                    on: ReportingFacts.reported), subject: id, sequence: 2)
        }
        try publish()
        #expect(try ReportingChecks.state(bench, "funding").seq == written, "nothing is published")
        let held = try bench.connection.run(
            "SELECT DISTINCT territory FROM held_figure WHERE source = 'disbursement'"
        ).map { try $0.decode(String.self, at: 0) }
        #expect(held == ["350203006002"], "it is all that 001 had")
        #expect(try Held.count(bench.connection) > 0)
        try lend(["001": 9, "002": 9])
        try publish()
        #expect(try Held.count(bench.connection) == 0)
        #expect(try bench.connection.run("SELECT 1 FROM held_figure").isEmpty)
        #expect(try cells()["350203006002"]?.measures["loans_disbursed"]?.value == 12)
    }

    @Test("What is suppressed stays so when only another measure of its cell changes")
    mutating func otherMeasure() throws {
        try lend(["001": 3, "002": 8, "003": 20])
        try publish()
        let id = UUID()
        try bench.take(
            facts.repaid(id, yuan: 100, in: ReportingFacts.code("350203006001")), subject: id,
            sequence: 1)
        try publish()
        let newest = try #require(try cells()["350203006001"])
        #expect(newest.measures["loans_disbursed"]?.state == .suppressed)
        #expect(newest.measures["capital_repaid_fen"]?.state == .suppressed)
    }

    @Test("A threshold of 1 shows every figure, and a higher one counts from the next edition on")
    mutating func threshold() throws {
        try lend(["001": 3, "002": 8])
        try publish(threshold: 1)
        #expect(try cells()["350203006001"]?.measures["loans_disbursed"]?.value == 3)
        try lend(["002": 3], on: "2020-04-01")
        try publish(threshold: 5)
        let cells = try cells()
        #expect(
            cells["350203006001"]?.measures["loans_disbursed"]?.value == 3, "everybody knows it")
        #expect(cells["350203006002"]?.measures["loans_disbursed"]?.state == .suppressed)
    }

    @Test("Money of many is suppressed if one of them has nearly all of it")
    mutating func dominated() throws {
        try lend(["001": 6, "002": 40, "003": 50])
        let id = UUID()
        try bench.take(
            facts.disbursed(
                id, to: PersonID(id), yuan: 2_000_000, in: ReportingFacts.code("350203006001"),
                on: ReportingFacts.reported), subject: id, sequence: 1)
        try publish()
        #expect(
            try cells()["350203006001"]?.measures["capital_lent_fen"]
                == PublishedFigure(state: .suppressed))
        #expect(try audit() == [])
    }

    @Test("A rebuild shows nothing that was suppressed")
    mutating func rebuilt() throws {
        let items = facts.items(records: 60)
        try bench.take(items)
        try publish()
        let before = try ReportingChecks.state(bench, "funding")
        try bench.decide(RebuildCells(reason: "a test"))
        try bench.take(items)
        try publish(now: Timestamp(microseconds: Timestamp.now().microseconds + 60_000_000))
        let after = try ReportingChecks.state(bench, "funding")
        #expect(after.seq == before.seq)
        #expect(after.digest == before.digest)
    }

    // MARK: Help

    /// Loans by the last digits of communities.
    @discardableResult
    private mutating func lend(
        _ loans: [String: Int], on day: String = "2020-05-26"
    ) throws -> [UUID] {
        var ids: [UUID] = []
        for (place, count) in loans.sorted(by: { $0.key < $1.key }) {
            for _ in 0..<count {
                let id = UUID()
                ids.append(id)
                try bench.take(
                    facts.disbursed(
                        id, to: PersonID(id), yuan: 10_000,
                        in: ReportingFacts.code("350203006" + place),
                        on: ReportingFacts.date(day)), subject: id, sequence: 1)
            }
        }
        return ids
    }

    private func publish(threshold: Int64 = 5, now: Timestamp = .now()) throws {
        try ReportingChecks.rollUpAll(bench)
        while try ReportingChecks.write(bench, now: now, threshold: threshold) > 0 {}
        for dataset in ["activities", "families", "funding"] {
            try ReportingChecks.publish(bench, dataset)
        }
    }

    /// Of all time, by territory, as they were published last.
    private func cells() throws -> [String: CellChanged] {
        let state = try ReportingChecks.state(bench, "funding")
        let found = try DatasetState.snapshot(of: "funding", at: state.seq, after: 0, limit: 5_000)
        {
            try bench.connection.run($0)
        }.map { $0.published(in: state.epoch) }.filter {
            $0.key.period == "all" && $0.key.programme == Self.programme
        }
        return Dictionary(uniqueKeysWithValues: found.map { ($0.key.territory.rawValue, $0) })
    }

    private func page(_ query: any Command) throws -> CellPage? {
        struct Answering: Decodable { let answer: CellPage }
        return try Document(try bench.decide(query).body).data(as: Answering.self).answer
    }

    private func explanation(_ answer: ServiceBench.Answered) throws -> FigureExplanation {
        struct Answering: Decodable { let answer: FigureExplanation }
        return try Document(answer.body).data(as: Answering.self).answer
    }

    /// What an intruder who has kept all editions would know too well.
    private func audit() throws -> [String] {
        let programmes = try bench.connection.run("SELECT DISTINCT dataset, programme FROM summary")
        return try programmes.flatMap { row in
            try GuardedCells.all(
                row.decode(String.self, at: 0), row.decode(String.self, at: 1), threshold: 5,
                { try bench.connection.run($0) }
            ).flatMap { cells in
                let table = cells.cube.table(cells.versions().versions)
                return Audit(table).findings.map { "\(cells.source) \($0)" }
            }
        }
    }
}
