import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Which messages a figure is made of, on a real database")
struct ReportingExplainTests {
    private let bench: ServiceBench
    private var facts = ReportingFacts(seed: 5)

    init() throws { bench = try ServiceBench(Reporting.definition) }

    private struct Figure {
        let query: ExplainFigure
        let value: Int64
    }

    @Test("The contributions of all pages add up to every figure exactly", arguments: 1...3)
    mutating func sums(_ seed: UInt64) throws {
        print("seed \(seed)")
        facts = ReportingFacts(seed: seed)
        let items = facts.items(records: 60)
        try bench.take(facts.disordered(items))
        try ReportingChecks.rollUpAll(bench)
        while try ReportingChecks.write(bench) > 0 {}
        let figures = try figures()
        #expect(figures.count > 100)
        let known = Set(items.map(\.id))
        for figure in figures {
            var (sum, count) = (Int64(0), Int64(0))
            var query = figure.query
            query.limit = 7
            repeat {
                let page = try explain(query)
                #expect(page.figure == StoredCell.published(figure.value))
                #expect(page.parts.allSatisfy { known.contains($0.message) && $0.time != nil })
                sum += page.parts.reduce(0) { $0 + $1.contribution }
                count += Int64(page.parts.count)
                query.after = page.next
                if page.next == nil { #expect(count == page.count) }
            } while query.after != nil
            #expect(sum == figure.value, "\(figure.query)")
        }
    }

    @Test("A figure that is not there is not collected and has no parts")
    mutating func none() throws {
        try bench.take(facts.items(records: 20))
        let answer = try explain(
            ExplainFigure(
                measure: "borrowers", territory: ReportingFacts.district, period: "1999"))
        #expect(answer.figure == PublishedFigure(state: .notCollected))
        #expect(answer.parts == [])
        #expect(answer.count == 0)
    }

    @Test("Only whose scope has the territory is told")
    func scope() throws {
        try bench.take(
            PublisherGranted(
                publisher: "subdistrict", territories: [ReportingFacts.subdistrict],
                types: [ExplainFigure.type]), subject: UUID(), sequence: 1)
        let inside = ExplainFigure(
            measure: "borrowers", territory: ReportingFacts.community, period: "all")
        #expect(try bench.decide(inside, publisher: "subdistrict").status == "accepted")
        let outside = ExplainFigure(
            measure: "borrowers", territory: ReportingFacts.district, period: "all")
        #expect(try bench.decide(outside, publisher: "subdistrict").code == "out_of_scope")
        #expect(try bench.decide(inside, publisher: "subscriber").code == "out_of_scope")
    }

    @Test("An unknown measure and what is no period are refused")
    func wrong() throws {
        let unknown = try bench.decide(
            ExplainFigure(measure: "luck", territory: ReportingFacts.district, period: "all"))
        #expect(unknown.code == "unknown_measure")
        #expect(unknown.pointer == "/data/measure")
        let wrong = try bench.decide(
            ExplainFigure(
                measure: "borrowers", territory: ReportingFacts.district, period: "2020-13"))
        #expect(wrong.code == "invalid_value")
        #expect(wrong.pointer == "/data/period")
    }

    // MARK: Help

    private func explain(_ query: ExplainFigure) throws -> FigureExplanation {
        struct Answering: Decodable { let answer: FigureExplanation }
        let answer = try bench.decide(query)
        #expect(answer.status == "accepted", "\(answer.code ?? "")")
        return try Document(answer.body).data(as: Answering.self).answer
    }

    /// Some of all figures, of each measure.
    private func figures() throws -> [Figure] {
        try bench.connection.run(
            """
            SELECT measure, territory, period, programme, dimension, value FROM (
                SELECT *, row_number() OVER (
                    PARTITION BY measure ORDER BY md5(territory || period || dimension)) AS place
                FROM cell_value) c
            WHERE place <= 12
            """
        ).map { row in
            var row = row.cursor()
            let query = ExplainFigure(
                measure: try row.next(), territory: try row.next(), period: try row.next(),
                programme: Programme(try row.next(String.self)),
                dimension: try row.next(String.self))
            return Figure(query: query, value: try row.next())
        }
    }
}
