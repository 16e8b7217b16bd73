import Messages
import Testing

@testable import Reporting

@Suite("What a bulletin says")
struct BulletinSentenceTests {
    private func figure(
        _ line: Int, _ value: Int64?, _ unit: MeasureUnit, _ state: FigureState? = nil
    )
        -> BulletinFigure
    {
        let state = state ?? (value == 0 ? .zero : value == nil ? .notCollected : .value)
        return BulletinFigure(
            number: line, name: Words("", ""), dataset: .funding, unit: unit, programme: "",
            measure: "", territory: ReportingFacts.district, period: .all,
            figure: PublishedFigure(state: state, value: value), status: .provisional, vintage: 0)
    }

    /// As the reference bulletin has them.
    private func sentences(of code: String) throws -> [DefineBulletin.Sentence] {
        let sections = try ReferenceBulletin.bulletin().sections
        return try #require(sections.first { $0.section.rawValue == code }).sentences
    }

    private func text(
        _ section: String, _ language: Language, _ figures: [BulletinFigure]
    ) throws -> [String] {
        BulletinSentences.text(
            try sentences(of: section),
            Dictionary(uniqueKeysWithValues: figures.map { ($0.number, $0) }),
            FigureFormat(language: language))
    }

    private var insurance: [BulletinFigure] {
        [
            figure(8, 562_690_000, .fen), figure(9, 70_950, .household),
            figure(10, 68_050, .household), figure(14, 30_000, .fen), figure(15, 822, .person),
        ]
    }

    @Test("The reference figures read as the association reports them")
    func reference() throws {
        #expect(
            try text("insurance", .zh, insurance) == [
                "投入保费 562.69 万元，为 7 万余户计生家庭投保意外伤害险，其中父母 51 至 65 周岁的独生子女家庭 6.8 万余户。",
                "为 49 周岁及以上的失独人员 800 多人加投住院护理津贴险，每人保费至多 300 元。",
            ])
        #expect(
            try text("insurance", .en, insurance) == [
                "A premium of CNY 5.63 million insured more than 70,000 households against accidents, among them more than 68,000 households with an only child and a parent of 51 to 65.",
                "The nursing supplement covers more than 800 persons who are bereaved and 49 or older, at CNY 300 each at most.",
            ])
        let loans = [
            figure(1, 171_000_000, .fen), figure(2, 80, .person), figure(3, 1_000_000, .fen),
            figure(4, 3_000_000, .fen),
        ]
        #expect(
            try text("loans", .zh, loans)
                == ["“幸福工程”滚动投放资金 171 万元，帮助 80 人发展生产经营，单笔借款 1 万元至 3 万元。"])
        let commended = try text("commendations", .zh, [figure(47, 319, .commendation)])
        #expect(commended == ["会员日表彰 319 人次。"])
    }

    @Test("What is suppressed, not collected or zero is not said", arguments: Language.allCases)
    func unsaid(_ language: Language) throws {
        for state in [FigureState.suppressed, .notCollected, .zero] {
            var figures = insurance
            figures[2] = figure(10, state == .zero ? 0 : nil, .household, state)
            let said = try text("insurance", language, figures)
            #expect(said.count == 2)
            #expect(said.first?.contains("65") == false)
            figures[1] = figure(9, state == .zero ? 0 : nil, .household, state)
            #expect(try text("insurance", language, figures).count == 1)
            figures[2] = figure(10, 68_050, .household)
            let rest = try text("insurance", language, figures)
            #expect(rest.count == 1, "of them: nothing is said of what is not said")
        }
        #expect(try text("insurance", language, []) == [])
    }

    @Test("Figures of a clause are found by their lines, with their rounding")
    func named() {
        #expect(
            BulletinSentences.figures(in: "a {1} b {20~}") == [
                BulletinSentences.Named(line: 1, isRound: false),
                BulletinSentences.Named(line: 20, isRound: true),
            ])
        #expect(BulletinSentences.figures(in: "none") == [])
    }

    @Test("Parts of a clause are found wherever they stand")
    func parts() {
        #expect(
            BulletinSentences.parts(of: "a {1} b {20~}")
                == [
                    .text("a "), .figure(line: 1, isRound: false), .text(" b "),
                    .figure(line: 20, isRound: true), .text(""),
                ])
        #expect(BulletinSentences.parts(of: "") == [.text("")])
    }
}
