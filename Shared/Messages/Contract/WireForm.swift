/// A value type's form in JSON Schema, with values that test it. It stands beside the type's
/// parser. Tests check both: the example is accepted, the wrong values are refused.
public struct WireForm: Sendable {
    public enum Kind: String, Sendable { case string, integer }

    public let kind: Kind
    /// Keywords of JSON Schema beside `type`.
    public let keywords: [JSONValue.Member]
    public let example: JSONValue
    /// Of the right kind, but refused by the parser and by the schema.
    public let wrong: [JSONValue]
    /// Refused by the parser only: no schema can say why.
    let wrongBeyondSchema: [JSONValue]

    /// Whether a text is of the form, as far as its pattern says.
    public func takes(_ text: String) -> Bool {
        guard let pattern = keywords.first(where: { $0.name == "pattern" })?.value.string,
            let expression = try? Regex(pattern)
        else { return true }
        return text.wholeMatch(of: expression) != nil
    }

    /// A text.
    init(
        format: String? = nil, pattern: String, maxLength: Int? = nil, example: String,
        wrong: String..., beyondSchema: [String] = []
    ) {
        kind = .string
        var keywords: [JSONValue.Member] = []
        if let format { keywords.append(.init("format", .text(format))) }
        keywords.append(.init("pattern", .text(pattern)))
        if let maxLength { keywords.append(.init("maxLength", JSONValue(maxLength))) }
        self.keywords = keywords
        self.example = .text(example)
        self.wrong = wrong.map { .text($0) }
        wrongBeyondSchema = beyondSchema.map { .text($0) }
    }

    /// One of a closed set of names.
    init(oneOf names: [String]) {
        kind = .string
        keywords = [.init("enum", .list(names.map { .text($0) }))]
        example = .text(names.first ?? "")
        wrong = ["none_of_these"]
        wrongBeyondSchema = []
    }

    /// An integer.
    init(range: ClosedRange<Int64>, example: Int64) {
        kind = .integer
        keywords = [
            .init("minimum", JSONValue(range.lowerBound)),
            .init("maximum", JSONValue(range.upperBound)),
        ]
        self.example = JSONValue(example)
        wrong = range.lowerBound > .min ? [JSONValue(range.lowerBound - 1)] : []
        wrongBeyondSchema = []
    }
}
