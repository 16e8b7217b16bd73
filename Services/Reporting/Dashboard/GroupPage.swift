import Messages

/// The figures of a territory and a period by series or key task: sums, and the figures of each programme.
struct GroupPage {
    let lead: String
    let groups: [Block]
    let isEmpty: Bool

    /// One series or key task.
    struct Block {
        let id: String
        let title: String
        /// Their names; nil if there are none.
        let programmes: String?
        /// Their sums, if there are several programmes.
        let together: [TableBlock]
        let tables: [TableBlock]
        let isEmpty: Bool
    }

    static func read(
        _ grouping: ProgrammeGrouping, _ request: PageRequest, _ source: PageSource
    ) throws -> PageContent {
        let language = source.language
        let territory = request.territory ?? source.root
        try source.require(territory, sums: true)
        let groups = ProgrammeGroup.all(
            by: grouping, of: try source.programmes(of: territory).map(\.programme),
            source.programmeNames, source.measures.words)
        let places = Dataset.allCases.map {
            GroupSums.Place($0, territory, request.period, source.boundaries)
        }
        let figures = Figures(
            own: try source.figures(
                places.flatMap { place in groups.flatMap { place.cells($0) } }),
            inDistrict: try source.bookedFigures(
                places.flatMap { place in groups.flatMap { place.districtCells($0) } }))
        let model = GroupPage(
            lead: Words.groupsLead[language],
            groups: groups.map { block($0, grouping, places, figures, source) },
            isEmpty: groups.isEmpty)
        let trail = try PlaceTrail(territory, request, source)
        let title =
            territory == source.root
            ? grouping.name[language]
            : trail.name + (language == .zh ? "：" : ": ") + grouping.name[language]
        return PageContent(
            title: title, template: "groups", model: model,
            crumbs: territory == source.root ? [] : trail.links)
    }

    /// The published figures that are added up.
    private struct Figures {
        let own: PublishedFigures
        let inDistrict: PublishedFigures
    }

    private static func block(
        _ group: ProgrammeGroup, _ grouping: ProgrammeGrouping, _ places: [GroupSums.Place],
        _ figures: Figures, _ source: PageSource
    ) -> Block {
        let language = source.language
        let together = places.compactMap { sums(group, grouping, $0, figures, source) }
        let tables = places.flatMap { place in
            place.cells(group).compactMap { TableBlock.ofCell($0, figures.own, source) }
        }
        let names = group.programmes.map { source.programmeNames[$0][language] }
        return Block(
            id: "\(grouping.rawValue)-\(group.code ?? "none")", title: group.name[language],
            programmes: names.isEmpty
                ? nil : names.joined(separator: language == .zh ? "、" : ", "),
            together: together, tables: tables, isEmpty: tables.isEmpty)
    }

    /// - Returns: nil if fewer than two programmes have figures, or none of these can be added up.
    private static func sums(
        _ group: ProgrammeGroup, _ grouping: ProgrammeGrouping, _ place: GroupSums.Place,
        _ figures: Figures, _ source: PageSource
    ) -> TableBlock? {
        let language = source.language
        let present = place.cells(group).filter { figures.own.cells[$0] != nil }
        guard let code = group.code, present.count > 1 else { return nil }
        let sums = GroupSums(
            group, place, figures.own, inDistrict: figures.inDistrict, source.measures)
        guard !sums.figures.isEmpty else { return nil }
        let caption = [
            group.name, .together, place.dataset.name, place.period.inline,
        ].map { $0[language] }.joined(separator: language == .zh ? "，" : ", ")
        return TableBlock(
            caption: caption,
            rows: source.measures.sorted(sums.figures.keys).map { name in
                let cell = """
                    \(place.dataset.rawValue)/\(place.territory)/\(place.period.code)/\
                    \(grouping.rawValue):\(code)/\(name)
                    """
                let figure = sums.figures[name] ?? PublishedFigure(state: .notCollected)
                return FigureRow(name, figure, sums.status, cell: cell, source)
            })
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        <p class="lead">{{lead}}</p>
        <p class="note">\(t(.groupsNote))</p>
        {{#isEmpty}}<p>\(t(.noGroups))</p>{{/isEmpty}}
        {{#groups}}<section aria-labelledby="{{id}}"><h2 id="{{id}}">{{title}}</h2>
        {{#.programmes}}<p>{{programmes}}</p>{{/.programmes}}
        {{#isEmpty}}<p>\(t(.noFigures))</p>{{/isEmpty}}
        {{#together}}{{>figures}}{{/together}}
        {{#tables}}{{>figures}}{{/tables}}</section>
        {{/groups}}
        """
    }
}

extension Words {
    static let together = Words("合计", "together")
    static let groupsLead = Words(
        "按系列或重点任务查阅：其中各项目的数，以及合计。",
        "By series or by key task: the figures of the programmes of each, and what they come to together."
    )
    static let groupsNote = Words(
        "合计只由已公布的数相加而成，其中有不公布的，合计也不公布。人数、户数、存量和最大最小值不能跨项目相加：同一个人、同一户可能在两个项目中。",
        "Sums are made of published figures only; where one of them is not shown, nor is the sum. Persons, families, stocks, smallest and largest figures are not added up over programmes: one person or family may be in two."
    )
    static let noGroups = Words(
        "协会尚未确定各项目所属的系列和重点任务。",
        "The association has not said yet which series and key tasks its programmes belong to.")
}
