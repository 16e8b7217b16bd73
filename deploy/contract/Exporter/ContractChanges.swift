import Messages

/// The differences between two schemas of one type, and whether its version allows them.
struct ContractChanges {
    /// Fields that are new and may be missing.
    private(set) var additions: [String] = []
    /// Fields that may be missing now and had to be there before: only of commands, whose senders may go on as they do.
    private(set) var omissions: [String] = []
    /// Everything else.
    private(set) var violations: [String] = []

    /// - Parameter isCommand: whether publishers write it, and services read it.
    init(from old: JSONValue, to new: JSONValue, isCommand: Bool = false) {
        let (before, after) = (Self.fields(old), Self.fields(new))
        for (path, field) in before.sorted(by: { $0.key < $1.key }) {
            guard let now = after[path] else {
                violations.append("\(path) is gone")
                continue
            }
            if isCommand, field.mayBeLeftOut(in: now) {
                omissions.append(path)
                continue
            }
            if field.isRequired != now.isRequired {
                violations.append("\(path) is \(now.isRequired ? "" : "not ")required now")
            }
            if field.rule != now.rule {
                violations.append("\(path) was \(field.rule) and is \(now.rule)")
            }
        }
        for (path, field) in after.sorted(by: { $0.key < $1.key }) where before[path] == nil {
            let isInsideNew = field.parent.map { before[$0] == nil } ?? false
            if field.isRequired && !isInsideNew {
                violations.append("\(path) is new and required")
            } else {
                additions.append(path)
            }
        }
    }

    private struct Field {
        let parent: String?
        let isRequired: Bool
        /// Its JSON Schema without words, and without nested fields.
        let rule: String

        /// Whether the other one allows the same, or nothing.
        func mayBeLeftOut(in other: Field) -> Bool {
            isRequired && !other.isRequired
                && [rule, "\(rule.dropLast()),\"nullable\":true}"].contains(other.rule)
        }
    }

    /// Keywords that say nothing about what is valid.
    private static let words: Set = ["description", "$comment", "title", "format"]
    private static let containers: Set = [
        "properties", "required", "items", "additionalProperties",
    ]

    private static func fields(_ schema: JSONValue) -> [String: Field] {
        var fields: [String: Field] = [:]
        collect(schema, schema, path: "", parent: nil, isRequired: true, into: &fields)
        return fields
    }

    private static func collect(
        _ schema: JSONValue, _ root: JSONValue, path: String, parent: String?, isRequired: Bool,
        into fields: inout [String: Field]
    ) {
        let whole = resolved(schema, root)
        let rule = whole.members.filter {
            !words.contains($0.name) && !containers.contains($0.name) && !$0.name.hasPrefix("$")
        }
        fields[path] = Field(
            parent: parent, isRequired: isRequired, rule: JSONValue.object(rule).compact)
        let required = Set(whole["required"]?.items.compactMap(\.string) ?? [])
        for property in whole["properties"]?.members ?? [] {
            collect(
                property.value, root, path: "\(path)/\(property.name)", parent: path,
                isRequired: required.contains(property.name), into: &fields)
        }
        for name in ["items", "additionalProperties"] {
            guard let inner = whole[name] else { continue }
            collect(
                inner, root, path: "\(path)/*", parent: path, isRequired: true, into: &fields)
        }
    }

    /// A schema with what it refers to put in its place, and null as a type among others.
    private static func resolved(_ schema: JSONValue, _ root: JSONValue) -> JSONValue {
        var members: [JSONValue.Member] = []
        for member in schema.members {
            if member.name == "$ref", let name = member.value.string?.split(separator: "/").last {
                members += (root["$defs"]?[String(name)]).map { resolved($0, root).members } ?? []
            } else if member.name == "anyOf", let first = member.value.items.first {
                members += resolved(first, root).members + [.init("nullable", true)]
            } else {
                members.append(member)
            }
        }
        return .object(members)
    }
}
