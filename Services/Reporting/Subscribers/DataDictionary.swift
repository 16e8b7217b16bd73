import Messages
import Postgres

/// Explains the measures of a dataset and the words beside them.
struct DataDictionary: Encodable, Sendable {
    /// A measure.
    struct Entry: Encodable, Sendable {
        let measure: String
        let unit: String
        let zh: String
        let en: String
        /// `flow`: what happened in the period. `stock`: what there is at its end.
        let kind: String
        /// Whether figures of parts may be added up over territories and, of a flow, over periods.
        let additive: Bool
        /// Whether they may be added up over programmes, for a series or a key task.
        let addsProgrammes: Bool
        /// How it is made of its records: their `times` or `amount` added up, distinct `subjects`, the `smallest` or
        /// `largest` amount, or the `most` of one subject.
        let reads: String
        /// The property that divides it into parts, which are named `measure:part`.
        let dimension: String?
        /// `none` if it is not about families; otherwise `count`, `money` or `with`: the reason to hide it.
        let protection: String
        /// By level, the widest first, the shortest period that the plan publishes; a level that is not there is not published.
        let published: [PlannedLevel]

        init(_ measure: Measure, _ published: [PlannedLevel]) {
            self.measure = measure.name
            unit = measure.unit.rawValue
            zh = measure.words.zh
            en = measure.words.en
            kind = measure.isStock ? "stock" : "flow"
            additive = measure.isAdditive
            addsProgrammes = measure.addsProgrammes
            reads = measure.reads.rawValue
            dimension = measure.dimension?.rawValue
            protection = measure.protection.rawValue
            self.published = published
        }
    }

    struct Word: Encodable, Sendable {
        let code: String
        let zh: String
        let en: String

        init(code: String, zh: String, en: String) {
            self.code = code
            self.zh = zh
            self.en = en
        }

        init(_ code: String, _ words: Words) {
            self.init(code: code, zh: words.zh, en: words.en)
        }
    }

    /// A programme, and what it belongs to.
    struct ProgrammeEntry: Encodable, Sendable {
        let programme: String
        let zh: String
        let en: String
        let series: String?
        let keyTask: String?
    }

    let dataset: String
    let measures: [Entry]
    /// Those that the association has named.
    let programmes: [ProgrammeEntry]
    let series: [Word]
    let keyTasks: [Word]
    let states: [Word]
    let statuses: [Word]
    let reasons: [Word]
    let periods: [Word]
    let levels: [Word]
    let protections: [Word]
    let digest: String

    init(of dataset: String, _ connection: Connection) throws {
        self.dataset = dataset
        let read: DatasetState.Reading = { try connection.run($0) }
        let planned = try PlannedLevel.all(read)
        let signs = FigureSigns(threshold: try Plan.read(read).threshold)
        let catalogue = try MeasureCatalogue(read)
        measures = catalogue.all.filter { $0.dataset.rawValue == dataset }
            .sorted { $0.name < $1.name }.map { Entry($0, planned[$0.name] ?? []) }
        let (names, words) = (catalogue.programmes, catalogue.words)
        programmes = names.codes.map { code in
            ProgrammeEntry(
                programme: code, zh: names[code].zh, en: names[code].en,
                series: names.groups(by: .series)[code],
                keyTask: names.groups(by: .keyTask)[code])
        }
        series = Self.groups(.series, names, words)
        keyTasks = Self.groups(.keyTask, names, words)
        protections = Self.protections
        states = FigureState.allCases.map { Word($0.rawValue, signs.words($0)) }
        statuses = CellStatus.allCases.map { Word(code: $0.rawValue, zh: $0.zh, en: $0.en) }
        reasons = RevisionReason.allCases.map { Word(code: $0.rawValue, zh: $0.zh, en: $0.en) }
        periods = [
            Word(code: "2020-05-26", zh: "日", en: "day"),
            Word(code: "2020-05", zh: "月", en: "month"),
            Word(code: "2020-Q2", zh: "季度", en: "quarter"),
            Word(code: "2020", zh: "年", en: "year"),
            Word(code: "all", zh: "累计", en: "all time"),
        ]
        levels = PlannedLevel.levels.map { Word($0.code, $0.words) }
        digest = """
            Exclusive or of the SHA-256 of a line for each cell: {"key":…,"measures":…,"status":…,\
            "vintage":…} as JSON with sorted names, without spaces, in UTF-8, and a line feed.
            """
    }
}

extension DataDictionary {
    private static func groups(
        _ grouping: ProgrammeGrouping, _ names: ProgrammeNames, _ words: DistrictWords
    ) -> [Word] {
        ProgrammeGroup.all(by: grouping, of: [], names, words).compactMap { group in
            group.code.map { Word($0, group.name) }
        }
    }

    private static let protections = [
        Word(code: "none", zh: "与家庭无关，全部公布", en: "not about families: never hidden"),
        Word(
            code: "count", zh: "家庭、个人或其活动的计数，区以下过小时不公布，只涉及几户的变化不公布",
            en:
                "counts families, persons or what they do: below the district not shown while it is small, and not moved by a change of few families"
        ),
        Word(
            code: "money", zh: "家庭收付的金额，区以下随同一来源的计数不公布",
            en: "money of families: below the district not shown where a count of its source is not"
        ),
        Word(
            code: "with", zh: "随家庭计数而定的数，区以下随同一来源的计数不公布",
            en:
                "follows a count of families: below the district not shown where a count of its source is not"
        ),
    ]
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
