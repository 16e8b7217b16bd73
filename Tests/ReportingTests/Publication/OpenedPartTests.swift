import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

/// Words that publishers make up are public once somebody of the district has named them.
@Suite struct OpenedPartTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(Reporting.definition) }

    private func donate(_ campaign: String) throws {
        let id = UUID()
        try bench.take(
            DonationReceived(
                DonationSubject(
                    donation: DonationID(id), fund: FundID(id), programme: ReportingFacts.oneYuan,
                    campaign: campaign, territory: ReportingFacts.community),
                amountFen: .yuan(10), receivedOn: ReportingFacts.date("2020-02-12")),
            subject: id, sequence: 1)
    }

    private func commend(on occasion: String) throws {
        let id = UUID()
        try bench.take(
            CommendationAwarded(
                CommendationSubject(
                    commendation: CommendationID(id), recipient: PersonID(UUID()),
                    territory: ReportingFacts.community, occasion: occasion,
                    awardedOn: ReportingFacts.date("2020-02-12"))),
            subject: id, sequence: 1)
    }

    private func issue(_ item: String) throws {
        let id = UUID()
        let place = ReportingFacts.community
        try bench.take(
            GoodsIssued(
                issue: IssueID(id), item: item, quantity: 3, place: Place(territory: place),
                territory: place, programme: ReportingFacts.oneYuan, household: nil, person: nil,
                familiesSupplied: 0, businessDate: ReportingFacts.date("2020-02-12")),
            subject: id, sequence: 1)
    }

    /// The figures of the next edition for the district and all time.
    private func published() throws -> [String: Int64] {
        try ReportingChecks.write(bench, naming: false)
        let rows = try bench.connection.run(
            """
            SELECT f.name, f.value
            FROM summary s CROSS JOIN LATERAL unnest(s.measures, s.figures) AS f (name, value)
            WHERE s.superseded_by IS NULL AND s.territory = '350203' AND s.span = 'all'
              AND f.value IS NOT NULL
            """)
        return try rows.reduce(into: [:]) {
            $0[try $1.decode(String.self, at: 0), default: 0] += try $1.decode(Int64.self, at: 1)
        }
    }

    private func waiting() throws -> [String] {
        try OpenedParts.waiting { try bench.connection.run($0) }.map {
            "\($0.dimension)/\($0.part)"
        }.sorted()
    }

    @Test func `nothing is said of a word without a name, and all parts together are`() throws {
        try donate("for Zhang San")
        try commend(on: "Li Si's day")
        try issue("wheelchair of Wang Wu")
        let figures = try published()
        #expect(figures["donations"] == 1)
        #expect(figures["commendations"] == 1)
        #expect(figures["goods_issued"] == 3)
        #expect(!figures.keys.contains { $0.contains(":") }, "\(figures.keys.sorted())")
        #expect(
            try waiting()
                == ["campaign/for Zhang San", "item/wheelchair of Wang Wu", "occasion/Li Si's day"])
    }

    @Test func `a word is public once it has a name`() throws {
        try donate("spring")
        #expect(try published()["donations:spring"] == nil)
        let word = DefineWord(
            kind: .part, code: "spring", dimension: "campaign", version: 1, reason: "a test",
            nameZh: "春天", nameEn: "Spring")
        #expect(try bench.decide(word).status == "accepted")
        try donate("spring")
        #expect(try published()["donations:spring"] == 2)
        #expect(try waiting().isEmpty)
    }

    @Test func `the code of a programme with a name is one`() throws {
        try donate("spring-gala")
        let programme = DefineProgramme(
            programme: try #require(Programme("spring-gala")), version: 1, reason: "a test",
            nameZh: "春晚", nameEn: "Spring gala")
        #expect(try bench.decide(programme).status == "accepted")
        #expect(try published()["donations:spring-gala"] == 1)
    }

    @Test func `a word of another kind does not open it`() throws {
        try donate("mask")
        let word = DefineWord(
            kind: .part, code: "mask", dimension: "item", version: 1, reason: "a test",
            nameZh: "口罩", nameEn: "masks")
        #expect(try bench.decide(word).status == "accepted")
        #expect(try published()["donations:mask"] == nil)
        #expect(try waiting() == ["campaign/mask"])
    }

    @Test func `the list shows what somebody wrote without letting it act on the terminal`() {
        let word = OpenedParts.Waiting(dimension: "item", part: "\u{1B}[2J", cells: 4)
        #expect(WordsCommand.text([word]).contains(#"\u001b[2J"#))
        #expect(WordsCommand.text([]) == "no word waits for a name")
    }
}
