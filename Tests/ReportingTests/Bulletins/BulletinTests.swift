import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Bulletins and their editions, on a real database")
struct BulletinTests {
    private var world: DashboardWorld
    private let may: Period

    init() throws {
        world = try DashboardWorld()
        may = try #require(Period("2020-05"))
        try world.nameTerritories()
        try world.insure(68_050)
        try world.publish()
    }

    // MARK: Deciding

    @Test("An edition keeps the figures as they are published, and where each dataset was")
    func first() throws {
        #expect(try world.publishBulletin().status == "accepted")
        let fact = try #require(world.bench.facts.last?.payload as? BulletinPublished)
        #expect(fact.period == may)
        #expect(fact.edition == 1)
        #expect(fact.territory == ReportingFacts.district)
        #expect(fact.changed == nil)
        #expect(fact.positions.map(\.dataset) == ["activities", "families", "funding"])
        let state = try ReportingChecks.state(world.bench, "funding")
        #expect(fact.positions.last?.seq == state.seq)
        #expect(fact.epoch == state.epoch)
        let figures = try figures(1)
        #expect(figures.count == fact.figures)
        let insured = figures.filter { $0.number == 9 }
        #expect(insured.map(\.period.code) == ["2020-05", "2020", "all"])
        #expect(insured.allSatisfy { $0.figure == PublishedFigure(state: .value, value: 68_050) })
        #expect(figures.first { $0.number == 1 }?.figure.state == .notCollected)
    }

    @Test("Every figure of an edition is the published one, its state included")
    func published() throws {
        try world.publishBulletin()
        let epoch = try ReportingChecks.state(world.bench, "funding").epoch
        let lines = try BulletinLine.all { try world.bench.connection.run($0) }
        #expect(lines.count == 50)
        let now = try BulletinFigure.published(lines, of: may, in: epoch) {
            try world.bench.connection.run($0)
        }
        #expect(Set(try figures(1)) == Set(now))
    }

    @Test("A later edition takes the place of the one before, and says how many figures differ")
    mutating func second() throws {
        try world.publishBulletin()
        try world.insure(1_000)
        try world.publish()
        let answer = try world.publishBulletin(on: "2020-06-20", reason: "A late answer.")
        #expect(answer.status == "accepted")
        let fact = try #require(world.bench.facts.last?.payload as? BulletinPublished)
        #expect(fact.edition == 2)
        #expect(fact.reason == "A late answer.")
        #expect(world.bench.facts.last?.header.sequence == 2)
        // Households and premium, in all and on their basis, each of the month, the year and all time.
        #expect(fact.changed == 9, "premium, households, and households by basis")
        #expect(try figures(1).first { $0.number == 9 }?.figure.value == 68_050)
        #expect(try figures(2).first { $0.number == 9 }?.figure.value == 69_050)
    }

    @Test("An edition that says the same as the last one is refused")
    func unchanged() throws {
        try world.publishBulletin()
        let answer = try world.publishBulletin(on: "2020-06-20")
        #expect(answer.code == "bulletin_unchanged")
        #expect(answer.pointer == "/data/period")
    }

    @Test("Closing the month makes its figures final, which is worth an edition")
    func final() throws {
        try world.publishBulletin()
        try world.close("2020-05", on: "2020-06-02")
        try world.publish()
        #expect(try world.publishBulletin(on: "2020-06-03").status == "accepted")
        let month = try figures(2).first { $0.number == 9 && $0.period == .of(may) }
        #expect(month?.status == .final)
        #expect(month?.vintage == 1)
    }

    @Test("What is taken in but not published yet is not in an edition")
    mutating func unpublished() throws {
        try world.insure(1_000)
        try ReportingChecks.rollUpAll(world.bench)
        try ReportingChecks.write(world.bench)
        try world.publishBulletin()
        #expect(try figures(1).first { $0.number == 9 }?.figure.value == 68_050)
    }

    @Test("A month that is not over has no bulletin", arguments: ["2020-05-01", "2020-05-31"])
    func notOver(_ day: String) throws {
        let answer = try world.publishBulletin(on: day)
        #expect(answer.code == "period_not_over")
        #expect(answer.pointer == "/data/publishedOn")
        #expect(answer.expected == "a date after 2020-05-31")
    }

    @Test("An edition is not of a day before that of the last one")
    mutating func tooEarly() throws {
        try world.publishBulletin(on: "2020-06-10")
        try world.insure(1_000)
        try world.publish()
        let answer = try world.publishBulletin(on: "2020-06-09")
        #expect(answer.code == "edition_too_early")
        #expect(answer.expected == "a date from 2020-06-10 on")
        #expect(try world.publishBulletin(on: "2020-06-10").status == "accepted")
    }

    @Test("A bulletin is of a month", arguments: ["2020", "2020-Q2", "2020-05-26"])
    func months(_ period: String) throws {
        let answer = try world.publishBulletin(period, on: "2021-02-01")
        #expect(answer.code == "invalid_value")
        #expect(answer.pointer == "/data/period")
    }

    @Test("Before anything is published there is no bulletin")
    func nothing() throws {
        #expect(try DashboardWorld().publishBulletin().code == "not_published")
    }

    @Test("Sent twice it is one edition; the operator publishes, and whom the district was granted")
    func publishers() throws {
        try grant("district", ReportingFacts.district, "reporting.bulletin.publish.v1")
        try grant("subdistrict", ReportingFacts.subdistrict, "reporting.bulletin.publish.v1")
        try grant("other", ReportingFacts.district, "reporting.period.close.v1")
        #expect(try world.publishBulletin(by: "nobody").code == "out_of_scope")
        #expect(try world.publishBulletin(by: "other").code == "out_of_scope")
        #expect(try world.publishBulletin(by: "subdistrict").code == "out_of_scope")
        let command = PublishBulletin(
            period: may, publishedOn: ReportingFacts.date("2020-06-02"))
        let (id, time) = (UUID(), Timestamp.now())
        func decide() throws -> String? {
            try world.bench.decide(command, id: id, publisher: "district", time: time).status
        }
        #expect(try decide() == "accepted")
        #expect(try decide() == "duplicate")
        #expect(try BulletinEdition.all(of: may) { try world.bench.connection.run($0) }.count == 1)
    }

    @Test("Nobody changes an edition, the database's owner included")
    func kept() throws {
        try world.publishBulletin()
        for change in [
            "UPDATE bulletin_figure SET value = 1, state = 'value'", "DELETE FROM bulletin_figure",
            "DELETE FROM bulletin_position",
            "UPDATE bulletin_edition SET published_on = '2020-07-01'",
        ] as [Statement] {
            let error = #expect(throws: PostgresError.self) {
                try world.bench.connection.run(change)
            }
            #expect(error?.sqlState.code == "23001")
        }
    }

    @Test("A rebuild leaves the editions as they are")
    func rebuilt() throws {
        try world.publishBulletin()
        #expect(try world.bench.decide(RebuildCells(reason: "a test")).status == "accepted")
        #expect(try figures(1).first { $0.number == 9 }?.figure.value == 68_050)
    }

    // MARK: Reading

    @Test("An edition reads the same whatever comes after it, and a later one says what differs")
    mutating func pages() throws {
        try world.publishBulletin()
        let first = try world.page(.bulletin(may, edition: nil), .zh)
        #expect(first.text.contains("第 1 版，2020-06-02 发布"))
        #expect(first.text.contains("6.8 万余户"))
        try world.insure(1_000)
        try world.publish()
        let cell = "funding/350203/all/accident-insurance/insured_households"
        #expect(try world.page(.bulletin(may, edition: nil), .zh).figure(cell) == "68050")
        try world.publishBulletin(on: "2020-06-20", reason: "<b>late</b>")
        let second = try world.page(.bulletin(may, edition: nil), .en)
        #expect(second.figure(cell) == "69050")
        #expect(second.text.contains("What differs from the edition before"))
        #expect(second.text.contains("68,050") && second.text.contains("69,050"))
        #expect(second.html.contains("&lt;b&gt;late&lt;/b&gt;"))
        let old = try world.page(.bulletin(may, edition: 1), .en)
        #expect(old.figure(cell) == "68050")
        #expect(old.text.contains("A later edition takes its place"))
        #expect(try world.page(.bulletins, .en).text.contains("Edition 2 (2020-06-20) · current"))
    }

    @Test("A month without an edition is shown as it is now, and says that it is none")
    func draft() throws {
        let page = try world.page(.bulletin(may, edition: nil), .en)
        #expect(page.text.contains("Not published as a bulletin"))
        #expect(page.figure("funding/350203/all/accident-insurance/insured_households") == "68050")
    }

    @Test("A bulletin that has figures of later months in its sums says so")
    mutating func laterData() throws {
        try world.insure(500, on: "2020-07-02")
        try world.publish()
        let page = try world.page(.bulletin(may, edition: nil), .en)
        #expect(page.text.contains("Figures reach to"))
        #expect(page.text.contains("include what came after this month"))
        #expect(
            page.figure("funding/350203/2020-05/accident-insurance/insured_households") == "68050")
        #expect(page.figure("funding/350203/all/accident-insurance/insured_households") == "68550")
    }

    // MARK: Help

    private func figures(_ edition: Int) throws -> [BulletinFigure] {
        try BulletinEdition.figures(of: may, edition: edition) {
            try world.bench.connection.run($0)
        }
    }

    private func grant(_ name: String, _ territory: TerritoryCode, _ type: String) throws {
        try world.bench.take(
            PublisherGranted(publisher: name, territories: [territory], types: [type]),
            subject: UUID(), sequence: 1)
    }
}
