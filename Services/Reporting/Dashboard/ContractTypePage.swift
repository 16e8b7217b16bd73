import Messages

/// One type of message: its fields, right examples, and wrong examples with their answers.
struct ContractTypePage {
    let description: String
    let facts: [Fact]
    let schema: String
    let examples: String
    let fields: [ContractField]
    let definitions: [ContractField]
    let valid: [String]
    let invalid: [Refusal]
    let hasInvalid: Bool

    struct Fact {
        let name: String
        let value: String
    }

    struct Refusal {
        let title: String
        let code: String
        let pointer: String
        let expected: String
    }

    /// - Throws: `PageProblem.notFound` for an unknown type.
    static func content(
        _ name: String, _ folder: ContractFolder, _ language: Language
    ) throws -> PageContent {
        guard let type = folder.types.first(where: { $0.type == name }),
            let schema = try folder.document("schemas/\(name).json"),
            let examples = try folder.document("examples/\(name).json")
        else { throw PageProblem.notFound }
        let invalid = (examples["invalid"]?.items ?? []).map(refusal)
        let model = ContractTypePage(
            description: type.description, facts: facts(type, language),
            schema: "/contract/schemas/\(name).json", examples: "/contract/examples/\(name).json",
            fields: ContractField.all(of: schema["properties"]?["data"] ?? [:], language),
            definitions: ContractField.definitions(of: schema, language),
            valid: (examples["valid"]?.items ?? []).map(\.pretty), invalid: invalid,
            hasInvalid: !invalid.isEmpty)
        let list = PageRequest(language: language, page: .contract(nil))
        return PageContent(
            title: name, template: "contract-type", model: model,
            crumbs: [Link(text: Words.contract[language], href: list.address)], hasPeriods: false)
    }

    private static func facts(_ type: ContractType, _ language: Language) -> [Fact] {
        var facts: [(Words, String)] = [
            (.kind, ContractListPage.kind(type)[language]), (.exchange, type.exchange),
            (.routingKey, type.routingKey), (.takenInBy, type.takers.joined(separator: ", ")),
            (.since, type.since),
        ]
        if let until = type.until { facts.append((.until, until)) }
        return facts.map { Fact(name: $0[language], value: $1.isEmpty ? "–" : $1) }
    }

    private static func refusal(_ example: JSONValue) -> Refusal {
        func answer(_ name: String) -> String { example["answer"]?[name]?.string ?? "" }
        return Refusal(
            title: example["title"]?.string ?? "", code: answer("code"),
            pointer: answer("pointer"), expected: answer("expected"))
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        let fields = """
            <thead><tr><th scope="col">\(t(.field))</th><th scope="col">\(t(.form))</th>\
            <th scope="col">\(t(.required))</th><th scope="col">\(t(.meaning))</th></tr></thead>
            """
        let row = """
            <tr><th scope="row"><code>{{name}}</code></th><td lang="en">{{form}}</td><td>{{required}}</td>\
            <td lang="en">{{meaning}}</td></tr>
            """
        return """
            <p class="lead" lang="en">{{description}}</p>
            <dl class="facts">{{#facts}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/facts}}</dl>
            <p><a href="{{schema}}">JSON Schema</a> · <a href="{{examples}}">\(t(.examples)) (JSON)</a></p>
            <div class="scroll" role="region" tabindex="0" aria-label="\(t(.fields))"><table><caption>\(t(.fields))</caption>
            \(fields)
            <tbody>{{#fields}}\(row){{/fields}}</tbody></table></div>
            <div class="scroll" role="region" tabindex="0" aria-label="\(t(.definitions))"><table><caption>\(t(.definitions))</caption>
            \(fields)
            <tbody>{{#definitions}}\(row){{/definitions}}</tbody></table></div>
            <section aria-labelledby="examples"><h2 id="examples">\(t(.examples))</h2>
            {{#valid}}<pre tabindex="0"><code>{{.}}</code></pre>{{/valid}}</section>
            {{#hasInvalid}}<div class="scroll" role="region" tabindex="0" aria-label="\(t(.refused))"><table><caption>\(t(.refused))</caption>
            <thead><tr><th scope="col">\(t(.example))</th><th scope="col">\(t(.code))</th>\
            <th scope="col">\(t(.place))</th><th scope="col">\(t(.expected))</th></tr></thead>
            <tbody>{{#invalid}}<tr><th scope="row" lang="en">{{title}}</th><td><code>{{code}}</code></td>\
            <td><code>{{pointer}}</code></td><td lang="en">{{expected}}</td></tr>{{/invalid}}</tbody></table></div>{{/hasInvalid}}
            """
    }
}
