import Hummingbird
import Messages
import ServiceKit

/// The addresses of the pages in one language.
struct LanguageRoutes: Sendable {
    private let language: Language
    private let pages: Pages

    init(_ language: Language, _ pages: Pages) {
        self.language = language
        self.pages = pages
    }

    func add(_ contract: ContractPages, to router: WebRouter) {
        let language = language
        router.get(path("/contract")) { request, _ in
            try contract.page(nil, language).response(to: request)
        }
        router.get(path("/contract/:type")) { request, context in
            try contract.page(context.parameters.get("type") ?? "", language).response(to: request)
        }
        addFigures(to: router)
        addBulletins(to: router)
        get("/revisions", router) { parameters, _ in
            PageRequest(language: language, page: .revisions(before: try parameters.before()))
        }
        for (path, page) in [
            ("/methodology", PageRequest.Page.methodology), ("/data", .data), ("/status", .status),
        ] {
            get(path, router) { _, _ in PageRequest(language: language, page: page) }
        }
        get("/**", router) { _, _ in throw PageProblem.notFound }
    }

    private func addFigures(to router: WebRouter) {
        let language = language
        get("", router) { parameters, _ in
            PageRequest(
                language: language, page: .overview, period: try parameters.period(),
                boundaries: try parameters.boundaries())
        }
        let places =
            Dataset.allCases.map { ("/\($0.rawValue)", PageRequest.Page.dataset($0)) }
            + [("/series", .groups(.series)), ("/key-tasks", .groups(.keyTask))]
        for (path, page) in places {
            get(path, router) { parameters, _ in
                PageRequest(
                    language: language, page: page, period: try parameters.period(),
                    territory: try parameters.territory(),
                    boundaries: try parameters.boundaries())
            }
        }
        get("/territory/:code", router) { parameters, context in
            guard let code = TerritoryCode.ofCells(context.parameters.get("code") ?? "") else {
                throw PageProblem.wrong(
                    parameter: "territory", expected: TerritoryCode.expectedOfCells)
            }
            return PageRequest(
                language: language, page: .territory(code), period: try parameters.period(),
                boundaries: try parameters.boundaries())
        }
    }

    private func addBulletins(to router: WebRouter) {
        let language = language
        get("/bulletin", router) { _, _ in PageRequest(language: language, page: .bulletins) }
        get("/bulletin/:month", router) { parameters, context in
            guard let period = Period(context.parameters.get("month") ?? ""),
                period.span == .month
            else {
                throw PageProblem.wrong(parameter: "month", expected: "a month such as 2020-05")
            }
            return PageRequest(
                language: language, page: .bulletin(period, edition: try parameters.edition()),
                grouping: try parameters.grouping())
        }
    }

    private func get(
        _ address: String, _ router: WebRouter,
        _ page: @escaping @Sendable (PageParameters, BasicRequestContext) throws -> PageRequest
    ) {
        let (language, pages) = (language, pages)
        router.get(path(address)) { request, context in
            do {
                let page = try page(PageParameters(request), context)
                return try await pages.show(page, request)
            } catch let problem as PageProblem {
                return try pages.problem(problem, language, request)
            }
        }
    }

    private func path(_ address: String) -> RouterPath {
        RouterPath(stringLiteral: "/\(language.rawValue)\(address)")
    }
}
