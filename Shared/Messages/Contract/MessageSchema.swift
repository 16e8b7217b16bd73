/// JSON Schema (2020-12) of a whole message: its CloudEvents envelope and its data.
///
/// It does not express: that a day exists in the calendar, the check character of a resident id,
/// the form of each kind of paper, what can be a name or a telephone number,
/// relations between fields, lengths in bytes, that an integer is written without fraction or
/// exponent, that a text is free of U+0000. A `$comment` says the days that a date may name.
public struct MessageSchema {
    /// The doc comment of a type, or of one of its fields.
    public typealias Description = (_ type: String, _ field: String?) -> String?

    private let describe: Description
    /// By name: value types and objects, each once.
    private var definitions: [String: JSONValue] = [:]

    /// - Parameter types: the names it has on the wire; nil for its type alone.
    public static func document(
        of payload: any Payload.Type, types: [String]? = nil,
        _ describe: @escaping Description = { _, _ in nil }
    ) throws -> JSONValue {
        var schema = MessageSchema(describe: describe)
        return try schema.document(payload, types ?? [payload.type])
    }

    private init(describe: @escaping Description) { self.describe = describe }

    private mutating func document(
        _ payload: any Payload.Type, _ types: [String]
    ) throws -> JSONValue {
        let shape = try Shape(of: payload)
        guard case .object(let name, let fields) = shape.kind else {
            throw ShapeRecorder.Failure(description: "\(payload.type) is no object")
        }
        var document: JSONValue = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": .text("urn:nuanxin:\(payload.type)"),
            "title": .text(payload.type),
        ]
        document["description"] = describe(name, nil).map { .text($0) }
        document["type"] = "object"
        document["required"] = .list(Envelope.requiredNames.map { .text($0) })
        let data = object([name] + Self.subjects(of: payload), fields)
        document["properties"] = Envelope.properties(
            of: types, data: data, define: { self.reference($0, $1) })
        document["$defs"] = .object(
            definitions.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
        return document
    }

    /// The types whose fields stand among those of a payload.
    private static func subjects(of payload: any Payload.Type) -> [String] {
        ((payload as? any HasSubject.Type)?.subjects ?? []).map(ShapeRecorder.name)
            + (payload is any Correcting.Type ? [ShapeRecorder.name(of: Correction.self)] : [])
            + (payload is any CorrectionFact.Type
                ? [ShapeRecorder.name(of: CorrectionMark.self)] : [])
    }

    /// - Parameter names: the types whose doc comments describe the fields.
    private mutating func object(_ names: [String], _ fields: [Shape.Field]) -> JSONValue {
        let required = fields.filter(\.isRequired).map { JSONValue.text($0.name) }
        var properties: [JSONValue.Member] = []
        for field in fields {
            var schema = property(field)
            let describe = describe
            if let text = names.lazy.compactMap({ describe($0, field.name) }).first {
                schema["description"] = .text(text)
            }
            properties.append(.init(field.name, schema))
        }
        return ["type": "object", "required": .list(required), "properties": .object(properties)]
    }

    /// A field's schema: it may be null if it may be missing.
    private mutating func property(_ field: Shape.Field) -> JSONValue {
        var schema = plain(field.shape)
        if !field.isRequired {
            if let type = schema["type"] {
                schema["type"] = [type, "null"]
            } else {
                schema = ["anyOf": [schema, ["type": "null"]]]
            }
        }
        limit(&schema, field.shape)
        return schema
    }

    private mutating func plain(_ shape: Shape) -> JSONValue {
        switch shape.kind {
        case .text: return ["type": "string"]
        case .number: return ["type": "number"]
        case .flag: return ["type": "boolean"]
        case .integer:
            guard shape.range == nil else { return ["type": "integer"] }
            return reference("Int64", WireForm(range: .min ... .max, example: 1))
        case .value(let name, let form): return reference(name, form)
        case .list(let item):
            var schema = plain(item)
            limit(&schema, item)
            return ["type": "array", "items": schema]
        case .map(let value): return ["type": "object", "additionalProperties": plain(value)]
        case .object(let name, let fields):
            if definitions[name] == nil {
                var definition = object([name], fields)
                if let text = describe(name, nil) { definition["description"] = .text(text) }
                definitions[name] = definition
            }
            return ["$ref": .text("#/$defs/\(name)")]
        }
    }

    private mutating func reference(_ name: String, _ form: WireForm) -> JSONValue {
        if definitions[name] == nil {
            var definition: JSONValue = ["type": .text(form.kind.rawValue)]
            if let text = describe(name, nil) { definition["description"] = .text(text) }
            for keyword in form.keywords { definition[keyword.name] = keyword.value }
            definitions[name] = definition
        }
        return ["$ref": .text("#/$defs/\(name)")]
    }

    private func limit(_ schema: inout JSONValue, _ shape: Shape) {
        if let length = shape.length {
            let isList = if case .list = shape.kind { true } else { false }
            schema[isList ? "minItems" : "minLength"] = JSONValue(length.lowerBound)
            schema[isList ? "maxItems" : "maxLength"] = JSONValue(length.upperBound)
        }
        if let range = shape.range {
            schema["minimum"] = JSONValue(range.lowerBound)
            schema["maximum"] = JSONValue(range.upperBound)
        }
        if shape.isPositive { schema["minimum"] = 1 }
        let comments = [
            shape.days?.meaning,
            shape.isRelated ? "It must also agree with other fields, which no schema says." : nil,
        ].compactMap(\.self)
        if !comments.isEmpty {
            schema["$comment"] = .text(comments.joined(separator: " "))
        }
    }
}
