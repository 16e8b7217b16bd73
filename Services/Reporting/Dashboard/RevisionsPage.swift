import Messages
import Postgres
import ServiceKit

/// Figures that changed after their period was closed.
struct RevisionsPage {
    private static let limit = 50

    let revisions: [Revision]
    let isEmpty: Bool
    let older: String?
    let closed: [Closed]
    let hasClosed: Bool

    /// A cell that was revised.
    struct Revision {
        let time: String
        let place: String
        let href: String
        let period: String
        let programme: String
        let vintage: Int
        let reason: String
        let changes: [Change]
    }

    struct Change {
        let label: String
        let before: SignedText
        let after: SignedText
        let unit: String
    }

    struct Closed {
        let period: String
        let closedOn: String
    }

    static func read(
        _ before: RevisionPlace?, _ request: PageRequest, _ source: PageSource
    ) throws -> PageContent {
        let summaries = try source.read(statement(before, limit + 1)).map { try Summary($0) }
        let shown = summaries.prefix(limit)
        let names = try source.names(of: shown.map(\.key.territory))
        var older: String?
        if summaries.count > limit, let last = shown.last,
            let dataset = Dataset(rawValue: last.dataset)
        {
            let place = RevisionPlace(time: last.time, dataset: dataset, seq: last.seq)
            older = request.with(page: .revisions(before: place)).address
        }
        let closed = try closed(source)
        let model = RevisionsPage(
            revisions: shown.map { revision($0, request, names, source) },
            isEmpty: shown.isEmpty, older: older, closed: closed, hasClosed: !closed.isEmpty)
        return PageContent(
            title: Words.revisions[source.language], template: "revisions", model: model,
            hasPeriods: false)
    }

    static func statement(_ before: RevisionPlace?, _ limit: Int) -> Statement {
        let end =
            before
            ?? RevisionPlace(
                time: Timestamp(microseconds: 9_000_000_000_000_000), dataset: .funding, seq: .max)
        return Statement(
            trusted: Summary.selection + """
                 JOIN dataset d ON d.name = s.dataset AND s.seq <= d.published
                WHERE s.status = 'revised' AND (s.time, s.dataset, s.seq) < ($1, $2, $3)
                ORDER BY s.time DESC, s.dataset DESC, s.seq DESC LIMIT $4
                """,
            [
                Parameter(end.time), Parameter(end.dataset.rawValue), Parameter(end.seq),
                Parameter(limit),
            ])
    }

    private static func revision(
        _ summary: Summary, _ request: PageRequest, _ names: PlaceNames, _ source: PageSource
    ) -> Revision {
        let language = source.language
        let cell = summary.published(in: source.epoch)
        let period = PagePeriod(cell.key.period)
        var link = request.with(page: .territory(cell.key.territory))
        link.period = period ?? .all
        let none = PublishedFigure(state: .notCollected)
        let old = summary.replaced?.published ?? [:]
        // A cell keeps naming the measures that it once had, so these are all.
        let changed = cell.measures.filter { (old[$0.key] ?? none) != $0.value }.map(\.key)
        return Revision(
            time: ReaderClock.text(summary.time), place: names[cell.key.territory],
            href: link.address, period: period?.name[language] ?? cell.key.period,
            programme: source.programmeNames[cell.key.programme][language], vintage: cell.vintage,
            reason: Words(cell.reason.zh, cell.reason.en)[language],
            changes: source.measures.sorted(changed).map { name in
                let unit = source.measures.unit(of: name)
                let (measure, part) = MeasureCatalogue.split(name)
                let label = [measure, part == nil ? nil : name].compactMap { $0 }
                    .map { source.measures.words(for: $0)[language] }
                return Change(
                    label: label.joined(separator: language == .zh ? "：" : ": "),
                    before: SignedText(old[name] ?? none, unit, source),
                    after: SignedText(cell.measures[name] ?? none, unit, source),
                    unit: unit.map { $0.words[language] } ?? "")
            })
    }

    /// Periods that were closed in the edition in force or earlier.
    private static func closed(_ source: PageSource) throws -> [Closed] {
        try source.read(
            """
            SELECT name, closed_on FROM closed_period WHERE edition <= \(source.edition.number)
            ORDER BY until DESC, start LIMIT 100
            """
        ).map { row in
            let code = try row.decode(String.self, at: 0)
            return Closed(
                period: PagePeriod(code)?.name[source.language] ?? code,
                closedOn: try row.decode(BusinessDate.self, at: 1).description)
        }
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        <p class="lead">\(t(.revisionsLead))</p>
        {{#isEmpty}}<p>\(t(.noRevisions))</p>{{/isEmpty}}
        {{^isEmpty}}<div class="scroll" role="region" tabindex="0" aria-label="\(t(.revisions))"><table class="revisions">
        <caption class="hidden">\(t(.revisions))</caption>
        <thead><tr><th scope="col">\(t(.revisedAt))</th><th scope="col">\(t(.territory))</th><th scope="col">\(t(.period))</th>\
        <th scope="col">\(t(.programme))</th><th scope="col">\(t(.vintage))</th><th scope="col">\(t(.reason))</th>\
        <th scope="col">\(t(.figure))</th><th scope="col" class="number">\(t(.before))</th>\
        <th scope="col" class="number">\(t(.after))</th><th scope="col">\(t(.unit))</th></tr></thead>
        {{#revisions}}<tbody>{{#changes}}<tr><td>{{time}}</td><th scope="row"><a href="{{href}}">{{place}}</a></th><td>{{period}}</td>\
        <td>{{programme}}</td><td>{{vintage}}</td><td>{{reason}}</td><td>{{label}}</td>\(SignedText.cell("before"))\
        \(SignedText.cell("after"))<td>{{unit}}</td></tr>{{/changes}}</tbody>
        {{/revisions}}</table></div>{{/isEmpty}}
        {{#.older}}<p><a href="{{older}}">\(t(.older))</a></p>{{/.older}}
        <section aria-labelledby="closed"><h2 id="closed">\(t(.closedPeriods))</h2>
        {{#hasClosed}}<table><caption class="hidden">\(t(.closedPeriods))</caption>
        <thead><tr><th scope="col">\(t(.period))</th><th scope="col">\(t(.closedOn))</th></tr></thead>
        <tbody>{{#closed}}<tr><th scope="row">{{period}}</th><td>{{closedOn}}</td></tr>{{/closed}}</tbody></table>{{/hasClosed}}
        {{^hasClosed}}<p>\(t(.noClosedPeriods))</p>{{/hasClosed}}</section>
        """
    }
}
