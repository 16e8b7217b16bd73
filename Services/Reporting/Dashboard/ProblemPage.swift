import Hummingbird

/// A page that explains why the page asked for cannot be shown.
struct ProblemPage {
    let text: String
    let isParameter: Bool
    let parameter: String
    let expected: String
    let home: String

    static func content(_ problem: PageProblem, _ language: Language) -> PageContent {
        let home = PageRequest(language: language, page: .overview).address
        func page(_ text: Words, _ parameter: String? = nil, _ expected: String = "") -> ProblemPage
        {
            ProblemPage(
                text: text[language], isParameter: parameter != nil, parameter: parameter ?? "",
                expected: expected, home: home)
        }
        let (title, model): (Words, ProblemPage) =
            switch problem {
            case .notFound: (.notFound, page(.notFoundHelp))
            case .nothingPublished(nil, let madeAt): (.unavailable, page(.firstEdition(at: madeAt)))
            case .nothingPublished(let edition?, let madeAt):
                (.unavailable, page(.emptyEdition(edition, next: madeAt)))
            case .unreadable: (.unreadable, page(.unreadableHelp))
            case .wrong(let parameter, let expected):
                (.badRequest, page(.badRequest, parameter, expected))
            }
        return PageContent(
            title: title[language], template: "problem", model: model, hasPeriods: false)
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        {{#isParameter}}<p><code>{{parameter}}</code> – \(t(.expected)): <code>{{expected}}</code></p>{{/isParameter}}
        {{^isParameter}}<p>{{text}}</p>{{/isParameter}}
        <p><a href="{{home}}">\(t(.toOverview))</a></p>
        """
    }
}

extension PageProblem {
    var status: HTTPResponse.Status {
        switch self {
        case .notFound: .notFound
        case .wrong: .badRequest
        case .nothingPublished, .unreadable: .serviceUnavailable
        }
    }
}
