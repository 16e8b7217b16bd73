import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Published figures on the boundaries of a day, on a real database")
struct PublishedBoundaryTests {
    private var world: BoundaryWorld
    private static let (before, after) = (BoundaryWorld.before, BoundaryWorld.after)

    init() throws { world = try BoundaryWorld() }

    @Test mutating func `communities that were merged are added up, distinct counts are not`()
        throws
    {
        try world.change([("006011", after: ["006001", "006002"])])
        try world.lend(6, in: "006001")
        try world.lend(8, in: "006002")
        try world.lend(9, in: "006011", on: "2025-03-05")
        try world.world.publish()
        #expect(try figure("loans_disbursed", "006011", "2020", on: Self.after) == "14")
        #expect(try figure("loans_disbursed", "006011", "2025", on: Self.after) == "9")
        #expect(try figure("loans_disbursed", "006011", "all", on: Self.after) == "23")
        #expect(try figure("capital_lent_fen", "006011", "2020", on: Self.after) == "14000000")
        #expect(try figure("borrowers", "006011", "2020", on: Self.after) == "not_collected")
        #expect(try figure("borrowers", "006011", "all", on: Self.after) == "not_collected")
        #expect(try figure("borrowers", "006011", "2025", on: Self.after) == "9", "one unit alone")
        #expect(try figure("loans_disbursed", "006001", "2020", on: Self.before) == "6")
        #expect(try figure("borrowers", "006003", "2020", on: Self.before) == "0")
    }

    @Test mutating func `a sum of which a part is hidden is hidden, in every form`() throws {
        try PublicPlan.families(inCommunities: ["disbursement"]).apply(world.bench.connection)
        try world.change([
            ("006011", after: ["006001", "006003"]), ("006014", after: ["006004"]),
        ])
        try world.lend(3, in: "006001")
        try world.lend(8, in: "006002")
        try world.lend(20, in: "006003")
        try world.lend(30, in: "006004")
        try world.world.publish(everything: false)
        for period in ["2020", "all"] {
            #expect(
                try figure("loans_disbursed", "006011", period, on: Self.after) == "suppressed")
            #expect(
                try figure("capital_lent_fen", "006011", period, on: Self.after) == "suppressed")
            #expect(try figure("loans_disbursed", "006014", period, on: Self.after) == "30")
            #expect(try figure("loans_disbursed", "006", period, on: Self.after) == "61")
        }
        let cells = try cells(on: Self.after).filter { $0.key.territory.rawValue == "350203006011" }
        #expect(cells.contains { $0.key.period == "2020" })
        let hidden = cells.filter { ["2020", "all"].contains($0.key.period) }.flatMap {
            $0.measures.values
        }
        #expect(!hidden.isEmpty && hidden.allSatisfy { $0 == PublishedFigure(state: .suppressed) })
    }

    @Test mutating func `a unit with a new code in another street takes its figures along`() throws
    {
        try world.change([("007011", after: ["006001"])])
        try world.lend(6, in: "006001")
        try world.lend(8, in: "006002")
        try world.lend(5, in: "007001")
        try world.lend(9, in: "007011", on: "2025-03-05")
        try world.world.publish()
        #expect(try figure("loans_disbursed", "007011", "all", on: Self.after) == "15")
        #expect(try figure("loans_disbursed", "007", "all", on: Self.after) == "20")
        #expect(try figure("loans_disbursed", "006", "all", on: Self.after) == "8")
        #expect(try figure("loans_disbursed", "006001", "all", on: Self.before) == "15")
        #expect(try figure("loans_disbursed", "006", "all", on: Self.before) == "23")
        #expect(try figure("borrowers", "006", "all", on: Self.after) == "not_collected")
    }

    @Test mutating func `what was split is named as divided, and has no page`() throws {
        try world.change([("006011", after: ["006001"]), ("006012", after: ["006001"])])
        try world.lend(6, in: "006001")
        try world.lend(8, in: "006011", on: "2025-03-05")
        try world.world.publish()
        #expect(try figure("loans_disbursed", "006001", "all", on: Self.before) == "14")
        let page = try page("006011", "all", on: Self.after)
        #expect(page.status == 400)
        #expect(page.text.contains("350203006, or another day"))
        let (json, csv) = (try snapshot(isCSV: false), try snapshot(isCSV: true))
        let divided = #""divided":[{"codes":["350203006001"],"territory":"350203006011"}"#
        #expect(try json.head().contains(divided))
        #expect(try json.head().contains(#""boundaries":"2025-01-01""#))
        #expect(try csv.head().contains(",350203006011,,,,,,,,divided,,1,"))
        #expect(
            try cells(on: Self.after).allSatisfy { $0.key.territory.rawValue != "350203006011" })
    }

    @Test
    mutating func `without a day, and on today's where nothing changed, cells are as published`()
        throws
    {
        try world.lend(6, in: "006001")
        try world.donate(100, in: "007", on: "2020-02-10")
        try world.world.publish()
        let state = try ReportingChecks.state(world.bench, "funding")
        let published = try DatasetState.snapshot(
            of: "funding", at: state.seq, after: 0, limit: 5_000
        ) { try world.bench.connection.run($0) }.map { $0.published(in: state.epoch) }
        let drawn = try cells(on: Self.after)
        #expect(!drawn.isEmpty && Set(drawn) == Set(published))
    }

    @Test mutating func `a series is what its programmes come to on the boundaries of a day`()
        throws
    {
        try world.change([("006011", after: ["006001", "006002"])])
        try world.donate(100, in: "006001", on: "2020-02-10")
        try world.donate(50, in: "006002", on: "2020-02-10")
        try world.donate(30, in: "006011", on: "2025-02-10")
        try world.world.publish()
        let read: DatasetState.Reading = { [world] in try world.bench.connection.run($0) }
        let (before, after) = (
            ReportingFacts.date(Self.before), ReportingFacts.date(Self.after)
        )
        let grouped = try #require(
            try GroupedFigures.read(
                .funding, by: .series, in: BoundaryWorld.code("006011"), .all, on: after, read))
        let series = try #require(grouped.groups.first { $0.code == "family-affection" })
        #expect(grouped.boundaries == after)
        #expect(series.measures["donations_fen"]?.value == 18_000)
        #expect(throws: BoundaryProblem.self, "006011 is of two units of that day") {
            try GroupedFigures.read(
                .funding, by: .series, in: BoundaryWorld.code("006001"), .all, on: before, read)
        }
        let page = try world.world.page(
            PageRequest(
                language: .en, page: .groups(.series), territory: BoundaryWorld.code("006011"),
                boundaries: after))
        #expect(
            page.figure("funding/350203006011/all/one-yuan-donation/donations_fen") == "18000")
        #expect(page.text.contains("On the boundaries of 2025-01-01."))
        let snapshot = BoundarySnapshot(
            of: try place(), ProgrammeFilter(programmes: ["warm-home"]), false,
            try drawing(on: Self.after))
        #expect(try snapshot.head().contains(#""programmes":["warm-home"]"#))
    }

    @Test mutating func `links keep the day, and name the units of it`() throws {
        try world.change([("006011", after: ["006001", "006002"])])
        try world.lend(6, in: "006001")
        try world.world.publish()
        let street = PageRequest(
            language: .en, page: .territory(BoundaryWorld.code("006")),
            boundaries: ReportingFacts.date(Self.after))
        let page = try world.world.page(street)
        #expect(page.text.contains("On the boundaries of 2025-01-01."))
        let links = page.html.matches(of: /href="([^"]*)"/).map { String($0.1) }
        #expect(links.contains { $0.contains("350203006011") && $0.contains("2025-01-01") })
        #expect(!links.contains { $0.contains("350203006001") })
        #expect(links.contains("/en/territory/350203006"), "where figures were booked")
        #expect(street.with(page: .status).address == "/en/status")
    }

    @Test mutating func `a day before the first units, or a unit of another day, is no page`()
        throws
    {
        try world.change([("006011", after: ["006001"])])
        try world.lend(6, in: "006001")
        try world.world.publish()
        let early = try page("006001", "all", on: "1999-12-31")
        #expect(early.status == 400 && early.text.contains("a day from 2000-01-01 on"))
        let later = try page("006011", "all", on: Self.before)
        #expect(later.status == 400 && later.text.contains("such as 350203006001"))
    }
}

extension PublishedBoundaryTests {
    private func page(_ place: String, _ period: String, on day: String) throws -> ReadPage {
        try world.world.page(
            PageRequest(
                language: .en, page: .dataset(.funding), period: try #require(PagePeriod(period)),
                territory: BoundaryWorld.code(place), boundaries: ReportingFacts.date(day)))
    }

    private func figure(
        _ measure: String, _ place: String, _ period: String, on day: String
    ) throws -> String? {
        try page(place, period, on: day).figure(
            "funding/350203\(place)/\(period)/happiness-project/\(measure)")
    }

    private func drawing(on day: String) throws -> BoundaryCells {
        let read: DatasetState.Reading = { try world.bench.connection.run($0) }
        return BoundaryCells(
            boundaries: try Boundaries.on(ReportingFacts.date(day), read),
            measures: try MeasureCatalogue(read))
    }

    /// Those of funding.
    private func cells(on day: String) throws -> [CellChanged] {
        let drawing = try drawing(on: day)
        return try drawing.cells(
            of: drawing.boundaries.units, in: ReportingChecks.state(world.bench, "funding")
        ) { try world.bench.connection.run($0) }
    }

    private func place() throws -> DatasetPlace {
        DatasetPlace(
            state: try ReportingChecks.state(world.bench, "funding"),
            edition: try EditionMoment.inForce { try world.bench.connection.run($0) })
    }

    private func snapshot(isCSV: Bool) throws -> BoundarySnapshot {
        BoundarySnapshot(of: try place(), .all, isCSV, try drawing(on: Self.after))
    }
}
