import Messages
import Postgres
import ServiceKit

/// The page that explains how figures are made: when which of them are published, which are not and why, and how they change.
///
/// Levels, periods and thresholds are read from the plan. The gaps are those of the edition in force.
struct MethodologyPage {
    let publishing: [String]
    let levelsLead: [String]
    let levels: [LevelTable]
    let hiding: [String]
    let settling: [String]
    let signs: [Term]
    let kinds: [Term]
    let counting: [String]
    let statuses: [Term]
    let reasons: [Term]
    /// The address of the page of revisions.
    let revisions: String
    let leftOut: [String]
    let hasLeftOut: Bool

    struct Term {
        let name: String
        let text: String
    }

    /// The measures of a dataset, and where the plan publishes them.
    struct LevelTable {
        let caption: String
        let rows: [Row]
    }

    struct Row {
        let name: String
        let kind: String
        let isAboutFamilies: String
        let levels: [Level]
    }

    struct Level {
        let text: String
        /// Words that a screen reader says instead of the sign for "not published"; nil if the measure is published.
        let spoken: String?
    }

    static func read(_ request: PageRequest, _ source: PageSource) throws -> PageContent {
        let language = source.language
        let plan = source.plan
        let planned = try PlannedLevel.all(source.read)
        let isDivided = try !source.read(dividedBelow).isEmpty
        let isYearly = try source.read(shorterOrLonger).isEmpty
        let leftOut = try leftOut(source)
        func sentences(_ words: [Words]) -> [String] { words.map { $0[language] } }
        func terms(_ terms: [(Words, Words)]) -> [Term] {
            terms.map { Term(name: $0[language], text: $1[language]) }
        }
        let model = MethodologyPage(
            publishing: sentences(
                MethodologyText.publishing(at: try Plan.madeAt(source.read))),
            levelsLead: sentences(MethodologyText.levels(isDivided: isDivided)),
            levels: Dataset.allCases.map { table($0, planned, source) },
            hiding: sentences(MethodologyText.hiding(plan)),
            settling: sentences(MethodologyText.settling(plan, isYearly: isYearly)),
            signs: terms([
                (Words(both: "0"), .legendZero),
                (Words(both: FigureFormat.notCollected), .legendNone),
                (Words(both: FigureFormat.suppressed), source.signs.hidden),
            ]),
            kinds: terms(MethodologyText.kinds(source.measures)),
            counting: sentences(MethodologyText.counting),
            statuses: terms(CellStatus.allCases.map { (Words($0.zh, $0.en), $0.meaning) }),
            reasons: terms(RevisionReason.allCases.map { (Words($0.zh, $0.en), $0.meaning) }),
            revisions: request.with(page: .revisions(before: nil)).address,
            leftOut: sentences(leftOut), hasLeftOut: !leftOut.isEmpty)
        return PageContent(
            title: Words.methodology[language], template: "methodology", model: model,
            hasPeriods: false)
    }

    // MARK: The plan

    private static func table(
        _ dataset: Dataset, _ planned: [String: [PlannedLevel]], _ source: PageSource
    ) -> LevelTable {
        let language = source.language
        let measures = source.measures.all.filter { $0.dataset == dataset }
        return LevelTable(
            caption: dataset.name[language],
            rows: measures.map { info in
                let name = info.words[language]
                let levels = planned[info.name] ?? []
                return Row(
                    name: name.prefix(1).uppercased() + name.dropFirst(),
                    kind: MeasureKind(info).words[language],
                    isAboutFamilies: (info.isAboutFamilies ? Words.yes : .no)[language],
                    levels: PlannedLevel.levels.map { level in
                        Level(levels.first { $0.level == level.code }, language)
                    })
            })
    }

    /// Has a row if the plan divides figures about families below the district into parts.
    private static let dividedBelow: Statement = """
        SELECT FROM plan_cell p JOIN measure m ON m.name = p.measure
        WHERE p.level > 6 AND p.has_parts AND m.protection <> 'none' LIMIT 1
        """

    /// Has a row if the shortest period of some of these figures is not the year.
    private static let shorterOrLonger: Statement = """
        SELECT FROM plan_cell p JOIN measure m ON m.name = p.measure
        WHERE p.level > 6 AND m.protection <> 'none'
        GROUP BY m.source HAVING min(p.span) <> 'year' LIMIT 1
        """

    // MARK: Gaps of the edition

    /// One sentence for each reason, with the number of gaps. Naming the tables would reveal something about their figures.
    private static func leftOut(_ source: PageSource) throws -> [Words] {
        try source.read(
            """
            SELECT why, count(*) FROM edition_gap WHERE edition = \(source.edition.number)
            GROUP BY why ORDER BY why
            """
        ).map { row in
            var row = row.cursor()
            return try row.next(EditionGuard.Gap.Why.self)
                .said(of: try row.next(Int64.self))
        }
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        func sentences(_ name: String) -> String {
            "{{#\(name)}}<p class=\"sentence\">{{.}}</p>\n{{/\(name)}}"
        }
        func terms(_ name: String) -> String {
            """
            <dl class="facts">{{#\(name)}}<div><dt>{{name}}</dt><dd>{{text}}</dd></div>
            {{/\(name)}}</dl>
            """
        }
        func section(_ id: String, _ title: Words, _ body: String...) -> String {
            """
            <section aria-labelledby="\(id)"><h2 id="\(id)">\(t(title))</h2>
            \(body.joined(separator: "\n"))</section>
            """
        }
        let heads = PlannedLevel.levels.map { level in
            let words = level.words
            let head = Words(words.zh, words.en.prefix(1).uppercased() + words.en.dropFirst())
            return "<th scope=\"col\">\(t(head))</th>"
        }.joined()
        let levels = """
            {{#levels}}<div class="scroll" role="region" tabindex="0" aria-label="{{caption}}"><table>
            <caption>{{caption}}</caption>
            <thead><tr><th scope="col">\(t(.figure))</th><th scope="col">\(t(.kind))</th>\
            <th scope="col">\(t(.aboutFamilies))</th>\(heads)</tr></thead>
            <tbody>{{#rows}}<tr><th scope="row">{{name}}</th><td class="day">{{kind}}</td><td>{{isAboutFamilies}}</td>\
            {{#levels}}<td class="day">{{#.spoken}}<span aria-hidden="true">{{text}}</span><span class="hidden">{{spoken}}</span>{{/.spoken}}\
            {{^.spoken}}{{text}}{{/.spoken}}</td>{{/levels}}</tr>
            {{/rows}}</tbody></table></div>
            {{/levels}}
            """
        return """
            <p class="lead">\(t(.methodologyLead))</p>
            \(section("when", .whenPublished, sentences("publishing")))
            \(section("hidden", .whatIsHidden, sentences("hiding"), terms("signs")))
            \(section("settled", .whenSettled, sentences("settling")))
            \(section("kinds", .kindsOfFigures, terms("kinds")))
            \(section("times", .timesAndPersons, sentences("counting")))
            \(section(
                "revised", .howRevised, terms("statuses"), "<h3>\(t(.reason))</h3>", terms("reasons"),
                "<p class=\"sentence\"><a href=\"{{revisions}}\">\(t(.everyRevision))</a></p>\n"))
            \(section(
                "left-out", .leftOut,
                "{{#hasLeftOut}}\(sentences("leftOut"))<p class=\"note\">\(t(.leftOutTable))</p>\n{{/hasLeftOut}}",
                "{{^hasLeftOut}}<p class=\"sentence\">\(t(.leftOutNothing))</p>\n{{/hasLeftOut}}"))
            \(section("levels", .levelsAndPeriods, sentences("levelsLead"), levels))
            """
    }
}

extension MethodologyPage.Level {
    fileprivate init(_ planned: PlannedLevel?, _ language: Language) {
        text = planned?.words[language] ?? FigureFormat.notCollected
        spoken = planned == nil ? Words.notPublished[language] : nil
    }
}

extension PlannedLevel {
    /// The published periods: such as "from month" if they are one period and all longer ones, otherwise their names.
    fileprivate var words: Words {
        let all = Self.spanNames.map(\.span)
        let names = Self.spanNames.filter { spans.contains($0.span) }.map(\.words)
        guard let first = names.first, spans != ["all"], spans == Array(all.suffix(spans.count))
        else {
            return Words(
                names.map(\.zh).joined(separator: "、"), names.map(\.en).joined(separator: ", "))
        }
        return Words("\(first.zh)起", "from \(first.en)")
    }

    private static let spanNames: [(span: String, words: Words)] = [
        ("day", Words("日", "day")), ("month", Words("月", "month")),
        ("quarter", Words("季度", "quarter")), ("year", Words("年", "year")),
        ("all", Words("累计", "all time")),
    ]
}

/// The way in which a measure counts its records.
enum MeasureKind {
    case stock, flow, distinct, extreme

    init(_ measure: Measure) {
        self =
            switch measure.reads {
            case .subjects: .distinct
            case .times, .amount: measure.isStock ? .stock : .flow
            case .smallest, .largest, .most: .extreme
            }
    }

    var words: Words {
        switch self {
        case .stock: .stock
        case .flow: .flow
        case .distinct: Words("不重复计数", "distinct count")
        case .extreme: Words("极值", "extreme")
        }
    }
}
