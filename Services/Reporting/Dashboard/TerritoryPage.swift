import Messages

/// One territory: its figures, and links to the territories inside it.
struct TerritoryPage {
    let topics: [TopicBlock]
    let tables: [TableBlock]
    let charts: [ChartBlock]
    let more: [Link]
    let children: [Link]
    let hasChildren: Bool

    static func read(
        _ territory: TerritoryCode, _ request: PageRequest, _ source: PageSource
    ) throws -> PageContent {
        try source.require(territory)
        let language = source.language
        let trail = try PlaceTrail(territory, request, source)
        let topics = try TopicBlock.all(request, in: territory, source)
        let codes = try source.children(of: territory)
        let names = try source.names(of: codes)
        let more = Dataset.allCases.map { dataset in
            var link = request.with(page: .dataset(dataset))
            link.territory = territory
            link.period = request.period
            return Link(text: dataset.name[language], href: link.address)
        }
        let model = TerritoryPage(
            topics: topics,
            tables: TopicBlock.table(
                topics,
                [trail.name, request.period.inline[language]]
                    .joined(separator: language == .zh ? "，" : ", ")),
            charts: try [
                ChartBlock.byTerritory(
                    "households", "households_registered", of: "", request, inside: territory,
                    source)
            ].compactMap(\.self),
            more: more,
            children: codes.map { code in
                var link = request.with(page: .territory(code))
                link.period = request.period
                return Link(text: names[code], href: link.address)
            },
            hasChildren: !codes.isEmpty)
        return PageContent(
            title: trail.name, template: "territory", model: model,
            crumbs: Array(trail.links.dropLast()))
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        <section aria-labelledby="key"><h2 id="key">\(t(.keyFigures))</h2>
        \(TopicBlock.template)
        {{#tables}}{{>figures}}{{/tables}}</section>
        {{#charts}}{{>chart}}
        {{/charts}}
        {{#hasChildren}}<nav aria-labelledby="inside"><h2 id="inside">\(t(.territories))</h2>
        <ul class="places">{{#children}}<li><a href="{{href}}">{{text}}</a></li>{{/children}}</ul></nav>{{/hasChildren}}
        <nav aria-labelledby="more"><h2 id="more">\(t(.seeAlso))</h2>
        <ul class="places">{{#more}}<li><a href="{{href}}">{{text}}</a></li>{{/more}}</ul></nav>
        """
    }
}

/// The territories around one, from the district down to itself, as links.
struct PlaceTrail {
    let name: String
    let links: [Link]

    init(_ territory: TerritoryCode, _ request: PageRequest, _ source: PageSource) throws {
        let codes = territory.ancestors
        let names = try source.names(of: codes)
        name = names[territory]
        links = codes.map { code in
            var link = request.with(page: .territory(code))
            link.period = request.period
            return Link(text: names[code], href: link.address)
        }
    }
}
