import Messages

/// The frame of every page: the menu, the breadcrumb, the moment of its figures, the periods, the signs.
struct Layout {
    let lang: String
    let title: String
    let heading: String
    let brand: String
    let home: String
    let stylesheet: String
    let icon: String
    let menu: [Link]
    let methodology: String
    /// Nil on pages without figures.
    let asOf: String?
    /// Nil for figures where they were booked.
    let boundaries: BoundariesNote?
    let legendHidden: String
    let legendSettled: String?
    /// Nil on pages without another language.
    let otherHref: String?
    let otherTag: String
    let otherName: String
    let crumbs: [Link]
    let hasCrumbs: Bool
    let years: [Link]
    let parts: [Link]
    let hasPeriods: Bool
    let hasParts: Bool
    /// HTML.
    let body: String

    /// - Parameter source: nil for a page without figures.
    init(
        _ content: PageContent, _ request: PageRequest, body: String, place: String?,
        _ source: PageSource?
    ) {
        let language = request.language
        lang = language.tag
        let brand = [Words.product[language], place].compactMap(\.self).joined(separator: " · ")
        self.brand = brand
        heading = content.title
        title = "\(content.title) – \(brand)"
        home = PageRequest(language: language, page: .overview).address
        stylesheet = Stylesheet.address
        icon = Stylesheet.iconAddress
        menu = Self.menu(request)
        methodology = request.with(page: .methodology).address
        let moment =
            switch content.moment {
            case .inForce: source?.edition
            case .kept(let moment): moment
            }
        asOf = moment?.words[language]
        boundaries = source?.boundaries.map { BoundariesNote($0, request) }
        let signs = FigureSigns(threshold: source?.plan.threshold)
        legendHidden = signs.hidden[language]
        legendSettled = signs.settled?[language]
        otherHref = request.with(language: language.other).address
        otherTag = language.other.tag
        otherName = language.other.name
        crumbs = content.crumbs
        hasCrumbs = !content.crumbs.isEmpty
        hasPeriods = content.hasPeriods
        years = Self.years(request, source?.months)
        parts = Self.parts(request)
        hasParts = !parts.isEmpty
        self.body = body
    }

    private static func menu(_ request: PageRequest) -> [Link] {
        let items: [(PageRequest.Page, Words)] = [
            (.overview, .overview), (.dataset(.families), Dataset.families.name),
            (.dataset(.funding), Dataset.funding.name),
            (.dataset(.activities), Dataset.activities.name),
            (.groups(.series), .series), (.groups(.keyTask), .keyTasks),
            (.bulletins, .bulletin), (.revisions(before: nil), .revisions),
            (.methodology, .methodology), (.data, .data), (.contract(nil), .contract),
            (.status, .status),
        ]
        return items.map { page, words in
            var target = request.with(page: page)
            if target.hasPeriod { target.period = request.period }
            return Link(
                text: words[request.language], href: target.address,
                isCurrent: page == request.page)
        }
    }

    /// Years offered at most; the newest ones.
    private static let yearLimit = 12

    private static func years(
        _ request: PageRequest, _ months: ClosedRange<BusinessDate>?
    ) -> [Link] {
        let all = link(.all, request.period == .all, request, name: nil)
        guard let months else { return [all] }
        let years = (months.lowerBound.year...months.upperBound.year).suffix(yearLimit)
        return [all]
            + years.compactMap { year in
                PagePeriod.year(year).map {
                    link($0, request.period == $0, request, name: nil)
                }
            }
    }

    private static func parts(_ request: PageRequest) -> [Link] {
        guard let year = request.period.year else { return [] }
        let quarters = (1...4).compactMap { PagePeriod.quarter($0, of: year) }
        let months = (1...12).compactMap { PagePeriod.month($0, of: year) }
        return (quarters + months).map { part in
            var name: String?
            if case .of(let period) = part { name = period.shortName[request.language] }
            return link(part, request.period == part, request, name: name)
        }
    }

    private static func link(
        _ period: PagePeriod, _ isCurrent: Bool, _ request: PageRequest, name: String?
    ) -> Link {
        Link(
            text: name ?? period.name[request.language],
            href: request.with(period: period).address, isCurrent: isCurrent)
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        <!doctype html>
        <html lang="{{lang}}">
        <head>
        <meta charset="utf-8">
        <title>{{title}}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="stylesheet" href="{{stylesheet}}">
        <link rel="icon" type="image/svg+xml" href="{{icon}}">
        {{#otherHref}}<link rel="alternate" hreflang="{{otherTag}}" href="{{otherHref}}">{{/otherHref}}
        </head>
        <body>
        <a class="skip" href="#main">\(t(.skip))</a>
        <header>
        <a class="brand" href="{{home}}">{{brand}}</a>
        <nav aria-label="\(t(.mainMenu))"><ul>
        {{#menu}}<li><a href="{{href}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{text}}</a></li>
        {{/menu}}</ul></nav>
        {{#otherHref}}<a class="language" href="{{otherHref}}" hreflang="{{otherTag}}" lang="{{otherTag}}">{{otherName}}</a>{{/otherHref}}
        </header>
        <main id="main" tabindex="-1">
        {{#hasCrumbs}}<nav class="crumbs" aria-label="\(t(.breadcrumb))"><ol>
        <li><a href="{{home}}">\(t(.overview))</a></li>
        {{#crumbs}}<li><a href="{{href}}">{{text}}</a></li>
        {{/crumbs}}<li aria-current="page">{{heading}}</li>
        </ol></nav>{{/hasCrumbs}}
        <h1>{{heading}}</h1>
        {{#.asOf}}<p class="asof">{{asOf}}</p>{{/.asOf}}
        {{#boundaries}}<p class="asof">{{text}} <a href="{{href}}">\(t(.asBooked))</a></p>{{/boundaries}}
        {{#hasPeriods}}<nav class="periods" aria-label="\(t(.periods))">
        <ul>{{#years}}<li><a href="{{href}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{text}}</a></li>{{/years}}</ul>
        {{#hasParts}}<ul aria-label="\(t(.parts))">{{#parts}}<li><a href="{{href}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{text}}</a></li>{{/parts}}</ul>{{/hasParts}}
        </nav>{{/hasPeriods}}
        {{{body}}}
        </main>
        <footer>
        <p>\(t(.wholeEditions)) <a href="{{methodology}}">\(t(.howFigures))</a></p>
        <dl aria-label="\(t(.legend))">
        <div><dt>\(FigureFormat.notCollected)</dt><dd>\(t(.legendNone))</dd></div>
        <div><dt>\(FigureFormat.suppressed)</dt><dd>{{legendHidden}}</dd></div>
        <div><dt>0</dt><dd>\(t(.legendZero))</dd></div>
        </dl>
        {{#legendSettled}}<p>{{legendSettled}}</p>{{/legendSettled}}
        <p>\(t(.legendMore))</p>
        </footer>
        </body>
        </html>

        """
    }
}

/// Says the boundaries of the figures of a page, with a link to the figures where they were booked.
struct BoundariesNote {
    let text: String
    let href: String

    init(_ boundaries: Boundaries, _ request: PageRequest) {
        text = Words.onBoundaries(of: boundaries.day)[request.language]
        href = request.with(boundaries: nil).address
    }
}

extension PageRequest {
    /// Whether the page shows figures of a period of the reader's choice.
    var hasPeriod: Bool {
        switch page {
        case .overview, .dataset, .territory, .groups: true
        case .revisions, .methodology, .data, .status, .bulletins, .bulletin, .contract: false
        }
    }
}
