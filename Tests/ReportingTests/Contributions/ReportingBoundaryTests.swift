import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

/// A district with two streets and their communities since 2000. What changes does so on 1 July 2024.
struct BoundaryWorld {
    var world: DashboardWorld
    var bench: ServiceBench { world.bench }

    static let before = "2020-01-01"
    static let after = "2025-01-01"

    init() throws {
        world = try DashboardWorld()
        let codes =
            ["", "006", "007"] + (1...4).map { "00600\($0)" } + ["007001"]
        try world.nameTerritories(codes.map { ("350203" + $0, "示例" + $0, "Sample " + $0) })
    }

    /// - Parameter units: what follows, and whom, without the district's digits. A unit that is followed has ended then.
    func change(_ units: [(code: String, after: [String])], endsOld: Bool = true) throws {
        let from = ReportingFacts.date("2024-07-01")
        let loaded = TerritoryLoaded(
            edition: ReportingFacts.date("2024-06-30"), source: "test",
            units: units.map {
                TerritoryUnit(
                    code: Self.code($0.code), nameZh: "新", nameEn: "New", validFrom: from,
                    predecessors: $0.after.map(Self.code))
            },
            successions: units.flatMap { unit in
                unit.after.map {
                    TerritorySuccession(
                        predecessor: Self.code($0), successor: Self.code(unit.code), from: from)
                }
            },
            closed: endsOld
                ? Set(units.flatMap(\.after)).sorted().map {
                    TerritoryClosure(code: Self.code($0), validTo: from.adding(days: -1))
                } : nil)
        try bench.take(loaded, subject: UUID(), sequence: 1)
    }

    static func code(_ end: String) -> TerritoryCode { ReportingFacts.code("350203" + end) }

    func donate(_ yuan: Int64, in place: String, on day: String) throws {
        let id = UUID()
        let donation = DonationReceived(
            DonationSubject(
                donation: DonationID(id), fund: FundID(id), programme: ReportingFacts.oneYuan,
                campaign: "spring", territory: Self.code(place)), amountFen: .yuan(yuan),
            receivedOn: ReportingFacts.date(day))
        try bench.take(donation, subject: id, sequence: 1)
    }

    func lend(_ yuan: Int64, to person: UUID, in place: String, on day: String) throws {
        var facts = ReportingFacts(seed: 3)
        let id = UUID()
        let loan = facts.disbursed(
            id, to: PersonID(person), yuan: yuan, in: Self.code(place),
            on: ReportingFacts.date(day))
        try bench.take(loan, subject: id, sequence: 1)
    }

    mutating func lend(_ count: Int, in place: String, on day: String = "2020-05-26") throws {
        try world.lend(count, yuan: 10_000, in: "350203" + place, on: day)
    }
}

@Suite("Exact figures on the boundaries of a day, on a real database")
struct ReportingBoundaryTests {
    private let world: BoundaryWorld
    private static let (before, after) = (BoundaryWorld.before, BoundaryWorld.after)

    init() throws { world = try BoundaryWorld() }

    @Test func `communities that were merged are added up, and cannot be told apart later`() throws
    {
        try world.change([("006011", after: ["006001", "006002"])])
        try world.donate(100, in: "006001", on: "2020-02-10")
        try world.donate(50, in: "006002", on: "2020-03-10")
        try world.donate(30, in: "006011", on: "2025-02-10")
        #expect(try yuan("006011", on: nil) == 30, "where it was booked")
        #expect(try yuan("006011", on: Self.after) == 180)
        #expect(try yuan("006011", on: Self.after, "2020") == 150)
        #expect(try yuan("006001", on: Self.before, "2020") == 100, "nothing came later")
        #expect(try yuan("006", on: Self.before) == 180)
        let refused = try refusal("006001", on: Self.before)
        #expect(refused.code == "unit_divided" && refused.pointer == "/data/territory")
        #expect(
            refused.expected
                == "a wider territory, such as 350203006, or another day: what is booked on 350203006011 lies in this unit and in others, and cannot be divided"
        )
    }

    @Test func `a unit with a new code in another street takes its figures along`() throws {
        try world.change([("007011", after: ["006001"])])
        try world.donate(100, in: "006001", on: "2020-02-10")
        try world.donate(30, in: "007011", on: "2025-02-10")
        try world.donate(7, in: "006", on: "2020-02-10")
        try world.donate(5, in: "007001", on: "2020-02-10")
        try ReportingChecks.rollUpAll(world.bench)
        #expect(try yuan("007011", on: Self.after) == 130)
        #expect(try yuan("007", on: Self.after) == 135)
        #expect(try yuan("006", on: Self.after) == 7)
        #expect(try yuan("006001", on: Self.before) == 130)
        #expect(try yuan("006", on: Self.before) == 137)
        #expect(try yuan("007", on: Self.before) == 5)
        #expect(try yuan("", on: Self.before) == 142)
        let refused = try refusal("007011", on: Self.before)
        #expect(refused.code == "territory_not_in_force")
        #expect(
            refused.expected == "a territory in force on 2020-01-01, such as 350203006001")
    }

    @Test func `what was split is whole on older boundaries, and refused on newer ones`() throws {
        try world.change([("006011", after: ["006001"]), ("006012", after: ["006001"])])
        try world.donate(100, in: "006001", on: "2020-02-10")
        try world.donate(20, in: "006011", on: "2025-02-10")
        try world.donate(3, in: "006012", on: "2025-02-10")
        #expect(try yuan("006001", on: Self.before) == 123)
        #expect(try yuan("006", on: Self.after) == 123)
        #expect(try refusal("006011", on: Self.after).code == "unit_divided")
        var query = query("006", on: Self.after)
        query.units = .parts
        let answer = try ask(query)
        #expect(
            answer.figures.map(\.territory.rawValue).map { $0.suffix(3) } == ["002", "003", "004"])
        #expect(answer.figures.allSatisfy { $0.value == 0 })
        #expect(
            answer.divided
                == ["006011", "006012"].map {
                    DividedUnit(
                        territory: BoundaryWorld.code($0), codes: [BoundaryWorld.code("006001")])
                })
    }

    @Test func `a unit that takes another one over and keeps its code had less before`() throws {
        try world.change([("006002", after: ["006001"])])
        try world.donate(100, in: "006001", on: "2020-02-10")
        try world.donate(50, in: "006002", on: "2020-03-10")
        try world.donate(30, in: "006002", on: "2025-02-10")
        #expect(try yuan("006002", on: Self.after) == 180)
        #expect(try yuan("006002", on: Self.before, "2020") == 50)
        #expect(try refusal("006002", on: Self.before).code == "unit_divided")
        #expect(try refusal("006001", on: Self.before).code == "unit_divided")
    }

    @Test func `a unit that gives a part away and lives on had more before`() throws {
        try world.change([("006011", after: ["006001"])], endsOld: false)
        try world.donate(100, in: "006001", on: "2020-02-10")
        try world.donate(30, in: "006011", on: "2025-02-10")
        #expect(try yuan("006001", on: Self.before) == 130)
        #expect(try refusal("006001", on: Self.after).code == "unit_divided")
        #expect(try refusal("006011", on: Self.after).code == "unit_divided")
    }

    @Test func `what was split before anything was booked is refused to nobody`() throws {
        try world.change([("006011", after: ["006001"]), ("006012", after: ["006001"])])
        try world.donate(20, in: "006011", on: "2025-02-10")
        #expect(try yuan("006011", on: Self.after) == 20)
    }

    @Test func `persons of several units are counted once, and the smallest is that of all`() throws
    {
        try world.change([
            ("006011", after: ["006001", "006002"]), ("007011", after: ["006003"]),
        ])
        let (one, other) = (UUID(), UUID())
        try world.lend(10_000, to: one, in: "006001", on: "2020-02-10")
        try world.lend(15_000, to: other, in: "006002", on: "2020-03-10")
        try world.lend(20_000, to: one, in: "006011", on: "2025-02-10")
        try world.lend(30_000, to: other, in: "006003", on: "2020-02-10")
        func figures(_ place: String) throws -> [Int64?] {
            try ["loans_disbursed", "borrowers", "principal_min_fen", "principal_max_fen"].map {
                try value($0, place, on: Self.after)
            }
        }
        #expect(try figures("006011") == [3, 2, 1_000_000, 2_000_000])
        #expect(
            try figures("006") == [3, 2, 1_000_000, 2_000_000], "the third has left the street")
        #expect(try figures("007") == [1, 1, 3_000_000, 3_000_000])
    }

    @Test func `a question may be of one series on the boundaries of a day`() throws {
        try world.change([("006011", after: ["006001", "006002"])])
        try world.donate(100, in: "006001", on: "2020-02-10")
        try world.donate(50, in: "006011", on: "2025-02-10")
        try world.lend(10_000, to: UUID(), in: "006002", on: "2020-02-10")
        var query = query("006011", on: Self.after)
        query.measures = ["capital_lent_fen", "donations_fen"]
        query.series = Programme("happiness")
        #expect(try ask(query).figures.map(\.value) == [1_000_000])
        query.series = Programme("family-affection")
        #expect(try ask(query).figures.map(\.value) == [15_000])
        query.series = Programme("luck")
        let refused = try world.bench.decide(query)
        #expect(refused.code == "unknown_group" && refused.pointer == "/data/series")
    }

    @Test func `a day before the first units is refused, and one that is none`() throws {
        try world.donate(100, in: "006001", on: "2020-02-10")
        let early = try refusal("006001", on: "1999-12-31")
        #expect(early.code == "boundaries_too_early" && early.pointer == "/data/boundaries")
        #expect(early.expected == "a day from 2000-01-01 on")
        let body = String(
            decoding: try world.bench.body(query("006001", on: Self.before)), as: UTF8.self)
        let wrong = try world.bench.deliver(
            raw: Array(body.replacing("2020-01-01", with: "01.01.2020").utf8),
            routingKey: GetFigures.type)
        #expect(wrong.status == "rejected" && wrong.pointer == "/data/boundaries")
    }

    @Test func `units that were taken in before editions were kept are not guessed at`() throws {
        try world.donate(100, in: "006001", on: "2020-02-10")
        _ = try world.bench.connection.run(
            "DELETE FROM listed_unit WHERE code = '350203006002'")
        let refused = try refusal("006001", on: Self.after)
        #expect(refused.code == "boundaries_too_early")
        #expect(refused.expected?.contains("figures to be rebuilt") == true)
        #expect(try yuan("006001", on: nil) == 100)
    }

    @Test func `an edition that is loaded again, or comes late, says last what is listed last`()
        throws
    {
        let edition = ReportingFacts.date("2024-06-30")
        func loaded(_ predecessors: [String]) -> TerritoryLoaded {
            let (code, from) = (BoundaryWorld.code("006011"), ReportingFacts.date("2024-07-01"))
            return TerritoryLoaded(
                edition: edition, source: "test",
                units: [TerritoryUnit(code: code, nameZh: "新", nameEn: "New", validFrom: from)],
                successions: predecessors.map {
                    TerritorySuccession(
                        predecessor: BoundaryWorld.code($0), successor: code, from: from)
                })
        }
        try world.donate(100, in: "006001", on: "2020-02-10")
        try world.bench.take(loaded([]), subject: UUID(), sequence: 2)
        try world.bench.take(loaded(["006001"]), subject: UUID(), sequence: 1)
        #expect(try yuan("006001", on: Self.after) == 100, "it was a mistake that one follows it")
    }

    @Test func `figures that count elsewhere today are for whoever has them in scope today`() throws
    {
        try world.change([("007011", after: ["006001"])])
        try world.donate(100, in: "006001", on: "2020-02-10")
        for street in ["006", "007"] {
            try world.bench.take(
                PublisherGranted(
                    publisher: street, territories: [BoundaryWorld.code(street)],
                    types: [GetFigures.type]), subject: UUID(), sequence: 1)
        }
        let taken = try world.bench.decide(query("007011", on: Self.after), publisher: "007")
        #expect(taken.status == "accepted")
        let given = try world.bench.decide(query("006", on: Self.before), publisher: "006")
        #expect(given.code == "out_of_scope" && given.pointer == "/data/boundaries")
    }
}

extension ReportingBoundaryTests {
    private struct Answering: Decodable { let answer: FiguresAnswer }

    private func query(
        _ place: String, on day: String?, _ measure: String = "donations_fen",
        period: String? = nil
    ) -> GetFigures {
        GetFigures(
            territory: BoundaryWorld.code(place), measures: [measure], dimension: "",
            period: period, boundaries: day.map(ReportingFacts.date))
    }

    private func ask(_ query: GetFigures) throws -> FiguresAnswer {
        let answered = try world.bench.decide(query)
        #expect(answered.status == "accepted", "\(answered.expected ?? "")")
        return try Document(answered.body).data(as: Answering.self).answer
    }

    private func value(
        _ measure: String, _ place: String, on day: String?, _ period: String? = nil
    ) throws -> Int64? {
        let figures = try ask(query(place, on: day, measure, period: period)).figures
        #expect(figures.count == 1)
        return figures.first?.value
    }

    private func yuan(
        _ place: String, on day: String?, _ period: String? = nil
    ) throws -> Int64? {
        try value("donations_fen", place, on: day, period).map { $0 / 100 }
    }

    private func refusal(_ place: String, on day: String) throws -> ServiceBench.Answered {
        try world.bench.decide(query(place, on: day))
    }
}
