/// The fields that a payload's decoding reads, and the limits of its `check`: the source of its
/// schema.
public struct Shape: Sendable {
    public struct Field: Sendable {
        public let name: String
        /// False if it may be missing or null.
        public let isRequired: Bool
        public internal(set) var shape: Shape
    }

    public indirect enum Kind: Sendable {
        case text, integer, number, flag
        /// A value type with a form of its own.
        case value(name: String, WireForm)
        case list(Shape)
        /// An object whose members have any names.
        case map(Shape)
        case object(name: String, [Field])
    }

    public internal(set) var kind: Kind
    /// Of a text in Unicode scalars, of a list in items.
    public internal(set) var length: ClosedRange<Int>?
    public internal(set) var range: ClosedRange<Int>?
    public internal(set) var isPositive = false
    /// Whether a rule relates it to other fields, which no schema says.
    public internal(set) var isRelated = false
    /// The days that it may name.
    public internal(set) var days: BusinessDays.Rule?

    init(_ kind: Kind) { self.kind = kind }

    /// Decodes the type from a recorder, and notes what it asks for.
    public init(of type: any Payload.Type) throws {
        self = try Self.recorded(type)
    }

    private static func recorded<P: Payload>(_ type: P.Type) throws -> Shape {
        var (full, shape) = try ShapeRecorder.record(type, isSparse: false)
        let sparse = try ShapeRecorder.record(type, isSparse: true).value
        // A limit may depend on whether another field is there; the schema says the wider one.
        var limits: [Limit] = []
        for limit in limitsAsked(by: sparse) + limitsAsked(by: full) {
            let index = limits.firstIndex {
                $0.path == limit.path && $0.rule.widened(by: limit.rule) != nil
            }
            if let index, let rule = limits[index].rule.widened(by: limit.rule) {
                limits[index].rule = rule
            } else {
                limits.append(limit)
            }
        }
        for limit in limits { shape.apply(limit.rule, at: limit.path[...]) }
        return shape
    }

    private static func limitsAsked(by payload: some Payload) -> [Limit] {
        var checks = Checks(recording: payload)
        payload.check(&checks)
        return checks.limits ?? []
    }

    private mutating func apply(_ rule: Limit.Rule, at path: ArraySlice<String>) {
        guard let step = path.first else { return apply(rule) }
        switch kind {
        case .list(var element) where step == Limit.item:
            element.apply(rule, at: path.dropFirst())
            kind = .list(element)
        case .object(let name, var fields):
            guard let index = fields.firstIndex(where: { $0.name == step }) else {
                preconditionFailure("\(name) checks \(step), which is no field of it")
            }
            fields[index].shape.apply(rule, at: path.dropFirst())
            kind = .object(name: name, fields)
        default: preconditionFailure("a check goes to \(step) in what has no fields")
        }
    }

    private mutating func apply(_ rule: Limit.Rule) {
        switch rule {
        case .text(let range), .count(let range): length = range
        case .number(let range): self.range = range
        case .positive: isPositive = true
        case .related: isRelated = true
        case .day(let rule): days = rule
        }
    }
}
