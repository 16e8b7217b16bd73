import Messages
import Testing

@testable import Reporting

@Suite("Numbers as people write them")
struct DashboardNumberTests {
    private let zh = FigureFormat(language: .zh)
    private let en = FigureFormat(language: .en)

    private func yuan(_ yuan: Int64, fen: Int64 = 0) -> Int64 { yuan * 100 + fen }

    // MARK: In short

    @Test(
        "Chinese money is cut to hundredths of 万 or 亿, and says 余 if something was cut",
        arguments: [
            (0, 0, "0 元"), (1, 0, "1 元"), (1_100, 0, "1,100 元"), (82, 75, "82.75 元"),
            (82, 5, "82.05 元"),
            (9_999, 99, "9,999.99 元"), (10_000, 0, "1 万元"), (10_000, 1, "1 万余元"),
            (10_099, 99, "1 万余元"), (10_100, 0, "1.01 万元"), (510_000, 0, "51 万元"),
            (1_710_000, 0, "171 万元"), (5_626_900, 0, "562.69 万元"),
            (5_626_937, 50, "562.69 万余元"), (5_626_000, 0, "562.6 万元"),
            (99_999_999, 99, "9,999.99 万余元"), (100_000_000, 0, "1 亿元"),
            (100_000_000, 1, "1 亿余元"), (101_000_000, 0, "1.01 亿元"),
            (100_999_999, 99, "1 亿余元"), (123_456_789, 0, "1.23 亿余元"),
        ])
    func chineseMoney(_ yuan: Int64, _ fen: Int64, _ text: String) {
        #expect(zh.short(self.yuan(yuan, fen: fen), .fen) == text)
    }

    @Test("Where the unit stands beside, a number is alone, and a sign is a sign")
    func bare() {
        func figure(_ value: Int64) -> PublishedFigure {
            PublishedFigure(state: .value, value: value)
        }
        #expect(zh.bare(figure(yuan(5_626_900)), .fen) == "562.69 万")
        #expect(en.bare(figure(yuan(5_626_900)), .fen) == "5.63 million")
        #expect(en.bare(figure(yuan(121_500)), .fen) == "121,500")
        #expect(zh.bare(figure(71_118), .household) == "7.1 万余")
        #expect(en.bare(figure(71_118), .household) == "71,118")
        #expect(zh.bare(figure(319), .household) == "319")
        #expect(zh.bare(PublishedFigure(state: .suppressed), .household) == "*")
    }

    @Test(
        "English money is exact below a million, and rounded half up to hundredths of a million above",
        arguments: [
            (0, 0, "CNY 0"), (100, 0, "CNY 100"), (82, 75, "CNY 82.75"),
            (510_000, 0, "CNY 510,000"), (999_999, 99, "CNY 999,999.99"),
            (1_000_000, 0, "CNY 1 million"), (1_004_999, 99, "CNY 1 million"),
            (1_005_000, 0, "CNY 1.01 million"), (1_015_000, 0, "CNY 1.02 million"),
            (1_025_000, 0, "CNY 1.03 million"), (1_710_000, 0, "CNY 1.71 million"),
            (5_626_900, 0, "CNY 5.63 million"), (5_624_999, 0, "CNY 5.62 million"),
            (999_994_999, 99, "CNY 999.99 million"), (999_995_000, 0, "CNY 1 billion"),
            (1_000_000_000, 0, "CNY 1 billion"), (1_234_999_999, 0, "CNY 1.23 billion"),
            (1_235_000_000, 0, "CNY 1.24 billion"),
        ])
    func englishMoney(_ yuan: Int64, _ fen: Int64, _ text: String) {
        #expect(en.short(self.yuan(yuan, fen: fen), .fen) == text)
    }

    @Test(
        "Chinese numbers are exact below 万, and cut to tenths of 万 or 亿 above",
        arguments: [
            (0, "0 户"), (1, "1 户"), (9_999, "9,999 户"), (10_000, "1 万户"), (10_001, "1 万余户"),
            (10_999, "1 万余户"), (11_000, "1.1 万户"), (68_000, "6.8 万户"), (68_050, "6.8 万余户"),
            (68_999, "6.8 万余户"), (69_000, "6.9 万户"), (70_950, "7 万余户"), (99_999, "9.9 万余户"),
            (100_000, "10 万户"), (99_999_999, "9,999.9 万余户"), (100_000_000, "1 亿户"),
            (109_999_999, "1 亿余户"), (110_000_000, "1.1 亿户"),
        ])
    func chineseCounts(_ count: Int64, _ text: String) {
        #expect(zh.short(count, .household) == text)
    }

    @Test(
        "English numbers are exact below a million, and their unit is in the right number",
        arguments: [
            (0, "0 households"), (1, "1 household"), (2, "2 households"),
            (68_050, "68,050 households"), (999_999, "999,999 households"),
            (1_000_000, "1 million households"), (1_005_000, "1.01 million households"),
        ])
    func englishCounts(_ count: Int64, _ text: String) {
        #expect(en.short(count, .household) == text)
    }

    // MARK: In sentences

    @Test(
        "In a sentence 多 stands behind round numbers below 万 and 余 behind 万, if something was cut",
        arguments: [
            (1, "1 户", "1 household"), (9, "9 户", "9 households"), (10, "10 户", "10 households"),
            (11, "10 多户", "more than 10 households"), (53, "50 多户", "more than 50 households"),
            (99, "90 多户", "more than 90 households"), (100, "100 户", "100 households"),
            (108, "100 多户", "more than 100 households"),
            (208, "200 多户", "more than 200 households"),
            (420, "400 多户", "more than 400 households"),
            (999, "900 多户", "more than 900 households"), (1_000, "1,000 户", "1,000 households"),
            (1_001, "1,000 多户", "more than 1,000 households"),
            (9_999, "9,900 多户", "more than 9,900 households"),
            (10_000, "1 万户", "10,000 households"),
            (13_260, "1.3 万余户", "more than 13,000 households"),
            (68_000, "6.8 万户", "68,000 households"),
            (68_050, "6.8 万余户", "more than 68,000 households"),
            (70_950, "7 万余户", "more than 70,000 households"),
        ])
    func sentences(_ count: Int64, _ chinese: String, _ english: String) {
        #expect(zh.round(count, .household) == chinese)
        #expect(en.round(count, .household) == english)
    }

    @Test("What is cut is never more than there is, and says 余 or 多 only if it is less")
    func never() throws {
        var count: Int64 = 1
        while count < 2_000_000_000 {
            for number in [count - 1, count, count + 1] where number > 0 {
                let text = zh.round(number, .household)
                let said = try #require(Self.read(text))
                #expect(said <= Double(number), "\(number): \(text)")
                let isCut = text.contains("余") || text.contains("多")
                #expect(isCut == (said < Double(number)), "\(number): \(text)")
            }
            count = count * 11 / 10 + 1
        }
    }

    /// The value of a Chinese number, without 余 and 多.
    private static func read(_ text: String) -> Double? {
        let digits = text.prefix { $0.isNumber || $0 == "." || $0 == "," }.filter { $0 != "," }
        let scale: Double = text.contains("亿") ? 1e8 : text.contains("万") ? 1e4 : 1
        return Double(digits).map { ($0 * scale).rounded() }
    }

    // MARK: Exact

    @Test(
        "Exact money has two digits for fen, and thousands apart",
        arguments: [
            (0, "0.00"), (1, "0.01"), (10, "0.10"), (99, "0.99"), (100, "1.00"),
            (562_690_000, "5,626,900.00"), (99_999_999_999, "999,999,999.99"), (-1, "−0.01"),
            (-123_456, "−1,234.56"),
        ])
    func exactMoney(_ fen: Int64, _ text: String) {
        let figure = PublishedFigure(state: fen == 0 ? .zero : .value, value: fen)
        #expect(zh.exact(figure, .fen) == text)
        #expect(en.exact(figure, .fen) == text)
    }

    @Test(
        "Exact numbers have their thousands apart",
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1,000"), (68_050, "68,050"),
            (Int64.max, "9,223,372,036,854,775,807"), (Int64.min, "−9,223,372,036,854,775,808"),
        ])
    func exactCounts(_ count: Int64, _ text: String) {
        let figure = PublishedFigure(state: count == 0 ? .zero : .value, value: count)
        #expect(zh.exact(figure, .household) == text)
    }

    @Test("A negative number is exact in short too: 余 would point the wrong way")
    func negative() {
        #expect(zh.short(-68_050, .household) == "−68,050 户")
        #expect(zh.short(-5_626_900_00, .fen) == "−5,626,900 元")
        #expect(en.short(-5_626_900_00, .fen) == "−CNY 5,626,900")
        #expect(zh.round(-68_050, .household) == "−68,050 户")
    }

    @Test("The largest number a cell can hold is written without a fault")
    func largest() {
        for format in [zh, en] {
            #expect(!format.short(.max, .fen).isEmpty)
            #expect(!format.short(.max, .household).isEmpty)
            #expect(!format.round(.max, .household).isEmpty)
            #expect(!format.short(.min, .fen).isEmpty)
        }
    }

    // MARK: States

    @Test("A state without a value is a sign, never a number, and zero is zero")
    func states() {
        let signs: [(FigureState, Int64?, String)] = [
            (.notCollected, nil, "—"), (.suppressed, nil, "*"), (.zero, 0, "0"),
        ]
        for (state, value, text) in signs {
            let figure = PublishedFigure(state: state, value: value)
            for format in [zh, en] { #expect(format.exact(figure, .household) == text) }
        }
        let suppressed = PublishedFigure(state: .suppressed)
        #expect(zh.short(suppressed, .fen) == "*")
        #expect(en.short(PublishedFigure(state: .notCollected), .fen) == "—")
    }

    @Test("Even a suppressed figure that carries a value by mistake shows none")
    func neverASuppressedValue() {
        let figure = PublishedFigure(state: .suppressed, value: 3)
        #expect(zh.exact(figure, .household) == "*")
        #expect(zh.short(figure, .household) == "*")
    }
}
