import Messages

/// All figures of a dataset for a territory and a period, by programme, with charts of the key figures.
struct DatasetPage {
    let lead: String
    let charts: [ChartBlock]
    let tables: [TableBlock]
    let isEmpty: Bool

    static func read(
        _ dataset: Dataset, _ request: PageRequest, _ source: PageSource
    ) throws -> PageContent {
        let language = source.language
        let territory = request.territory ?? source.root
        try source.require(territory)
        let tables = try tables(of: dataset, request, in: territory, source)
        let model = DatasetPage(
            lead: dataset.lead[language], charts: try charts(dataset, request, territory, source),
            tables: tables, isEmpty: tables.isEmpty)
        let trail = try PlaceTrail(territory, request, source)
        let title =
            territory == source.root
            ? dataset.name[language]
            : trail.name + (language == .zh ? "：" : ": ") + dataset.name[language]
        return PageContent(
            title: title, template: "dataset", model: model,
            crumbs: territory == source.root ? [] : trail.links)
    }

    /// A table for each programme with figures.
    private static func tables(
        of dataset: Dataset, _ request: PageRequest, in territory: TerritoryCode,
        _ source: PageSource
    ) throws -> [TableBlock] {
        let cells = try source.programmes(dataset, of: territory).map {
            CellName(
                dataset: dataset, territory: territory, period: request.period, programme: $0)
        }
        let figures = try source.figures(cells)
        return cells.compactMap { TableBlock.ofCell($0, figures, source) }
    }

    private static func charts(
        _ dataset: Dataset, _ request: PageRequest, _ territory: TerritoryCode,
        _ source: PageSource
    ) throws -> [ChartBlock] {
        let households = "households_registered"
        let registered: [DefineBulletin.KeyFigure] =
            dataset == .families
            ? [
                .init(measure: households, chart: .byTerritory),
                .init(measure: households, chart: .byMonth),
            ] : []
        let drawn = source.sections.flatMap(\.overview).filter {
            source.measures[$0.measure]?.dataset == dataset
        }
        return try (registered + drawn).enumerated().compactMap { place, figure in
            try ChartBlock.of(figure, "chart-\(place)", request, in: territory, source)
        }
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        <p class="lead">{{lead}}</p>
        {{#isEmpty}}<p>\(t(.noFigures))</p>{{/isEmpty}}
        {{#charts}}{{>chart}}
        {{/charts}}
        <section aria-labelledby="all"><h2 id="all">\(t(.allFigures))</h2>
        {{#tables}}{{>figures}}{{/tables}}</section>
        """
    }
}

extension Dataset {
    /// Said below the title of its page.
    var lead: Words {
        switch self {
        case .families:
            Words(
                "登记的家庭和人员、会员、站点与表彰。",
                "Families and persons registered, members, sites and commendations.")
        case .funding:
            Words(
                "资金从哪里来、用到哪里：借款、慰问、助学、保险、捐赠、物资和项目经费。各项性质不同，不可相加。",
                "Where money came from and went: loans, grants, insurance, donations, goods and programme costs. They are different things, never to be added up."
            )
        case .activities:
            Words(
                "举办的活动、参加的人次、线上服务与值守。",
                "Activities held, attendance, online services and duty shifts.")
        }
    }
}
