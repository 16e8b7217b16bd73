import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Exact figures as they are now, on a real database")
struct ReportingLiveFigureTests {
    let bench: ServiceBench
    private let facts = ReportingFacts(seed: 21)

    init() throws { bench = try ServiceBench(Reporting.definition) }

    /// A figure by what it is called in a cell.
    private struct Name: Hashable, CustomStringConvertible {
        let measure: String
        let programme: String
        let territory: String
        let period: String

        var description: String { "\(measure) \(programme) \(territory) \(period)" }
    }

    // MARK: What is answered

    @Test(arguments: 1...2)
    func `they are what an edition of the same moment says`(_ seed: UInt64) throws {
        print("seed \(seed)")
        var facts = ReportingFacts(seed: seed)
        try name(["350203", "350203001", "350203006", "350203006001", "350203006002", "350203008"])
        let made = facts.items(records: 60)
        let items = facts.disordered(made)
        try bench.take(Array(items.prefix(items.count / 2)))
        try ReportingChecks.rollUpAll(bench)
        try bench.take(Array(items.dropFirst(items.count / 2)))
        #expect(try count("delta") > 0, "some of it is not rolled up")
        let live = try all()
        while try ReportingChecks.write(bench) > 0 {}
        let (places, periods) = (Set(live.keys.map(\.territory)), Set(live.keys.map(\.period)))
        let edition = try published().filter {
            places.contains($0.key.territory) && periods.contains($0.key.period)
        }
        #expect(edition.count > 1_000)
        for (name, value) in edition { #expect(live[name] == value, "\(name)") }
        for (name, value) in live where edition[name] == nil {
            #expect((value ?? 0) == 0, "an edition only says less zeros: \(name)")
        }
        let measures = Set(edition.keys.map(\.measure))
        #expect(measures.isSuperset(of: ["households_registered", "attendance_persons"]))
    }

    @Test func `a stock is known in months in which nothing changed`() throws {
        try name(["350203", "350203006", "350203006001", "350203006002"])
        try register(in: "350203006001", on: "2020-01-15")
        try register(in: "350203006001", on: "2020-04-15")
        func households(_ place: String) throws -> [String: Int64?] {
            var query = GetFigures(territory: ReportingFacts.code(place))
            query.measures = ["households_registered"]
            query.period = "2020"
            query.span = .month
            return Dictionary(
                uniqueKeysWithValues: try ask(query).figures.map { ($0.period, $0.value) })
        }
        let community = try households("350203006001")
        #expect(community["2020-01"] == 1)
        #expect(community["2020-03"] == 1)
        #expect(community["2020-04"] == 2)
        #expect(community["2020-12"] == 2)
        #expect(try households("350203006002")["2020-03"] == 0)
        #expect(try households("350203006002").count == 12)
    }

    @Test func `before the first there is nothing to say, and afterwards zero`() throws {
        try donate(100, in: "350203006001", on: "2020-02-10")
        var query = GetFigures(territory: ReportingFacts.district, dimension: "")
        query.measures = ["donations", "donation_min_fen"]
        query.period = "2020-Q1"
        query.span = .month
        let figures = try ask(query).figures
        #expect(
            figures.map { "\($0.measure) \($0.period) \($0.state.rawValue)" } == [
                "donation_min_fen 2020-01 not_collected", "donation_min_fen 2020-02 value",
                "donation_min_fen 2020-03 not_collected", "donations 2020-01 not_collected",
                "donations 2020-02 value", "donations 2020-03 zero",
            ])
        #expect(figures[1].value == 10_000 && figures[1].unit == "fen")
    }

    @Test func `parts are answered one level down, with those that are only named`() throws {
        try name(["350203", "350203006", "350203006001", "350203006002", "350203007"])
        try donate(100, in: "350203006001", on: "2020-02-10")
        try donate(50, in: "350203006", on: "2020-02-10")
        func parts(_ code: String) throws -> [String: Int64?] {
            let query = GetFigures(
                territory: ReportingFacts.code(code), units: .parts,
                measures: ["donations_fen"], dimension: "", period: "2020")
            return Dictionary(
                uniqueKeysWithValues: try ask(query).figures.map {
                    ($0.territory.rawValue, $0.value)
                })
        }
        #expect(try parts("350203") == ["350203006": 15_000, "350203007": 0])
        #expect(try parts("350203006") == ["350203006001": 10_000, "350203006002": 0])
    }

    @Test func `pages follow each other without a gap`() throws {
        var facts = facts
        try bench.take(facts.items(records: 40))
        var query = GetFigures(territory: ReportingFacts.district, period: "2020", span: .quarter)
        query.limit = GetFigures.largestPage
        let whole = try ask(query)
        #expect(whole.next == nil && whole.figures.count > 100)
        #expect(whole.count == Int64(whole.figures.count))
        query.limit = 37
        var paged: [LiveFigure] = []
        repeat {
            let page = try ask(query)
            #expect(page.count == whole.count && page.figures.count <= 37)
            paged += page.figures
            query.after = page.next
        } while query.after != nil
        #expect(paged == whole.figures)
    }

    @Test func `a question is narrowed by dataset, programme and part`() throws {
        var facts = facts
        try bench.take(facts.items(records: 60))
        var query = GetFigures(territory: ReportingFacts.district, dataset: "activities")
        query.limit = GetFigures.largestPage
        let activities = Set(try names("SELECT name FROM measure WHERE dataset = 'activities'"))
        let found = try ask(query).figures
        #expect(!found.isEmpty && found.allSatisfy { activities.contains($0.measure) })
        query.dataset = nil
        query.programme = ReportingFacts.oneYuan
        query.dimension = "spring"
        let spring = try ask(query).figures
        #expect(!spring.isEmpty)
        #expect(
            spring.allSatisfy {
                $0.programme == "one-yuan-donation" && $0.dimension == "spring"
            })
    }

    // MARK: Who is told

    @Test func `of a territory that nobody knows there is nothing to ask`() throws {
        let answer = try bench.decide(GetFigures(territory: ReportingFacts.code("999999")))
        #expect([answer.code, answer.pointer] == ["unknown_territory", "/data/territory"])
        #expect(try count("figure_read") == 0)
    }

    @Test func `only whose scope has the territory is told`() throws {
        try name([ReportingFacts.community.rawValue])
        try bench.take(
            PublisherGranted(
                publisher: "subdistrict", territories: [ReportingFacts.subdistrict],
                types: [GetFigures.type]), subject: UUID(), sequence: 1)
        let inside = GetFigures(territory: ReportingFacts.community)
        #expect(try bench.decide(inside, publisher: "subdistrict").status == "accepted")
        let outside = try bench.decide(
            GetFigures(territory: ReportingFacts.district), publisher: "subdistrict")
        #expect(outside.code == "out_of_scope")
        #expect(outside.pointer == "/data/territory")
        #expect(try bench.decide(inside, publisher: "subscriber").code == "out_of_scope")
        #expect(try count("figure_read") == 1, "who was told nothing has read nothing")
    }

    @Test func `a question that is not one is refused where it is wrong`() throws {
        var facts = facts
        try bench.take(facts.items(records: 60))
        func refusal(_ change: (inout GetFigures) -> Void) throws -> [String?] {
            var query = GetFigures(territory: ReportingFacts.district)
            change(&query)
            let answer = try bench.decide(query)
            return [answer.code, answer.pointer]
        }
        #expect(
            try refusal { $0.measures = ["donations", "luck"] }
                == ["unknown_measure", "/data/measures/1"])
        #expect(
            try refusal {
                $0.dataset = "families"
                $0.measures = ["donations"]
            } == ["unknown_measure", "/data/measures/0"])
        #expect(try refusal { $0.dataset = "all" } == ["unknown_dataset", "/data/dataset"])
        #expect(try refusal { $0.period = "2020-13" } == ["invalid_value", "/data/period"])
        #expect(
            try refusal {
                $0.period = "2020-05"
                $0.span = .year
            } == ["invalid_value", "/data/span"])
        #expect(
            try refusal { $0.territory = ReportingFacts.code("35") }
                == ["invalid_value", "/data/territory"])
        #expect(try refusal { $0.limit = 501 } == ["invalid_value", "/data/limit"])
        #expect(try refusal { $0.span = .day } == ["too_wide", "/data"])
        #expect(try count("figure_read") == 0)
    }
}

extension ReportingLiveFigureTests {
    struct Answering: Decodable { let answer: FiguresAnswer }

    func ask(_ query: GetFigures) throws -> FiguresAnswer {
        try answer(bench.decide(query))
    }

    func answer(_ answered: ServiceBench.Answered) throws -> FiguresAnswer {
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try Document(answered.body).data(as: Answering.self).answer
    }

    /// All figures of the district, its parts and theirs, of years and all time, and of the months and quarters of 2019
    /// and 2020.
    private func all() throws -> [Name: Int64?] {
        let periods: [(String?, PublicSpan)] = [
            (nil, .all), (nil, .year), ("2019", .quarter), ("2020", .quarter), ("2019", .month),
            ("2020", .month),
        ]
        let places: [(String, FigureUnits)] = [
            ("350203", .itself), ("350203", .parts), ("350203001", .parts), ("350203006", .parts),
        ]
        var figures: [Name: Int64?] = [:]
        for (place, units) in places {
            for (period, span) in periods {
                var query = GetFigures(
                    territory: ReportingFacts.code(place), units: units, period: period, span: span,
                    limit: GetFigures.largestPage)
                repeat {
                    let page = try ask(query)
                    for figure in page.figures {
                        let part = figure.dimension.isEmpty ? "" : ":\(figure.dimension)"
                        let name = Name(
                            measure: figure.measure + part, programme: figure.programme,
                            territory: figure.territory.rawValue, period: figure.period)
                        #expect(figures.updateValue(figure.value, forKey: name) == nil)
                    }
                    query.after = page.next
                } while query.after != nil
            }
        }
        return figures
    }

    /// The figures of the edition.
    private func published() throws -> [Name: Int64] {
        let rows = try bench.connection.run(
            """
            SELECT f.name, s.programme, s.territory, period_name(s.span, s.start), f.value
            FROM summary s CROSS JOIN LATERAL unnest(s.measures, s.figures) AS f (name, value)
            WHERE s.superseded_by IS NULL AND f.value IS NOT NULL
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                var row = row.cursor()
                let name = Name(
                    measure: try row.next(), programme: try row.next(), territory: try row.next(),
                    period: try row.next())
                return (name, try row.next(Int64.self))
            })
    }

    func name(_ codes: [String]) throws {
        try bench.take(ReportingFacts.loaded(codes), subject: UUID(), sequence: 1)
    }

    func register(in place: String, on day: String) throws {
        var facts = facts
        let id = UUID()
        let household = facts.household(
            id, members: 3, in: ReportingFacts.code(place), on: ReportingFacts.date(day))
        try bench.take(household, subject: id, sequence: 1)
    }

    func donate(_ yuan: Int64, in place: String, on day: String) throws {
        let id = UUID()
        let donation = DonationReceived(
            DonationSubject(
                donation: DonationID(id), fund: FundID(id), programme: ReportingFacts.oneYuan,
                campaign: "spring", territory: ReportingFacts.code(place)), amountFen: .yuan(yuan),
            receivedOn: ReportingFacts.date(day))
        try bench.take(donation, subject: id, sequence: 1)
    }

    func count(_ table: String) throws -> Int64 {
        let rows = try bench.connection.run(Statement(trusted: "SELECT count(*) FROM \(table)"))
        return try #require(rows.first).decode(Int64.self, at: 0)
    }

    func names(_ query: String) throws -> [String] {
        try bench.connection.run(Statement(trusted: query)).map {
            try $0.decode(String.self, at: 0)
        }
    }
}
