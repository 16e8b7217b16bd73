/// The kind of thing that a word of the association's own choice names.
public enum WordKind: String, WireEnum {
    /// A measure of the data dictionary.
    case measure
    /// One part of a measure's dimension.
    case part
    /// A series: programmes reported together, such as 暖心.
    case series
    /// A key task by which an association plans and reports, such as 优生优育指导.
    case keyTask = "key_task"
}

/// Names a measure, a part of measures, a series or a key task, for pages and files. It replaces
/// the earlier names. Without names, the dictionary's word or the code is shown.
public struct DefineWord: Command, Flattened {
    public static let type = "reporting.word.define.v1"

    public var kind: WordKind
    /// The measure, the part, or the code of the series or key task: lower-case words joined by
    /// hyphens.
    public var code: String
    /// Dimension of the measures with this part, such as `basis`. Only for a part.
    public var dimension: String?
    /// One more than the version in force for this word; the first is 1.
    public var version: Int
    public var reason: String
    public var nameZh: String
    public var nameEn: String

    public init(
        kind: WordKind, code: String, dimension: String? = nil, version: Int, reason: String,
        nameZh: String, nameEn: String
    ) {
        self.kind = kind
        self.code = code
        self.dimension = dimension
        self.version = version
        self.reason = reason
        self.nameZh = nameZh
        self.nameEn = nameEn
    }

    public func check(_ checks: inout Checks) {
        checks.text(code, "code", TextLimit.key)
        checks.text(dimension, "dimension", TextLimit.key)
        checks.require(
            (kind == .part) == (dimension != nil), "dimension",
            "what measures are divided by, of a part and of nothing else")
        checks.require(
            kind == .measure || kind == .part || Programme(code) != nil, "code", Programme.expected)
        checks.number(version, "version", 1...1_000_000)
        checks.text(reason, "reason", TextLimit.reason)
        checks.text(nameZh, "nameZh", TextLimit.name)
        checks.text(nameEn, "nameEn", TextLimit.name)
    }
}

/// The names of something are set.
public struct WordDefined: Fact, HasSubject {
    public static let type = "reporting.word.defined.v1"

    public var about: DefineWord

    public init(_ about: DefineWord) {
        self.about = about
    }
}
