import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

/// Reporting with a few published figures, and its pages read from it.
struct DashboardWorld {
    let bench: ServiceBench
    let templates: PageTemplates
    private var facts = ReportingFacts(seed: 5)

    init() throws {
        bench = try ServiceBench(Reporting.definition)
        templates = try PageTemplates()
        try ReferenceBulletin.define(in: bench)
    }

    /// An edition of names, with markup in one of them.
    mutating func nameTerritories(_ names: [(String, String, String)] = Self.names) throws {
        let loaded = TerritoryLoaded(
            edition: ReportingFacts.date("2023-12-31"), source: "test",
            units: names.map {
                TerritoryUnit(
                    code: ReportingFacts.code($0.0), nameZh: $0.1, nameEn: $0.2,
                    validFrom: ReportingFacts.date("2000-01-01"))
            })
        try bench.take(loaded, subject: UUID(), sequence: 1)
    }

    static let names = [
        ("350203", "思明区", "Siming District"), ("350203001", "厦港街道", "Xiagang Subdistrict"),
        ("350203006", "鹭江街道", "Lujiang Subdistrict"),
        ("350203006001", "甲<b>\"'&社区", "A<b>\"'& Community"),
    ]

    /// Insures households in a community on a day.
    mutating func insure(
        _ households: Int, yuan: Int64? = nil, on day: String = "2020-05-26", run: UUID = UUID(),
        sequence: Int64 = 1
    ) throws {
        let fact = EnrolmentInsured(
            run: RunID(run), product: ProductID(run), programme: ReportingFacts.accidentInsurance,
            territory: ReportingFacts.community, basis: .onlyChildParents, households: households,
            premiumFen: .yuan(yuan ?? Int64(households) * 80), policyYear: 2020,
            businessDate: ReportingFacts.date(day))
        try bench.take(fact, subject: run, sequence: sequence)
    }

    mutating func register(
        on day: String = "2020-05-26", members: Int = 3,
        in community: TerritoryCode = ReportingFacts.community
    ) throws {
        let fact = facts.household(
            UUID(), members: members, in: community, on: ReportingFacts.date(day))
        try bench.take(fact, subject: fact.household.uuid, sequence: 1)
    }

    /// Loans in a community, which has a name of its own only if it is of `names`.
    mutating func lend(
        _ count: Int, yuan: Int64, in community: String, on day: String = "2020-05-26"
    ) throws {
        for _ in 0..<count {
            let id = UUID()
            let loan = facts.disbursed(
                id, to: PersonID(id), yuan: yuan, in: ReportingFacts.code(community),
                on: ReportingFacts.date(day))
            try bench.take(loan, subject: id, sequence: 1)
        }
    }

    /// Everything that was taken in, published; all of it at every level, or what the plan says.
    func publish(everything: Bool = true) throws {
        _ = try Epochs.begin(bench.connection, now: .now())
        try ReportingChecks.rollUpAll(bench)
        try ReportingChecks.write(bench, everything: everything)
        for dataset in Dataset.allCases {
            try ReportingChecks.publish(bench, dataset.rawValue)
        }
        _ = try bench.connection.run(
            "UPDATE edition SET published_at = as_of WHERE published_at IS NULL")
    }

    func close(_ period: String, on day: String) throws {
        let period = try #require(Period(period))
        let answer = try bench.decide(
            ClosePeriod(period: period, closedOn: ReportingFacts.date(day)))
        #expect(answer.status == "accepted")
    }

    @discardableResult
    func publishBulletin(
        _ month: String = "2020-05", on day: String = "2020-06-02", reason: String? = nil,
        by publisher: String = "operator"
    ) throws -> ServiceBench.Answered {
        let command = PublishBulletin(
            period: try #require(Period(month)), publishedOn: ReportingFacts.date(day),
            reason: reason)
        return try bench.decide(command, publisher: publisher)
    }

    func page(_ request: PageRequest, now: Timestamp = .now()) throws -> ReadPage {
        ReadPage(try PageReader.read(request, templates, bench.connection, now: now))
    }

    func page(
        _ page: PageRequest.Page, _ language: Language = .zh, _ period: String = "all"
    ) throws -> ReadPage {
        let period = try #require(PagePeriod(period))
        return try self.page(PageRequest(language: language, page: page, period: period))
    }
}

/// A page as a reader gets it.
struct ReadPage {
    let rendered: RenderedPage
    let html: String

    init(_ page: RenderedPage) {
        rendered = page
        html = page.html
    }

    var status: Int { rendered.code }

    /// The content of a figure's cell: the value for machines, or the state if there is none.
    func figure(_ cell: String) -> String? {
        guard let start = html.range(of: "data-cell=\"\(cell)\"") else { return nil }
        let rest = html[start.upperBound...]
        guard let end = rest.range(of: "</td>") else { return nil }
        let text = rest[..<end.lowerBound]
        if let value = text.firstMatch(of: /<data value="(-?[0-9]+)">/) { return String(value.1) }
        return text.firstMatch(of: /data-state="([a-z_]+)"/).map { String($0.1) }
    }

    /// The text of the page, without markup.
    var text: String {
        html.replacing(/<[^>]*>/, with: " ").replacing(/\s+/, with: " ")
    }
}
