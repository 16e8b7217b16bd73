import Messages

/// The key figures at a glance.
struct OverviewPage {
    let lead: String
    let age: [DataAge]
    let isStale: Bool
    let topics: [TopicBlock]
    let tables: [TableBlock]
    let charts: [ChartBlock]
    let children: [Link]

    static func read(_ request: PageRequest, _ source: PageSource) throws -> PageContent {
        let (language, root) = (source.language, source.root)
        try source.require(root)
        let topics = try TopicBlock.all(request, in: root, source)
        let age = DataAge.all(source)
        let children = try source.children(of: root)
        let names = try source.names(of: children)
        let model = OverviewPage(
            lead: Words.overviewLead[language], age: age, isStale: age.contains(where: \.isStale),
            topics: topics,
            tables: TopicBlock.table(
                topics,
                [Words.keyFigures, request.period.inline].map { $0[language] }
                    .joined(separator: language == .zh ? "，" : ", ")),
            charts: try KeyFigureChart.allCases.compactMap { chart in
                let figure = source.sections.flatMap(\.overview).first { $0.chart == chart }
                return try figure.flatMap {
                    try ChartBlock.of($0, "chart-\(chart)", request, in: root, source)
                }
            },
            children: children.map { code in
                var link = request.with(page: .territory(code))
                link.period = request.period
                return Link(text: names[code], href: link.address)
            })
        return PageContent(title: Words.overview[language], template: "overview", model: model)
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        <p class="lead">{{lead}}</p>
        {{#isStale}}<p class="warning">\(t(.stale))</p>{{/isStale}}
        <section aria-labelledby="age"><h2 id="age">\(t(.ageOfData))</h2>
        <ul class="age">{{#age}}<li>{{text}}</li>{{/age}}</ul></section>
        <section aria-labelledby="key"><h2 id="key">\(t(.keyFigures))</h2>
        \(TopicBlock.template)
        {{#tables}}{{>figures}}{{/tables}}</section>
        {{#charts}}{{>chart}}
        {{/charts}}
        <nav aria-labelledby="inside"><h2 id="inside">\(t(.territories))</h2>
        <ul class="places">{{#children}}<li><a href="{{href}}">{{text}}</a></li>{{/children}}</ul></nav>
        """
    }
}

/// How old the figures of a dataset are, in words.
struct DataAge {
    /// Microseconds without a heartbeat until readers are warned. Heartbeats come every minute unless an operator sets
    /// another interval.
    private static let patience: Int64 = 600_000_000

    let text: String
    let isStale: Bool

    static func all(_ source: PageSource) -> [DataAge] {
        let language = source.language
        return Dataset.allCases.map { dataset in
            let times = source.times[dataset]
            let name = dataset.name[language] + (language == .zh ? "：" : ": ")
            guard let changed = times?.changedAt else {
                return DataAge(text: name + Words.never[language], isStale: false)
            }
            let age = ReaderClock.age(changed, at: source.now)[language]
            let clock = ReaderClock.text(changed)
            let isStale = times?.beatAt.map {
                source.now.microseconds - $0.microseconds > patience
            }
            let zone = Words.beijingTime[language]
            let text =
                language == .zh
                ? "\(Words.lastChanged.zh) \(clock)（\(zone)），\(age)"
                : "\(Words.lastChanged.en.lowercased()) \(clock) (\(zone)), \(age)"
            return DataAge(text: name + text, isStale: isStale ?? false)
        }
    }
}

/// The key figures of a section.
struct TopicBlock {
    let id: String
    let title: String
    let href: String
    let figures: [FigureRow]
    /// The same figures under their programmes' names, for a table of all topics.
    let tableRows: [FigureRow]

    /// The key figures of all sections that have some.
    static func all(
        _ request: PageRequest, in territory: TerritoryCode, _ source: PageSource
    ) throws -> [TopicBlock] {
        let language = source.language
        func name(_ figure: DefineBulletin.KeyFigure) -> FigureName? {
            guard let info = source.measures[figure.measure] else { return nil }
            return FigureName(
                cell: CellName(
                    dataset: info.dataset, territory: territory, period: request.period,
                    programme: figure.programme?.rawValue ?? ""), measure: figure.name)
        }
        let names = source.sections.map { $0.overview.compactMap(name) }
        let figures = try source.figures(names.joined().map(\.cell))
        return zip(source.sections, names).compactMap { section, names in
            guard let dataset = names.first?.cell.dataset else { return nil }
            var link = request.with(page: .dataset(dataset))
            link.period = request.period
            if territory != source.root { link.territory = territory }
            func row(_ name: FigureName, isLong: Bool) -> FigureRow {
                let label = label(name, isLong: isLong, source)
                return FigureRow(name, in: figures, source, label: label)
            }
            return TopicBlock(
                id: section.id, title: section.title[language], href: link.address,
                figures: names.map { row($0, isLong: false) },
                tableRows: names.map { row($0, isLong: true) })
        }
    }

    /// All their figures; no table if there are none.
    static func table(_ topics: [TopicBlock], _ caption: String) -> [TableBlock] {
        topics.isEmpty ? [] : [TableBlock(caption: caption, rows: topics.flatMap(\.tableRows))]
    }

    /// - Parameter isLong: whether the programme stands before it.
    private static func label(_ name: FigureName, isLong: Bool, _ source: PageSource) -> String {
        let language = source.language
        let (measure, part) = MeasureCatalogue.split(name.measure)
        var label = source.measures.words(for: measure)[language]
        if part != nil {
            let part = source.measures.words(for: name.measure)[language]
            label += language == .zh ? "（\(part)）" : " (\(part))"
        }
        guard isLong, !name.cell.programme.isEmpty else { return label }
        let programme = source.programmeNames[name.cell.programme][language]
        return programme + (language == .zh ? "：" : ": ") + label
    }

    static let template = """
        <div class="topics">
        {{#topics}}<section class="topic" aria-labelledby="{{id}}"><h3 id="{{id}}"><a href="{{href}}">{{title}}</a></h3>
        <dl>{{#figures}}<div><dt>{{label}}</dt><dd class="{{state}}">{{#.spokenState}}<span aria-hidden="true">{{short}}</span>\
        <span class="hidden">{{spokenState}}</span>{{/.spokenState}}{{^.spokenState}}{{short}}{{/.spokenState}}</dd></div>
        {{/figures}}</dl></section>
        {{/topics}}</div>
        """
}
