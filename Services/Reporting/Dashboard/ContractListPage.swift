import Messages
import ServiceKit

/// All types of messages, and the files of the contract.
struct ContractListPage {
    let isInstalled: Bool
    let files: [Link]
    let services: [Service]

    struct Service {
        let name: String
        let types: [Line]
    }

    struct Line {
        let type: String
        let href: String
        let kind: String
        let takers: String
        let since: String
        let description: String
    }

    static func content(_ folder: ContractFolder, _ language: Language) -> PageContent {
        let files: [(String, Words)] = [
            ("asyncapi.json", Words(both: "AsyncAPI 3.0")), ("topology.json", .topology),
            ("answers.json", .answers), ("CHANGES.md", .changeLog),
        ]
        let model = ContractListPage(
            isInstalled: !folder.types.isEmpty,
            files: files.map { Link(text: $1[language], href: "/contract/\($0)") },
            services: Topology.services.map { service in
                Service(
                    name: service,
                    types: folder.types.filter { $0.owner == service }.map { line($0, language) })
            })
        return PageContent(
            title: Words.contract[language], template: "contract", model: model, hasPeriods: false)
    }

    private static func line(_ type: ContractType, _ language: Language) -> Line {
        let page = PageRequest(language: language, page: .contract(type.type))
        return Line(
            type: type.type, href: page.address, kind: kind(type)[language],
            takers: type.takers.joined(separator: ", "), since: type.since,
            description: type.description)
    }

    static func kind(_ type: ContractType) -> Words {
        switch type.kind {
        case "command": Words("命令", "command")
        case "query": Words("查询", "query")
        default: Words("事实", "fact")
        }
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        <p class="lead">\(t(.contractLead))</p>
        {{^isInstalled}}<p class="warning">\(t(.contractMissing))</p>{{/isInstalled}}
        {{#isInstalled}}<ul class="places">{{#files}}<li><a href="{{href}}">{{text}}</a></li>{{/files}}</ul>
        {{#services}}<div class="scroll" role="region" tabindex="0" aria-label="{{name}}"><table><caption>{{name}}</caption>
        <thead><tr><th scope="col">\(t(.type))</th><th scope="col">\(t(.kind))</th><th scope="col">\(t(.meaning))</th>\
        <th scope="col">\(t(.takenInBy))</th><th scope="col">\(t(.since))</th></tr></thead>
        <tbody>{{#types}}<tr><th scope="row"><a href="{{href}}"><code>{{type}}</code></a></th><td class="day">{{kind}}</td>\
        <td lang="en">{{description}}</td><td>{{takers}}</td><td class="day">{{since}}</td></tr>
        {{/types}}</tbody></table></div>
        {{/services}}{{/isInstalled}}
        """
    }
}
