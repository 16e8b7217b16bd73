/// A valid document with one thing wrong, and the error that decoding it gives.
public struct InvalidExample: Sendable {
    /// Such as `without data.fund`.
    public let title: String
    /// Where the document differs.
    public let path: [String]
    /// The value there instead; nil if it is removed.
    public let value: JSONValue?
    /// Whether it keeps the schema all the same.
    public let isBeyondSchema: Bool
    public let error: Refusal

    /// The change as a JSON Patch (RFC 6902).
    public var patch: JSONValue {
        let pointer = JSONValue.text(JSONValue.pointer(path))
        guard let value else { return [["op": "remove", "path": pointer]] }
        return [["op": "add", "path": pointer, "value": value]]
    }

    public func document(from valid: JSONValue) -> JSONValue {
        valid.replacing(path[...], with: value)
    }
}

/// Makes the invalid examples of a message: each field left out, of another JSON type, and with each wrong value of its
/// value type or limit.
///
/// The error of each comes from decoding it, so an example says what the services answer.
public struct InvalidExamples {
    /// Items beyond which no list is made too long for an example.
    private static let longestList = 20

    private let valid: JSONValue
    private let catalogue: Catalogue
    private var examples: [InvalidExample] = []

    /// - Parameter valid: an example that shows every field.
    public static func all(
        of type: any Payload.Type, valid: JSONValue, _ catalogue: Catalogue
    ) throws -> [InvalidExample] {
        var maker = InvalidExamples(valid: valid, catalogue: catalogue)
        try maker.spoil(Shape(of: type), at: ["data"], isRequired: true)
        try maker.spoilEnvelope(type.type)
        return maker.examples
    }

    private init(valid: JSONValue, catalogue: Catalogue) {
        self.valid = valid
        self.catalogue = catalogue
    }

    private mutating func add(
        _ title: String, _ path: [String], _ value: JSONValue?, isBeyondSchema: Bool = false
    ) throws {
        let document = valid.replacing(path[...], with: value)
        do throws(Refusal) {
            _ = try catalogue.decode(Array(document.compact.utf8))
        } catch {
            examples.append(
                InvalidExample(
                    title: title, path: path, value: value, isBeyondSchema: isBeyondSchema,
                    error: error))
            return
        }
        throw ShapeRecorder.Failure(description: "\(title) is accepted, which its shape denies")
    }

    private mutating func spoil(_ shape: Shape, at path: [String], isRequired: Bool) throws {
        let name = path.joined(separator: ".")
        if isRequired { try add("without \(name)", path, nil) }
        try add("\(name) of another JSON type", path, Self.otherType(shape))
        switch shape.kind {
        case .value(_, let form):
            for value in form.wrong { try add("\(name) not of its form", path, value) }
            for value in form.wrongBeyondSchema {
                try add("\(name) of the form, but wrong", path, value, isBeyondSchema: true)
            }
        case .object(_, let fields):
            for field in fields {
                try spoil(field.shape, at: path + [field.name], isRequired: field.isRequired)
            }
        case .list(let item):
            // Of a list's items, the one that shows most.
            let items = value(at: path)?.items ?? []
            let fullest = items.indices.max { items[$0].members.count < items[$1].members.count }
            if let fullest { try spoil(item, at: path + ["\(fullest)"], isRequired: false) }
        case .map, .text, .integer, .number, .flag: break
        }
        try exceed(shape, at: path, name)
    }

    private mutating func exceed(_ shape: Shape, at path: [String], _ name: String) throws {
        if let range = shape.range {
            try add("\(name) too small", path, JSONValue(range.lowerBound - 1))
            try add("\(name) too large", path, JSONValue(range.upperBound + 1))
        }
        if shape.isPositive { try add("\(name) not above 0", path, 0) }
        if let rule = shape.days { try misdate(shape, rule, at: path, name) }
        guard let length = shape.length else { return }
        if case .list = shape.kind {
            if length.lowerBound > 0 { try add("\(name) too short", path, []) }
            let items = value(at: path)?.items ?? []
            if let item = items.first, length.upperBound <= Self.longestList {
                let items = Array(repeating: item, count: length.upperBound + 1)
                try add("\(name) too long", path, .list(items))
            }
        } else if length.lowerBound > 0 {
            let short = String(repeating: "x", count: length.lowerBound - 1)
            try add("\(name) too short", path, .text(short))
        } else {
            let long = String(repeating: "x", count: length.upperBound + 1)
            try add("\(name) too long", path, .text(long))
        }
    }

    /// Days that the message's own time does not allow.
    private mutating func misdate(
        _ shape: Shape, _ rule: BusinessDays.Rule, at path: [String], _ name: String
    ) throws {
        let range = BusinessDate.range
        // A resident id says its birth by digits that a check character follows.
        guard rule != .birth, rule != .listed else { return }
        guard case .value(let type, _) = shape.kind else {
            let (early, late) = (rule.first.year - 1, range.upperBound.year)
            try add("\(name) too early", path, JSONValue(early), isBeyondSchema: true)
            return try add("\(name) too late", path, JSONValue(late), isBeyondSchema: true)
        }
        let hour = type == "Timestamp" ? "T08:00:00.000Z" : ""
        if rule.first > range.lowerBound {
            let early = JSONValue.text("\(rule.first.adding(days: -1))\(hour)")
            try add("\(name) too early", path, early, isBeyondSchema: true)
        }
        let late = JSONValue.text("\(range.upperBound)\(hour)")
        try add("\(name) too late", path, late, isBeyondSchema: true)
    }

    private mutating func spoilEnvelope(_ type: String) throws {
        for name in Envelope.requiredNames where name != "data" {
            try add("without \(name)", [name], nil)
        }
        try add("specversion of another CloudEvents version", ["specversion"], "0.3")
        try add("id not of its form", ["id"], "7")
        try add("source empty", ["source"], "")
        try add("time not of its form", ["time"], "26.05.2020 08:00")
        try add("an unknown version", ["type"], .text(Self.otherVersion(type)))
        try add("an unknown type", ["type"], .text(Self.otherType(type)))
        try add("sequence not above 0", ["sequence"], 0)
        try add("dryrun of another JSON type", ["dryrun"], "yes")
        try add("causationid not of its form", ["causationid"], "7")
    }

    private func value(at path: [String]) -> JSONValue? {
        path.reduce(Optional(valid)) { value, step in
            Int(step).flatMap { index in
                value.flatMap { $0.items.indices.contains(index) ? $0.items[index] : nil }
            } ?? value?[step]
        }
    }

    private static func otherType(_ shape: Shape) -> JSONValue {
        switch shape.kind {
        case .text: 7
        case .integer, .number, .flag: "seven"
        case .value(_, let form): form.kind == .string ? 7 : "seven"
        case .list, .map, .object: "seven"
        }
    }

    /// A version that no catalogue knows.
    private static func otherVersion(_ type: String) -> String {
        type.split(separator: ".").dropLast().joined(separator: ".") + ".v99"
    }

    /// A name of the same service, so that it finds the same queue.
    private static func otherType(_ type: String) -> String {
        type.split(separator: ".").prefix(1).joined() + ".nothing.do.v1"
    }
}
