import Messages

extension BulletinSection {
    /// The lines of a bulletin by the current series or key task of their programmes, without sentences.
    static func all(
        by grouping: ProgrammeGrouping, _ figures: [BulletinFigure], _ source: PageSource
    ) -> [BulletinSection] {
        let groups = ProgrammeGroup.all(
            by: grouping, of: figures.map { $0.programme(source.measures) }, source.programmeNames,
            source.measures.words)
        return groups.map { group in
            let lines = figures.filter { group.programmes.contains($0.programme(source.measures)) }
            return BulletinSection(
                code: "\(grouping.rawValue)-\(group.code ?? "none")", title: group.name,
                overview: [], sentences: [], lines: Set(lines.map(\.number)))
        }
    }
}

extension BulletinFigure {
    /// The programme of the figure, or the programme that its part names.
    fileprivate func programme(_ measures: MeasureCatalogue) -> String {
        guard programme.isEmpty, measures[measure]?.dimension == .programme else {
            return programme
        }
        return MeasureCatalogue.split(measure).part ?? programme
    }
}

extension BulletinPage {
    /// The ways to read it: by section, by series, by key task.
    static func views(_ request: PageRequest) -> [Link] {
        let ways: [(ProgrammeGrouping?, Words)] =
            [(nil, .bySection)] + ProgrammeGrouping.allCases.map { ($0, $0.byName) }
        return ways.map { grouping, words in
            var target = request
            target.grouping = grouping
            return Link(
                text: words[request.language], href: target.address,
                isCurrent: grouping == request.grouping)
        }
    }
}

extension ProgrammeGrouping {
    fileprivate var byName: Words {
        switch self {
        case .series: Words("按系列", "By series")
        case .keyTask: Words("按重点任务", "By key task")
        }
    }
}

extension Words {
    static let bySection = Words("按栏目", "By section")
    static let ways = Words("编排方式", "Ways to read it")
}
