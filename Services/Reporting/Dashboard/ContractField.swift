import Messages

/// A field of a message, or a definition that fields refer to, as a JSON Schema says it.
struct ContractField {
    let name: String
    let form: String
    let required: String
    let meaning: String

    private static let deepest = 6

    /// The fields of an object's schema, with those inside of them.
    static func all(of schema: JSONValue, _ language: Language) -> [ContractField] {
        fields(of: schema, under: "", language, depth: 0)
    }

    /// The definitions of a document, each before its own fields.
    static func definitions(of document: JSONValue, _ language: Language) -> [ContractField] {
        (document["$defs"]?.members ?? []).flatMap { definition in
            let head = ContractField(
                name: definition.name, form: form(definition.value), required: "",
                meaning: definition.value["description"]?.string ?? "")
            return [head]
                + fields(of: definition.value, under: definition.name, language, depth: 0)
        }
    }

    private static func fields(
        of schema: JSONValue, under path: String, _ language: Language, depth: Int
    ) -> [ContractField] {
        guard depth < deepest else { return [] }
        let required = Set((schema["required"]?.items ?? []).compactMap(\.string))
        return (schema["properties"]?.members ?? []).flatMap { member in
            let name = path.isEmpty ? member.name : "\(path).\(member.name)"
            let isRequired = required.contains(member.name)
            let field = ContractField(
                name: name, form: form(member.value),
                required: (isRequired ? Words.yes : Words.no)[language],
                meaning: meaning(of: member.value))
            let items = member.value["items"]
            return [field]
                + fields(of: member.value, under: name, language, depth: depth + 1)
                + (items.map { fields(of: $0, under: name + "[]", language, depth: depth + 1) }
                    ?? [])
        }
    }

    /// What it means, and the rules that no keyword of JSON Schema says, such as the days that a date may name.
    private static func meaning(of schema: JSONValue) -> String {
        ["description", "$comment"].compactMap { schema[$0]?.string }.joined(separator: " ")
    }

    // MARK: Forms

    /// In the words of JSON Schema.
    static func form(_ schema: JSONValue) -> String {
        if let reference = schema["$ref"]?.string {
            return reference.split(separator: "/").last.map(String.init) ?? reference
        }
        if let constant = schema["const"] { return constant.compact }
        if let values = schema["enum"]?.items, !values.isEmpty {
            return values.map(\.compact).joined(separator: " | ")
        }
        if let choices = schema["anyOf"]?.items, !choices.isEmpty {
            return choices.map(form).joined(separator: " | ")
        }
        return ([types(schema)] + bounds(schema)).joined(separator: ", ")
    }

    private static func types(_ schema: JSONValue) -> String {
        let names = schema["type"]?.items.compactMap(\.string) ?? []
        let type = names.isEmpty ? schema["type"]?.string ?? "any" : names.joined(separator: " | ")
        guard let items = schema["items"] else { return type }
        return "\(type) of \(form(items))"
    }

    private static func bounds(_ schema: JSONValue) -> [String] {
        let keys = [
            "format", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems",
            "pattern",
        ]
        return keys.compactMap { key in
            schema[key].map { "\(key) \($0.string ?? $0.compact)" }
        }
    }
}
