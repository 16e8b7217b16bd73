import Hummingbird
import Messages
import Postgres
import ServiceKit

/// Reads and lays out one page. Everything it shows is of one moment: it is read in one transaction that sees one
/// state of the database.
enum PageReader {
    static func read(
        _ request: PageRequest, _ templates: PageTemplates, _ connection: Connection,
        now: Timestamp
    ) throws -> RenderedPage {
        _ = try connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        do {
            let page = try page(request, templates, now) { try connection.run($0) }
            _ = try connection.run("COMMIT")
            return page
        } catch {
            _ = try? connection.run("ROLLBACK")
            throw error
        }
    }

    private static func page(
        _ request: PageRequest, _ templates: PageTemplates, _ now: Timestamp,
        _ read: @escaping DatasetState.Reading
    ) throws -> RenderedPage {
        do {
            let source = try source(request.language, now, read)
            let content = try content(request, source)
            let place = try source.names(of: [source.root])[source.root]
            return try lay(
                content, request, templates, .ok, place: place, months: source.months)
        } catch let problem as PageProblem {
            return try self.problem(problem, request, templates)
        }
    }

    /// A page that says why there is none.
    static func problem(
        _ problem: PageProblem, _ request: PageRequest, _ templates: PageTemplates
    ) throws -> RenderedPage {
        // The other language has the same problem, at its overview it has none.
        let around = PageRequest(language: request.language, page: .overview)
        let content = ProblemPage.content(problem, request.language)
        return try lay(content, around, templates, problem.status)
    }

    static func lay(
        _ content: PageContent, _ request: PageRequest, _ templates: PageTemplates,
        _ status: HTTPResponse.Status = .ok, place: String? = nil,
        months: ClosedRange<BusinessDate>? = nil
    ) throws -> RenderedPage {
        let body = try templates.render(content.template, content.model, request.language)
        let layout = Layout(content, request, body: body, place: place, months: months)
        return RenderedPage(
            try templates.render("layout", layout, request.language), request.language, status)
    }

    private static func source(
        _ language: Language, _ now: Timestamp, _ read: @escaping DatasetState.Reading
    ) throws -> PageSource {
        let states = try DatasetState.all(read)
        guard let root = try PublishedKeys.root(read), states.contains(where: { $0.seq > 0 }) else {
            throw PageProblem.nothingPublished
        }
        return PageSource(
            language: language, read: read, states: states, times: try times(read),
            measures: try MeasureCatalogue(read), root: root,
            programmes: try PublishedKeys.programmes(of: root, read), now: now)
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
        case .revisions(let before): try RevisionsPage.read(before, request, source)
        case .data: try DataPage.read(request, source)
        case .status: try StatusPage.read(request, source)
        case .bulletins: try BulletinListPage.read(request, source)
        case .bulletin(let month, let edition):
            try BulletinPage.read(month, edition: edition, request, source)
        // Not from the database: `ContractPages`.
        case .contract: throw PageProblem.notFound
        }
    }
}
