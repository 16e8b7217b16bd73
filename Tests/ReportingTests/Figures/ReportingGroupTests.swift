import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("What programmes of a series come to")
struct ReportingSumTests {
    private static let hidden = PublishedFigure(state: .suppressed)
    private static let none = PublishedFigure(state: .notCollected)

    private static func value(_ value: Int64) -> PublishedFigure {
        PublishedFigure(state: value == 0 ? .zero : .value, value: value)
    }

    private static func sum(
        _ parts: [(PublishedFigure, PublishedFigure)], isAboutFamilies: Bool = true
    ) -> PublishedFigure {
        GroupSums.sum(
            parts.map { GroupSums.Part(figure: $0.0, inDistrict: $0.1) },
            isAboutFamilies: isAboutFamilies)
    }

    @Test func `figures that are shown add up, and nothing in all is zero`() {
        #expect(
            Self.sum([(Self.value(3), Self.value(3)), (Self.value(4), Self.value(9))])
                == Self.value(7))
        #expect(Self.sum([(Self.value(0), Self.value(0))]) == Self.value(0))
        #expect(Self.sum([]) == Self.none)
    }

    @Test func `a sum with a hidden part is hidden, whatever the others are`() {
        let parts = [(Self.value(300), Self.value(300)), (Self.hidden, Self.value(2))]
        #expect(Self.sum(parts) == Self.hidden)
        #expect(Self.sum(parts.reversed()) == Self.hidden)
    }

    @Test
    func `of families, what the district has and this place does not say is no part of a sum`() {
        let parts = [(Self.value(30), Self.value(300)), (Self.none, Self.value(2))]
        #expect(Self.sum(parts) == Self.none)
        #expect(
            Self.sum(parts, isAboutFamilies: false) == Self.value(30), "leaflets: there were none")
        let never = [(Self.value(30), Self.value(300)), (Self.none, Self.none)]
        #expect(Self.sum(never) == Self.value(30))
        let nothing = [(Self.value(30), Self.value(300)), (Self.none, Self.value(0))]
        #expect(Self.sum(nothing) == Self.value(30))
    }

    @Test func `a sum that no number holds is not said`() {
        let parts = [(Self.value(.max), Self.value(.max)), (Self.value(1), Self.value(1))]
        #expect(Self.sum(parts) == Self.none)
    }
}

@Suite("Series and key tasks, on a real database")
struct ReportingGroupTests {
    private let world: DashboardWorld
    private let facts = ReportingFacts(seed: 17)
    private let person = PersonID(UUID())

    init() throws {
        world = try DashboardWorld()
        // One person at a session of each of two programmes of the series warm.
        for programme in ["warm-home", "warm-care"] {
            let session = SessionID(UUID())
            var closed = facts.closed(session)
            closed.programme = try #require(Programme(programme))
            try world.bench.take(closed, subject: session.uuid, sequence: 2)
            let id = UUID()
            var attended = facts.attended(id, session, by: person)
            attended.programme = closed.programme
            try world.bench.take(attended, subject: id, sequence: 1)
        }
    }

    private func read(
        _ dataset: Dataset = .activities, by grouping: ProgrammeGrouping = .series
    ) throws -> GroupedFigures {
        let read: DatasetState.Reading = { try world.bench.connection.run($0) }
        return try #require(
            try GroupedFigures.read(dataset, by: grouping, in: nil, .all, read))
    }

    @Test func `a series is what its programmes come to, and persons are not added up`() throws {
        try world.publish()
        let grouped = try read()
        #expect(grouped.territory == ReportingFacts.district)
        let warm = try #require(grouped.groups.first { $0.code == "warm" })
        #expect(warm.en == "Warm series")
        #expect(
            warm.programmes == ["epidemic-relief", "warm-care", "warm-home", "warm-housekeeping"])
        #expect(warm.measures["sessions_held"]?.value == 2)
        #expect(warm.measures["attendance_person_times"]?.value == 2)
        #expect(warm.measures["attendance_persons"] == nil)
        #expect(warm.notAddedUp.contains("attendance_persons"))
        #expect(warm.status == .provisional)
        let others = grouped.groups.filter { $0.code != "warm" }
        #expect(others.allSatisfy { $0.measures.isEmpty && $0.status == nil })
    }

    @Test func `every key task with a name is there, also one that no programme serves`() throws {
        try world.publish()
        let tasks = try read(by: .keyTask).groups
        #expect(
            tasks.map(\.code) == [
                "family-help", "healthy-birth", "migrants", "publicity-education",
                "reproductive-health", "rights",
            ])
        #expect(tasks[2].zh == "流动人口服务" && tasks[2].programmes.isEmpty)
        #expect(tasks[0].measures["sessions_held"]?.value == 2)
    }

    @Test(arguments: Language.allCases)
    func `a page has each series with its sum and its programmes`(_ language: Language) throws {
        try world.publish()
        for period in ["all", "2020", "2020-05"] {
            let page = try world.page(.groups(.series), language, period)
            #expect(page.status == 200)
            #expect(page.html.components(separatedBy: "<h1>").count == 2)
            #expect(!page.html.contains("{{"))
            let ids = page.html.matches(of: /[ ]id="([^"]+)"/).map(\.1)
            #expect(Set(ids).count == ids.count)
        }
        let page = try world.page(.groups(.series), language)
        let cell = "activities/350203/all"
        #expect(page.figure("\(cell)/series:warm/sessions_held") == "2")
        #expect(page.figure("\(cell)/warm-home/sessions_held") == "1")
        #expect(page.figure("\(cell)/warm-home/attendance_persons") == "1")
        #expect(page.figure("\(cell)/series:warm/attendance_persons") == nil)
        #expect(page.text.contains(language == .zh ? "暖心系列" : "Warm series"))
        let tasks = try world.page(.groups(.keyTask), language)
        #expect(tasks.figure("\(cell)/key_task:family-help/sessions_held") == "2")
    }

    @Test func `a bulletin is read by section, by series or by key task, with the same figures`()
        throws
    {
        var world = world
        try world.insure(68_050)
        try world.publish()
        let may = try #require(Period("2020-05"))
        func page(_ grouping: ProgrammeGrouping?) throws -> ReadPage {
            try world.page(
                PageRequest(
                    language: .en, page: .bulletin(may, edition: nil), grouping: grouping))
        }
        func cells(_ page: ReadPage) -> [Substring] {
            page.html.matches(of: /data-cell="([^"]+)"/).map(\.1).sorted()
        }
        let plain = try page(nil)
        #expect(plain.html.contains("<h2 id=\"section-warm-home\">"))
        #expect(plain.html.contains("href=\"/en/bulletin/2020-05?by=key_task\""))
        let bySeries = try page(.series)
        #expect(bySeries.html.contains("<h2 id=\"section-series-warm\">Warm series</h2>"))
        #expect(bySeries.html.contains("<h2 id=\"section-series-none\">"))
        #expect(!bySeries.html.contains("class=\"sentence\""))
        #expect(cells(bySeries) == cells(plain))
        #expect(try cells(page(.keyTask)) == cells(plain))
    }

    // MARK: Questions

    private struct Answering: Decodable { let answer: FiguresAnswer }

    @Test func `a question may be of one series, one key task, or both`() throws {
        func programmes(_ query: GetFigures) throws -> Set<String> {
            let answered = try world.bench.decide(query)
            #expect(answered.status == "accepted", "\(answered.code ?? "")")
            let answer = try Document(answered.body).data(as: Answering.self).answer
            return Set(answer.figures.map(\.programme))
        }
        let all = GetFigures(territory: ReportingFacts.district, measures: ["sessions_held"])
        #expect(try programmes(all) == ["warm-home", "warm-care"])
        var query = all
        query.series = Programme("warm")
        query.keyTask = Programme("family-help")
        #expect(try programmes(query) == ["warm-home", "warm-care"])
        query.programme = Programme("warm-care")
        #expect(try programmes(query) == ["warm-care"])
        query.programme = nil
        query.keyTask = Programme("healthy-birth")
        #expect(try programmes(query).isEmpty, "no programme is of both")
        query.keyTask = Programme("luck")
        let refused = try world.bench.decide(query)
        #expect(refused.code == "unknown_group")
        #expect(refused.pointer == "/data/keyTask")
        #expect(refused.expected?.contains("family-help") == true)
    }
}
