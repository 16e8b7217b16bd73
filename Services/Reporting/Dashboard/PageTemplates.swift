import Mustache

/// The templates of all pages, one library for each language, made when the service starts.
///
/// They are Swift strings, not resources. On Linux a resource bundle is looked for beside the executable or where it was built,
/// so a binary that is copied alone would have no pages. And the compiler checks that every phrase of a template exists, in
/// both languages.
struct PageTemplates: Sendable {
    private let libraries: [Language: MustacheLibrary]

    init() throws {
        MustacheContentTypes.register(HTML.ContentType(), named: HTML.ContentType.name)
        libraries = try Dictionary(
            uniqueKeysWithValues: Language.allCases.map { ($0, try Self.library($0)) })
    }

    func render(_ template: String, _ model: Any, _ language: Language) throws -> String {
        guard let text = libraries[language]?.render(model, withTemplate: template) else {
            throw Missing(template: template)
        }
        return text
    }

    struct Missing: Error, CustomStringConvertible {
        let template: String
        var description: String { "there is no template \(template)" }
    }

    private static func library(_ language: Language) throws -> MustacheLibrary {
        var library = MustacheLibrary()
        for (name, template) in all {
            let pragma = "{{% CONTENT_TYPE:\(HTML.ContentType.name)}}\n"
            try library.register(pragma + template(Texts(language)), named: name)
        }
        return library
    }

    /// Every template by its name; the first line of each says how values are escaped.
    static let all: [String: @Sendable (Texts) -> String] = [
        "layout": Layout.template, "figures": figures, "chart": chart,
        "overview": OverviewPage.template, "dataset": DatasetPage.template,
        "territory": TerritoryPage.template, "groups": GroupPage.template,
        "revisions": RevisionsPage.template,
        "methodology": MethodologyPage.template, "data": DataPage.template,
        "status": StatusPage.template,
        "problem": ProblemPage.template, "bulletins": BulletinListPage.template,
        "bulletin": BulletinPage.template, "contract": ContractListPage.template,
        "contract-type": ContractTypePage.template,
    ]

    /// Puts phrases of one language into a template.
    struct Texts {
        let language: Language

        init(_ language: Language) { self.language = language }

        func callAsFunction(_ words: Words) -> String { HTML.escaped(words[language]) }
    }

    // MARK: Parts of several pages

    /// A `TableBlock`.
    private static let figures: @Sendable (Texts) -> String = { t in
        """
        <div class="scroll" role="region" tabindex="0" aria-label="{{caption}}">
        <table class="figures">
        <caption>{{caption}}</caption>
        <thead><tr><th scope="col">\(t(.figure))</th><th scope="col" class="number">\(t(.value))</th>\
        <th scope="col">\(t(.unit))</th><th scope="col">\(t(.inShort))</th>\
        <th scope="col">\(t(.state))</th></tr></thead>
        <tbody>
        {{#rows}}
        <tr{{#isPart}} class="part"{{/isPart}}><th scope="row">{{#isPart}}\(t(.ofThem)){{/isPart}}{{label}}</th>\
        \(value)<td>{{unit}}</td><td class="short">{{short}}</td><td>{{status}}</td></tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        """
    }

    /// The exact value of a `FigureRow`, marked for machines.
    static let value = """
        <td class="number {{state}}" data-cell="{{cell}}" data-state="{{state}}">\
        {{#.spokenState}}<span aria-hidden="true">{{exact}}</span><span class="hidden">{{spokenState}}</span>{{/.spokenState}}\
        {{^.spokenState}}<data value="{{value}}">{{exact}}</data>{{/.spokenState}}</td>
        """

    /// A `ChartBlock`.
    private static let chart: @Sendable (Texts) -> String = { t in
        """
        <figure class="chart{{#isWide}} wide{{/isWide}}">
        <figcaption>{{caption}}</figcaption>
        <div class="beside">
        <div class="drawing scroll" role="region" tabindex="0" aria-label="{{caption}}">{{{svg}}}</div>
        <div class="scroll" role="region" tabindex="0" aria-label="\(t(.exactValues))">
        {{#isWide}}<table class="figures narrow">
        <caption class="hidden">{{caption}}</caption>
        <thead><tr><th scope="col">{{head}}</th>{{#rows}}<th scope="col" class="number"><a href="{{href}}">{{label}}</a></th>{{/rows}}</tr></thead>
        <tbody><tr><th scope="row">\(t(.value)){{#unit}} ({{unit}}){{/unit}}</th>{{#rows}}\(value){{/rows}}</tr></tbody>
        </table>{{/isWide}}
        {{^isWide}}<table class="figures narrow">
        <caption class="hidden">{{caption}}</caption>
        <thead><tr><th scope="col">{{head}}</th>\
        <th scope="col" class="number">\(t(.value)){{#unit}} ({{unit}}){{/unit}}</th></tr></thead>
        <tbody>
        {{#rows}}
        <tr><th scope="row"><a href="{{href}}">{{label}}</a></th>\(value)</tr>
        {{/rows}}
        </tbody>
        </table>{{/isWide}}
        </div>
        </div>
        </figure>
        """
    }
}
