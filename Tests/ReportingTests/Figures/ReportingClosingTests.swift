import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Closing a period, on a real database")
struct ReportingClosingTests {
    private let bench: ServiceBench
    private var facts = ReportingFacts(seed: 1)
    private let household = UUID()

    init() throws {
        bench = try ServiceBench(Reporting.definition)
        try register(household, "2020-05-26")
        try write()
        try ReportingChecks.publish(bench, "families")
    }

    @Test("Its cells and those of the periods in it are final, and no others")
    func final() throws {
        #expect(try close("2020-05").status == "accepted")
        #expect(bench.facts.map(\.header.type) == [PeriodClosed.type])
        let cells = try written()
        #expect(cells.map(\.key.period) == ["2020-05-26", "2020-05"])
        for cell in cells {
            #expect(cell.status == .final)
            #expect(cell.vintage == 1)
            #expect(cell.reason.code == .routine)
            #expect(cell.measures["households_registered"]?.value == 1)
            #expect(cell.replaces?.status == .provisional)
            #expect(cell.replaces?.measures == [:])
        }
    }

    @Test("What reporting has taken in before is in the closing edition, rolled up or not")
    func takenIn() throws {
        try register(UUID(), "2020-05-26")
        try close("2020-05")
        let day = try #require(try written().first { $0.key.period == "2020-05-26" })
        #expect(day.status == .final)
        #expect(day.vintage == 1)
        #expect(day.measures["households_registered"]?.value == 2)
    }

    @Test("A later fact gives a revision with a vintage, its reason, and the old value")
    func lateData() throws {
        try close("2020-05")
        _ = try written()
        try register(UUID(), "2020-05-26")
        let cells = try written().filter { $0.key.period.hasPrefix("2020-05") }
        #expect(cells.count == 2)
        for cell in cells {
            #expect(cell.status == .revised)
            #expect(cell.vintage == 2)
            #expect(cell.reason == CellChanged.Reason(.lateData))
            #expect(cell.measures["households_registered"]?.value == 2)
            #expect(cell.replaces?.status == .final)
            #expect(cell.replaces?.vintage == 1)
            #expect(cell.replaces?.measures["households_registered"]?.value == 1)
        }
        let year = try #require(try current("2020"))
        #expect(year.status == .provisional)
        #expect(year.reason.code == .routine)
    }

    @Test("A corrected fact gives a revision that says so")
    func correction() throws {
        try close("2020-05")
        _ = try written()
        let fact = facts(household, "2020-05-26", members: 5)
        try bench.take(fact, subject: household, sequence: 2)
        let month = try #require(try written().first { $0.key.period == "2020-05" })
        #expect(month.status == .revised)
        #expect(month.reason.code == .correction)
        #expect(month.measures["persons_registered"]?.value == 5)
        #expect(month.replaces?.measures["persons_registered"]?.value == 2)
        #expect(month.replaces?.measures["households_registered"] == nil, "it did not change")
    }

    @Test("A cell that was not in the closing edition is a revision of it")
    func newCell() throws {
        try close("2020-05")
        _ = try written()
        try register(UUID(), "2020-05-03")
        let day = try #require(try written().first { $0.key.period == "2020-05-03" })
        #expect(day.status == .revised)
        #expect(day.vintage == 2)
        #expect(day.reason.code == .lateData)
        #expect(day.replaces == nil)
    }

    @Test("Each further revision is one more vintage, and none is forgotten")
    func vintages() throws {
        try close("2020-05")
        _ = try written()
        for _ in 0..<3 {
            try register(UUID(), "2020-05-26")
            _ = try written()
        }
        try DatasetState.forget(
            before: Timestamp(microseconds: Timestamp.now().microseconds + 1_000_000),
            bench.connection)
        let vintages = try bench.connection.run(
            "SELECT vintage FROM summary WHERE span = 'month' AND start = '2020-05-01' ORDER BY seq"
        ).map { try $0.decode(Int32.self, at: 0) }
        #expect(vintages == [1, 2, 3, 4])
    }

    @Test("Closing the year leaves what was final before as it is")
    func yearAfterMonth() throws {
        try close("2020-05")
        _ = try written()
        #expect(try close("2020", on: "2021-01-05").status == "accepted")
        let periods = try written().map(\.key.period)
        #expect(!periods.contains("2020-05") && !periods.contains("2020-05-26"))
        #expect(Set(["2020-06", "2020-12", "2020-Q2", "2020-Q4", "2020"]).isSubset(of: periods))
    }

    @Test("A rebuild that ends in the same figures revises nothing")
    func rebuilt() throws {
        try close("2020-05")
        _ = try written()
        try bench.decide(RebuildCells(reason: "a test"))
        try bench.take(facts(household, "2020-05-26"), subject: household, sequence: 1)
        try ReportingChecks.rollUpAll(bench)
        try ReportingChecks.sayAllWasSent(bench)
        let later = Timestamp(microseconds: Timestamp.now().microseconds + 60_000_000)
        try ReportingChecks.write(bench, now: later)
        #expect(try EditionNews.unpublished("families", bench.connection).isEmpty)
    }

    @Test("A period that is not over cannot be closed")
    func notOver() throws {
        let answer = try close("2020-05", on: "2020-05-31")
        #expect(answer.code == "period_not_over")
        #expect(answer.pointer == "/data/closedOn")
        #expect(answer.expected == "a date after 2020-05-31")
    }

    @Test("A period that goes on today cannot be closed, nor on a day to come")
    func goesOn() throws {
        let today = try Editions.today(.now()) { try bench.connection.run($0) }
        let year = today.description.prefix(4)
        let running = try close("\(year)", on: "\(today)")
        #expect(running.code == "period_not_over")
        #expect(running.pointer == "/data/period")
        let early = try close("2020-05", on: "\(today.adding(days: 2))")
        #expect(early.code == "date_out_of_bounds")
        #expect(early.pointer == "/data/closedOn")
    }

    @Test(
        "A closed period cannot be closed again, nor can one that lies in it",
        arguments: ["2020-05", "2020-05-26"])
    func again(_ period: String) throws {
        try close("2020-05")
        let answer = try close(period)
        #expect(answer.code == "period_closed")
        #expect(answer.pointer == "/data/period")
    }

    @Test("Sent twice it closes once, and only the operator closes or rebuilds")
    func onceByTheOperator() throws {
        let period = try #require(Period("2020-05"))
        let command = ClosePeriod(period: period, closedOn: ReportingFacts.date("2020-06-02"))
        try bench.take(
            PublisherGranted(
                publisher: "district", territories: [ReportingFacts.district],
                types: ["reporting.*"]), subject: UUID(), sequence: 1)
        #expect(try bench.decide(command, publisher: "district").code == "out_of_scope")
        let rebuild = RebuildCells(reason: "a test")
        #expect(try bench.decide(rebuild, publisher: "district").code == "out_of_scope")
        let (id, time) = (UUID(), Timestamp.now())
        #expect(try bench.decide(command, id: id, time: time).status == "accepted")
        #expect(try bench.decide(command, id: id, time: time).status == "duplicate")
        #expect(bench.facts.count == 1)
    }

    // MARK: Help

    private func facts(_ id: UUID, _ day: String, members: Int = 2) -> any Fact {
        var facts = facts
        return facts.household(
            id, members: members, in: ReportingFacts.district, on: ReportingFacts.date(day))
    }

    private func register(_ id: UUID, _ day: String) throws {
        try bench.take(facts(id, day), subject: id, sequence: 1)
    }

    @discardableResult
    private func close(
        _ period: String, on day: String = "2020-06-02"
    ) throws -> ServiceBench.Answered {
        let period = try #require(Period(period))
        return try bench.decide(ClosePeriod(period: period, closedOn: ReportingFacts.date(day)))
    }

    private func write() throws {
        try ReportingChecks.rollUpAll(bench)
        while try ReportingChecks.write(bench, now: .now()) > 0 {}
    }

    /// The next edition, as everybody sees it.
    private func written() throws -> [CellChanged] {
        try write()
        let cells = try EditionNews.unpublished("families", bench.connection).map {
            $0.published(in: 1)
        }
        try ReportingChecks.publish(bench, "families")
        return cells
    }

    private func current(_ period: String) throws -> CellChanged? {
        let state = try ReportingChecks.state(bench, "families")
        return try DatasetState.snapshot(of: "families", at: state.seq, after: 0, limit: 1_000) {
            try bench.connection.run($0)
        }.map { $0.published(in: 1) }.first { $0.key.period == period }
    }
}
