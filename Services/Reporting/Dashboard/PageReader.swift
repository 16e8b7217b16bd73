import Hummingbird
import Messages
import Postgres
import ServiceKit

/// Reads and lays out one page. All its figures are of one moment: they are read in one transaction that sees one state of the
/// database.
enum PageReader {
    static func read(
        _ request: PageRequest, _ templates: PageTemplates, _ connection: Connection,
        now: Timestamp
    ) throws -> RenderedPage {
        try ConsistentRead.run(connection) { try page(request, templates, now, $0) }
    }

    private static func page(
        _ request: PageRequest, _ templates: PageTemplates, _ now: Timestamp,
        _ read: @escaping DatasetState.Reading
    ) throws -> RenderedPage {
        do {
            let source = try source(request, now, read)
            let content = try content(request, source)
            return try lay(content, request, templates, .ok, from: source)
        } catch let problem as PageProblem {
            return try self.problem(problem, request, templates)
        }
    }

    /// A page about a problem.
    static func problem(
        _ problem: PageProblem, _ request: PageRequest, _ templates: PageTemplates
    ) throws -> RenderedPage {
        // The other language has the same problem, so its link leads to the overview.
        let around = PageRequest(language: request.language, page: .overview)
        let content = ProblemPage.content(problem, request.language)
        return try lay(content, around, templates, problem.status)
    }

    /// - Parameter source: nil for a page without figures.
    static func lay(
        _ content: PageContent, _ request: PageRequest, _ templates: PageTemplates,
        _ status: HTTPResponse.Status = .ok, from source: PageSource? = nil
    ) throws -> RenderedPage {
        let body = try templates.render(content.template, content.model, request.language)
        let place = try source.map { try $0.names(of: [$0.root])[$0.root] }
        let layout = Layout(content, request, body: body, place: place, source)
        return RenderedPage(
            try templates.render("layout", layout, request.language), request.language, status)
    }

    private static func source(
        _ request: PageRequest, _ now: Timestamp, _ read: @escaping DatasetState.Reading
    ) throws -> PageSource {
        let states = try DatasetState.all(read)
        let edition = try EditionMoment.inForce(read)
        guard let edition, let root = try PublishedKeys.root(read) else {
            throw PageProblem.nothingPublished(edition, madeAt: try Plan.madeAt(read))
        }
        return PageSource(
            language: request.language, read: read, states: states, edition: edition,
            plan: try Plan.read(read), times: try times(read),
            measures: try MeasureCatalogue(read), root: root,
            programmes: try PublishedKeys.programmes(of: root, read),
            boundaries: try boundaries(request, read),
            sections: try BulletinSection.inForce(read), now: now)
    }

    private static func boundaries(
        _ request: PageRequest, _ read: DatasetState.Reading
    ) throws -> Boundaries? {
        guard let day = request.boundaries, request.hasPeriod else { return nil }
        do {
            return try Boundaries.on(day, through: request.period.lastDay, read)
        } catch let problem as BoundaryProblem {
            throw PageProblem(problem)
        }
    }

    private static func times(_ read: DatasetState.Reading) throws -> [Dataset: DatasetTimes] {
        let rows = try read(
            """
            SELECT d.name, d.beat_at, newest.time FROM dataset d LEFT JOIN LATERAL (
                SELECT s.time FROM summary s
                WHERE s.dataset = d.name AND s.seq <= d.published
                ORDER BY s.seq DESC LIMIT 1) newest ON true
            """)
        return try Dictionary(
            uniqueKeysWithValues: rows.compactMap { row in
                guard let dataset = Dataset(rawValue: try row.decode(String.self, at: 0)) else {
                    return nil
                }
                return (
                    dataset,
                    DatasetTimes(
                        changedAt: try row.decode(optional: Timestamp.self, at: 2),
                        beatAt: try row.decode(optional: Timestamp.self, at: 1))
                )
            })
    }

    private static func content(_ request: PageRequest, _ source: PageSource) throws -> PageContent
    {
        switch request.page {
        case .overview: try OverviewPage.read(request, source)
        case .dataset(let dataset): try DatasetPage.read(dataset, request, source)
        case .territory(let code): try TerritoryPage.read(code, request, source)
        case .groups(let grouping): try GroupPage.read(grouping, request, source)
        case .revisions(let before): try RevisionsPage.read(before, request, source)
        case .methodology: try MethodologyPage.read(request, source)
        case .data: try DataPage.read(request, source)
        case .status: try StatusPage.read(request, source)
        case .bulletins: try BulletinListPage.read(request, source)
        case .bulletin(let month, let edition):
            try BulletinPage.read(month, edition: edition, request, source)
        // `ContractPages` shows it, without the database.
        case .contract: throw PageProblem.notFound
        }
    }
}
