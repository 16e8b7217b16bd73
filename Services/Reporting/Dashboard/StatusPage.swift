import Messages
import Postgres
import ServiceKit

/// The progress of publishing, for readers who miss a figure.
struct StatusPage {
    let datasets: [State]
    let checks: [Check]
    let age: [DataAge]
    let isStale: Bool

    struct State {
        let name: String
        let published: Int64
        let waiting: Int64
        let cells: Int64
        let changedAt: String
        let beatAt: String
    }

    struct Check {
        let name: String
        let answer: String
    }

    /// Rows that are counted at most, so that the page is fast with a large backlog.
    private static let limit: Int64 = 10_000

    static func read(_ request: PageRequest, _ source: PageSource) throws -> PageContent {
        let language = source.language
        let age = DataAge.all(source)
        let model = StatusPage(
            datasets: try datasets(source), checks: try checks(source), age: age,
            isStale: age.contains(where: \.isStale))
        return PageContent(
            title: Words.status[language], template: "status", model: model, hasPeriods: false)
    }

    private static func datasets(_ source: PageSource) throws -> [State] {
        let rows = try source.read("SELECT name, written - published FROM dataset")
        let waiting = try Dictionary(
            uniqueKeysWithValues: rows.map {
                (try $0.decode(String.self, at: 0), try $0.decode(Int64.self, at: 1))
            })
        return source.states.compactMap { state in
            guard let dataset = Dataset(rawValue: state.name) else { return nil }
            func text(_ time: Timestamp?) -> String {
                time.map(ReaderClock.text) ?? FigureFormat.notCollected
            }
            return State(
                name: dataset.name[source.language], published: state.seq,
                waiting: waiting[state.name] ?? 0, cells: state.cells,
                changedAt: text(source.times[dataset]?.changedAt),
                beatAt: text(source.times[dataset]?.beatAt))
        }
    }

    private static func checks(_ source: PageSource) throws -> [Check] {
        let row = try source.read(
            """
            SELECT (SELECT count(*) FROM (SELECT FROM delta LIMIT \(limit)) d),
                   (SELECT count(*) FROM (SELECT FROM parked LIMIT \(limit)) p),
                   (SELECT count(*) FROM (
                        SELECT FROM dead_letter WHERE state = 'open' LIMIT \(limit)) l),
                   EXISTS (SELECT FROM rebuild WHERE finished_at IS NULL)
            """
        ).first
        guard let row else { return [] }
        let language = source.language
        func count(_ column: Int) throws -> String {
            let number = try row.decode(Int64.self, at: column)
            return SpokenNumber.grouped(number.magnitude) + (number == limit ? "+" : "")
        }
        let isRebuilding = try row.decode(Bool.self, at: 3)
        return try editions(source) + [
            Check(name: Words.uncounted[language], answer: try count(0)),
            Check(name: Words.parked[language], answer: try count(1)),
            Check(name: Words.dead[language], answer: try count(2)),
            Check(
                name: Words.rebuilding[language],
                answer: (isRebuilding ? Words.rebuildRuns : .rebuildNone)[language]),
            Check(name: Words.version[language], answer: Reporting.definition.version),
        ]
    }

    /// The edition in force, and the one that is on its way.
    private static func editions(_ source: PageSource) throws -> [Check] {
        let (language, edition) = (source.language, source.edition)
        let rows = try source.read(
            """
            SELECT cells, changed, hidden,
                   (SELECT min(number) FROM edition WHERE published_at IS NULL)
            FROM edition WHERE number = \(edition.number)
            """)
        guard var row = rows.first?.cursor() else { return [] }
        func count() throws -> String {
            SpokenNumber.grouped(try row.next(Int64.self).magnitude)
        }
        func number(_ number: Int64) -> String {
            Words("第 \(number) 期", "edition \(number)")[language]
        }
        let zone = Words.beijingTime[language]
        let asOf = ReaderClock.text(edition.asOf)
        let (cells, changed, hidden) = (try count(), try count(), try count())
        let open = try row.next(optional: Int64.self)
        return [
            (Words.editionInForce, number(edition.number)),
            (.editionAsOf, language == .zh ? "\(asOf)（\(zone)）" : "\(asOf) (\(zone))"),
            (.editionAge, ReaderClock.age(edition.asOf, at: source.now)[language]),
            (.editionCells, cells), (.editionChanged, changed), (.editionHidden, hidden),
            (.editionOpen, open.map(number) ?? Words.editionOpenNone[language]),
        ].map { Check(name: $0[language], answer: $1) }
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        <p class="lead">\(t(.statusLead))</p>
        {{#isStale}}<p class="warning">\(t(.stale))</p>{{/isStale}}
        <div class="scroll" role="region" tabindex="0" aria-label="\(t(.ageOfData))"><table>
        <caption>\(t(.ageOfData)) (\(t(.beijingTime)))</caption>
        <thead><tr><th scope="col">\(t(.dataset))</th><th scope="col" class="number">\(t(.publishedUpTo))</th>\
        <th scope="col" class="number">\(t(.waiting))</th><th scope="col" class="number">\(t(.cells))</th>\
        <th scope="col">\(t(.lastChanged))</th><th scope="col">\(t(.lastBeat))</th></tr></thead>
        <tbody>{{#datasets}}<tr><th scope="row">{{name}}</th><td class="number">{{published}}</td><td class="number">{{waiting}}</td>\
        <td class="number">{{cells}}</td><td>{{changedAt}}</td><td>{{beatAt}}</td></tr>
        {{/datasets}}</tbody></table></div>
        <table><caption class="hidden">\(t(.status))</caption>
        <thead><tr><th scope="col">\(t(.question))</th><th scope="col">\(t(.answer))</th></tr></thead>
        <tbody>{{#checks}}<tr><th scope="row">{{name}}</th><td>{{answer}}</td></tr>
        {{/checks}}</tbody></table>
        """
    }
}
