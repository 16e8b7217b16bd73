/// What is called by a word that an association chooses itself.
public enum WordKind: String, WireEnum {
    /// A measure of the data dictionary.
    case measure
    /// One part of what measures are divided by.
    case part
    /// Programmes that are told of together, such as 暖心.
    case series
    /// One of the tasks that an association plans and reports by, such as 优生优育指导.
    case keyTask = "key_task"
}

/// Says what a measure, a part of measures, a series or a key task is called, on pages and in files for readers. It replaces what
/// was said of it before; what nothing is said of is called by the dictionary's word, or by its code.
public struct DefineWord: Command {
    public static let type = "reporting.word.define.v1"

    public var kind: WordKind
    /// The measure, the part, or the code that programmes name: lower-case words joined by hyphens.
    public var code: String
    /// What the measures are divided by that have this part, such as `basis`; of a part only.
    public var dimension: String?
    /// One more than that in force for this word; the first is 1.
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

/// What something is called from now on.
public struct WordDefined: Fact {
    public static let type = "reporting.word.defined.v1"

    public var kind: WordKind
    public var code: String
    public var dimension: String?
    public var version: Int
    public var reason: String
    public var nameZh: String
    public var nameEn: String

    public init(_ command: DefineWord) {
        kind = command.kind
        code = command.code
        dimension = command.dimension
        version = command.version
        reason = command.reason
        nameZh = command.nameZh
        nameEn = command.nameEn
    }
}
