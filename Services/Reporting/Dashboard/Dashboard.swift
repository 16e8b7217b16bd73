import Hummingbird
import Messages
import Postgres
import ServiceKit

/// The pages for readers: figures as people write them, in Chinese and English, without a script.
///
///     /                               the overview, in the language of the browser
///     /{lang}/                        overview         ?period=&boundaries=
///     /{lang}/families                and funding, activities    ?period=&boundaries=&territory=
///     /{lang}/territory/{code}        one territory    ?period=&boundaries=
///     /{lang}/series                  and key-tasks: what belongs together    ?period=&boundaries=&territory=
///     /{lang}/bulletin                its months; /{lang}/bulletin/{yyyy-mm} one of them    ?edition=&by=
///     /{lang}/revisions, /methodology, /data, /status
///     /{lang}/contract and /{lang}/contract/{type}; its files are under /contract/
///     /assets/{hash}.css              the style sheet
enum Dashboard {
    /// - Parameter contract: the directory of the contract; nil if it is not installed.
    static func add(
        to router: WebRouter, _ readers: DatabaseReaders, contract: String?
    ) throws {
        let pages = Pages(readers: readers, templates: try PageTemplates())
        let contract = try ContractPages(contract, pages.templates)
        contract.addFiles(to: router)
        router.get("/") { request, _ in
            let language = Language(acceptLanguage: request.headers[.acceptLanguage])
            return PageHeaders.redirect(to: "/\(language.rawValue)/", varying: true)
        }
        router.get("/bulletin/:month") { request, context in
            let language = Language(acceptLanguage: request.headers[.acceptLanguage])
            let month = context.parameters.get("month") ?? ""
            guard let period = Period(month), period.span == .month else {
                return try pages.problem(.notFound, language, request)
            }
            let edition = request.uri.query.map { "?" + $0 } ?? ""
            return PageHeaders.redirect(
                to: "/\(language.rawValue)/bulletin/\(period.wireText)\(edition)", varying: true)
        }
        router.get(RouterPath(stringLiteral: Stylesheet.address)) { _, _ in
            PageHeaders.asset(Stylesheet.css, "text/css; charset=utf-8")
        }
        router.get(RouterPath(stringLiteral: Stylesheet.iconAddress)) { _, _ in
            PageHeaders.asset(Stylesheet.icon, "image/svg+xml")
        }
        for language in Language.allCases {
            LanguageRoutes(language, pages).add(contract, to: router)
        }
    }
}

/// Answers requests for pages.
struct Pages: Sendable {
    let readers: DatabaseReaders
    let templates: PageTemplates
    let cache = PageCache()

    func show(_ page: PageRequest, _ request: Request) async throws -> Response {
        let (templates, cache) = (templates, cache)
        do {
            return try await readers.read { connection in
                let now = Timestamp.now()
                // The status page shows work in progress, which changes without being published.
                guard page.page != .status else {
                    return try PageReader.read(page, templates, connection, now: now)
                }
                return try cache.page(page, at: .init(connection, now: now)) {
                    try PageReader.read(page, templates, connection, now: now)
                }
            }.response(to: request)
        } catch is DatabaseReaders.Busy {
            throw PageProblem.unreadable
        } catch let error as PostgresError where error.isConnectionLost {
            throw PageProblem.unreadable
        }
    }

    func problem(
        _ problem: PageProblem, _ language: Language, _ request: Request
    ) throws -> Response {
        try PageReader.problem(
            problem, PageRequest(language: language, page: .overview), templates
        ).response(to: request)
    }
}
