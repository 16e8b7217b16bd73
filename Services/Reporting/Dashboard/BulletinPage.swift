import Messages

/// The bulletin of a month: one of its editions, or a draft of the next.
struct BulletinPage {
    let state: String
    let isDraft: Bool
    /// Whether the association has defined no bulletin.
    let isUndefined: Bool
    let isSuperseded: Bool
    let newest: String
    let reason: String?
    let through: String?
    let hasLaterData: Bool
    /// The ways to group its lines.
    let views: [Link]
    let sections: [Section]
    let differences: [Difference]
    let hasDifferences: Bool
    let editions: [BulletinEditionLink]
    let hasEditions: Bool

    /// Lines under a heading, and sentences about them.
    struct Section {
        let id: String
        let title: String
        let sentences: [String]
        let rows: [Row]
        let hasRows: Bool
        let certain: [CertainRow]
        let hasCertain: Bool
    }

    struct Row {
        let name: String
        let isPart: Bool
        let unit: String
        /// Of the month, the year and all time.
        let figures: [BulletinCell]
    }

    /// A figure of a period that its line names.
    struct CertainRow {
        let name: String
        let unit: String
        let figures: [BulletinCell]
    }

    struct Difference {
        let name: String
        let period: String
        let before: SignedText
        let after: SignedText
        let unit: String
        let status: String
    }

    static func read(
        _ month: Period, edition number: Int?, _ request: PageRequest, _ source: PageSource
    ) throws -> PageContent {
        let language = source.language
        let editions = try BulletinEdition.all(of: month, source.read)
        let edition = number == nil ? editions.first : editions.first { $0.edition == number }
        guard number == nil || edition != nil else { throw PageProblem.notFound }
        guard edition != nil || source.months?.contains(month.start) == true else {
            throw PageProblem.notFound
        }
        let figures =
            try edition.map {
                try BulletinEdition.figures(of: month, edition: $0.edition, source.read)
            }
            ?? BulletinFigure.published(
                BulletinLine.all(source.read), of: month, in: source.epoch, source.read)
        let differences = try edition.map { try self.differences(of: $0, figures, source) } ?? []
        let through = edition.map(\.dataThrough) ?? source.months?.upperBound
        let isNewest = edition?.edition == editions.first?.edition
        var bare = request.with(page: .bulletin(month, edition: nil))
        bare.period = .all
        let model = BulletinPage(
            state: state(of: edition, language), isDraft: edition == nil,
            isUndefined: edition == nil && source.sections.isEmpty,
            isSuperseded: edition != nil && !isNewest, newest: bare.address,
            reason: edition?.reason, through: through.map { self.through($0, language) },
            hasLaterData: through.map { $0 > month.start } ?? false,
            views: views(request),
            sections: try sections(of: edition, figures, month, by: request.grouping, source),
            differences: differences,
            hasDifferences: !differences.isEmpty,
            editions: editions.map {
                BulletinEditionLink($0, isNewest: $0.edition == editions.first?.edition, request)
            },
            hasEditions: !editions.isEmpty)
        let list = Link(
            text: Words.bulletin[language], href: request.with(page: .bulletins).address)
        let place = try source.names(of: [source.root])[source.root]
        let name = [
            Words("\(place)\(Words.bulletinTitle.zh)", "\(Words.bulletinTitle.en), \(place)"),
            PagePeriod.of(month).name,
        ].map { $0[language] }
        return PageContent(
            title: name.joined(separator: language == .zh ? "　" : ", "), template: "bulletin",
            model: model, crumbs: [list], hasPeriods: false,
            moment: edition.map { .kept($0.moment) } ?? .inForce)
    }

    private static func state(of edition: BulletinEdition?, _ language: Language) -> String {
        guard let edition else { return Words.draft[language] }
        return Words(
            "第 \(edition.edition) 版，\(edition.publishedOn) 发布",
            "Edition \(edition.edition), published on \(edition.publishedOn)")[language]
    }

    private static func through(_ month: BusinessDate, _ language: Language) -> String {
        let name = PagePeriod.month(month.month, of: month.year)?.name ?? .allTime
        return Words("数据至\(name.zh)。", "Figures reach to \(name.en).")[language]
    }

    private static func differences(
        of edition: BulletinEdition, _ figures: [BulletinFigure], _ source: PageSource
    ) throws -> [Difference] {
        guard edition.edition > 1 else { return [] }
        let before = try BulletinEdition.figures(
            of: edition.period, edition: edition.edition - 1, source.read)
        let language = source.language
        return BulletinEdition.differences(from: before, to: figures).compactMap { old, new in
            guard let line = new ?? old else { return nil }
            func text(_ figure: BulletinFigure?) -> SignedText {
                SignedText(
                    figure?.figure ?? PublishedFigure(state: .notCollected), figure?.unit, source)
            }
            return Difference(
                name: line.name[language], period: line.period.name[language], before: text(old),
                after: text(new), unit: line.unit?.words[language] ?? "",
                status: new?.status.map { Words($0.zh, $0.en)[language] } ?? "")
        }
    }

    // MARK: Sections

    /// The sections as of the edition.
    private static func layout(
        of edition: BulletinEdition?, _ figures: [BulletinFigure], _ source: PageSource
    ) throws -> [BulletinSection] {
        guard let edition else { return source.sections }
        return try edition.version.map { try BulletinSection.all(ofVersion: $0, source.read) }
            ?? BulletinSection.byProgramme(figures, source.programmeNames)
    }

    private static func sections(
        of edition: BulletinEdition?, _ figures: [BulletinFigure], _ month: Period,
        by grouping: ProgrammeGrouping?, _ source: PageSource
    ) throws -> [Section] {
        let language = source.language
        let ofAllTime = Dictionary(
            figures.filter { $0.period == .all }.map { ($0.number, $0) },
            uniquingKeysWith: { first, _ in first })
        let layout =
            try grouping.map { BulletinSection.all(by: $0, figures, source) }
            ?? layout(of: edition, figures, source)
        return layout.filter { !$0.lines.isEmpty }.map { section in
            let lines = Dictionary(
                grouping: figures.filter { section.lines.contains($0.number) }, by: \.number
            ).sorted { $0.key < $1.key }.map(\.value)
            let certain = lines.filter { $0.count == 1 }
            let rows = lines.filter { $0.count > 1 }
            return Section(
                id: section.id, title: section.title[language],
                sentences: BulletinSentences.text(section.sentences, ofAllTime, source.format),
                rows: rows.map { Row($0, month, source) }, hasRows: !rows.isEmpty,
                certain: certain.map { CertainRow($0, source) }, hasCertain: !certain.isEmpty)
        }
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        <p><span{{#isDraft}} class="draft"{{/isDraft}}>{{state}}</span></p>
        {{#isUndefined}}<p>\(t(.undefined))</p>{{/isUndefined}}
        {{#isSuperseded}}<p class="warning">\(t(.superseded)) <a class="noprint" href="{{newest}}">\(t(.newest))</a></p>{{/isSuperseded}}
        {{#.reason}}<p>\(t(.reason)): {{reason}}</p>{{/.reason}}
        <p class="note">{{#.through}}{{through}} {{/.through}}{{#hasLaterData}}\(t(.laterData)){{/hasLaterData}}</p>
        <nav class="noprint" aria-label="\(t(.ways))"><ul class="places">
        {{#views}}<li><a href="{{href}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{text}}</a></li>
        {{/views}}</ul></nav>
        {{#sections}}<section aria-labelledby="{{id}}"><h2 id="{{id}}">{{title}}</h2>
        {{#sentences}}<p class="sentence">{{.}}</p>
        {{/sentences}}
        {{#hasRows}}<div class="scroll" role="region" tabindex="0" aria-label="{{title}}"><table class="figures bulletin">
        <caption class="hidden">{{title}}</caption>
        <thead><tr><th scope="col">\(t(.figure))</th><th scope="col" class="number">\(t(.thisMonth))</th>\
        <th scope="col" class="number">\(t(.thisYear))</th><th scope="col" class="number">\(t(.cumulative))</th>\
        <th scope="col">\(t(.unit))</th></tr></thead>
        <tbody>{{#rows}}<tr{{#isPart}} class="part"{{/isPart}}><th scope="row">{{name}}</th>{{#figures}}\(PageTemplates.value){{/figures}}<td>{{unit}}</td></tr>
        {{/rows}}</tbody></table></div>{{/hasRows}}
        {{#hasCertain}}<div class="scroll" role="region" tabindex="0" aria-label="\(t(.certainPeriods))"><table class="figures">
        <caption>\(t(.certainPeriods))</caption>
        <thead><tr><th scope="col">\(t(.figure))</th><th scope="col" class="number">\(t(.value))</th><th scope="col">\(t(.unit))</th></tr></thead>
        <tbody>{{#certain}}<tr><th scope="row">{{name}}</th>{{#figures}}\(PageTemplates.value){{/figures}}<td>{{unit}}</td></tr>
        {{/certain}}</tbody></table></div>{{/hasCertain}}
        </section>
        {{/sections}}
        {{#hasDifferences}}<section aria-labelledby="differences"><h2 id="differences">\(t(.differences))</h2>
        <div class="scroll" role="region" tabindex="0" aria-label="\(t(.differences))"><table>
        <caption class="hidden">\(t(.differences))</caption>
        <thead><tr><th scope="col">\(t(.figure))</th><th scope="col">\(t(.period))</th><th scope="col" class="number">\(t(.before))</th>\
        <th scope="col" class="number">\(t(.after))</th><th scope="col">\(t(.unit))</th><th scope="col">\(t(.state))</th></tr></thead>
        <tbody>{{#differences}}<tr><th scope="row">{{name}}</th><td>{{period}}</td>\(SignedText.cell("before"))\
        \(SignedText.cell("after"))<td>{{unit}}</td><td>{{status}}</td></tr>
        {{/differences}}</tbody></table></div></section>{{/hasDifferences}}
        {{#hasEditions}}<section class="noprint" aria-labelledby="editions"><h2 id="editions">\(t(.editions))</h2>
        <ul class="places">{{#editions}}<li><a href="{{href}}">{{text}}</a></li>{{/editions}}</ul></section>{{/hasEditions}}
        """
    }
}

extension BulletinPage.Row {
    fileprivate init(_ line: [BulletinFigure], _ month: Period, _ source: PageSource) {
        let order: [PagePeriod?] = [.of(month), .year(month.start.year), .all]
        name = line.first?.name[source.language] ?? ""
        isPart = line.first?.name.zh.hasPrefix("其中") ?? false
        unit = line.first?.unit?.words[source.language] ?? ""
        figures = order.compactMap { period in
            line.first { $0.period == period }.map { BulletinCell($0, source) }
        }
    }
}

extension BulletinPage.CertainRow {
    fileprivate init(_ line: [BulletinFigure], _ source: PageSource) {
        name = line.first?.name[source.language] ?? ""
        unit = line.first?.unit?.words[source.language] ?? ""
        figures = line.map { BulletinCell($0, source) }
    }
}

/// A figure of a bulletin, as the template `value` has it.
struct BulletinCell {
    let exact: String
    let value: Int64?
    let state: String
    let spokenState: String?
    let cell: String

    init(_ line: BulletinFigure, _ source: PageSource) {
        exact = source.format.exact(line.figure, line.unit)
        value = line.figure.shown
        state = line.figure.state.rawValue
        spokenState = source.signs.spoken(line.figure.state)?[source.language]
        cell = """
            \(line.dataset.rawValue)/\(line.territory)/\(line.period.code)/\(line.programme)/\
            \(line.measure)
            """
    }
}

struct BulletinEditionLink {
    let text: String
    let href: String

    init(_ edition: BulletinEdition, isNewest: Bool, _ request: PageRequest) {
        let language = request.language
        let name = Words(
            "第 \(edition.edition) 版（\(edition.publishedOn)）",
            "Edition \(edition.edition) (\(edition.publishedOn))")
        text = name[language] + (isNewest ? " · " + Words.current[language] : "")
        href = request.with(page: .bulletin(edition.period, edition: edition.edition)).address
    }
}
