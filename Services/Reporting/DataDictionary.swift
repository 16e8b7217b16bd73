import Messages
import Postgres

/// What the measures of a dataset and the words beside them mean.
struct DataDictionary: Encodable, Sendable {
    struct Measure: Encodable, Sendable {
        let measure: String
        let unit: String
        let zh: String
        let en: String
        /// `flow`: what happened in the period. `stock`: what there is at its end.
        let kind: String
        /// Whether figures of parts may be added up over territories and, of a flow, over periods.
        let additive: Bool
        /// How it is made of its records: their `times` or `amount` added up, distinct `subjects`, the `smallest` or
        /// `largest` amount, or the `most` of one subject.
        let reads: String
        /// What it is divided by: its parts are named `measure:part`.
        let dimension: String?
        /// Whether it tells of families while it is small: `none`, `count`, `money`, or `with` a count beside it.
        let protection: String
    }

    struct Word: Encodable, Sendable {
        let code: String
        let zh: String
        let en: String
    }

    let dataset: String
    let measures: [Measure]
    let states: [Word]
    let statuses: [Word]
    let reasons: [Word]
    let periods: [Word]
    let protections: [Word]
    let digest: String

    init(of dataset: String, _ connection: Connection) throws {
        self.dataset = dataset
        measures = try connection.run(
            """
            SELECT name, unit, zh, en, CASE WHEN is_stock THEN 'stock' ELSE 'flow' END, is_additive,
                   reads, dimension, protection
            FROM measure WHERE dataset = \(dataset) ORDER BY name
            """
        ).map { row in
            var row = row.cursor()
            return Measure(
                measure: try row.next(), unit: try row.next(), zh: try row.next(),
                en: try row.next(), kind: try row.next(), additive: try row.next(),
                reads: try row.next(), dimension: try row.next(optional: String.self),
                protection: try row.next())
        }
        protections = Self.protections
        states = FigureState.allCases.map { Word(code: $0.rawValue, zh: $0.zh, en: $0.en) }
        statuses = CellStatus.allCases.map { Word(code: $0.rawValue, zh: $0.zh, en: $0.en) }
        reasons = RevisionReason.allCases.map { Word(code: $0.rawValue, zh: $0.zh, en: $0.en) }
        periods = [
            Word(code: "2020-05-26", zh: "日", en: "day"),
            Word(code: "2020-05", zh: "月", en: "month"),
            Word(code: "2020-Q2", zh: "季度", en: "quarter"),
            Word(code: "2020", zh: "年", en: "year"),
            Word(code: "all", zh: "累计", en: "all time"),
        ]
        digest = """
            Exclusive or of the SHA-256 of a line for each cell: {"key":…,"measures":…,"status":…,\
            "vintage":…} as JSON with sorted names, without spaces, in UTF-8, and a line feed.
            """
    }
}

extension DataDictionary {
    private static let protections = [
        Word(code: "none", zh: "不涉及家庭", en: "tells of no family"),
        Word(
            code: "count", zh: "家庭或个人计数，过小时隐匿",
            en: "counts families, persons or what they do: suppressed while it is small"),
        Word(
            code: "money", zh: "家庭收付金额，人数过小或一家占比过大时隐匿",
            en: "money of families: suppressed with a small count, or if one family dominates it"),
        Word(code: "with", zh: "随同一来源的计数隐匿", en: "suppressed where a count of its source is"),
    ]
}

extension FigureState {
    var zh: String {
        switch self {
        case .value: "有值"
        case .zero: "零"
        case .notCollected: "未采集"
        case .suppressed: "已隐匿"
        }
    }

    var en: String {
        switch self {
        case .value: "a value"
        case .zero: "zero"
        case .notCollected: "not collected"
        case .suppressed: "suppressed, because it would tell of families"
        }
    }
}

extension CellStatus {
    var zh: String {
        switch self {
        case .provisional: "暂定"
        case .final: "定稿"
        case .revised: "修订"
        }
    }

    var en: String {
        switch self {
        case .provisional: "provisional"
        case .final: "final"
        case .revised: "revised"
        }
    }
}
