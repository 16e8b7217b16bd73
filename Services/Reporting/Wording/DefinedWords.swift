import Messages
import Postgres
import ServiceKit

/// The association's name of a measure, a part, a series or a key task. `version` is its sequence.
struct DefinedWord: Aggregate {
    let kind: WordKind
    let code: String
    let dimension: String?
    var nameZh: String
    var nameEn: String
    var reason: String
    var sequence: Int64 = 0

    var key: String { Self.key(kind, code, dimension) }

    /// `measure/insured_persons`, `part/basis/only_child_parents`.
    static func key(_ kind: WordKind, _ code: String, _ dimension: String?) -> String {
        [kind.rawValue, dimension, code].compactMap(\.self).joined(separator: "/")
    }

    static let table = Table(
        "word", key: Column("key", \.key), DefinedWord.init,
        Field("kind", \.kind), Field("code", \.code), Field("dimension", \.dimension),
        Field("name_zh", \.nameZh), Field("name_en", \.nameEn), Field("reason", \.reason),
        Field("sequence", \.sequence))
}

extension DefineWord {
    var key: String { DefinedWord.key(kind, code, dimension) }
}

/// The association names things for its district, and the operator sends the names.
enum DefinedWords {
    static func define(_ command: DefineWord, _ unit: UnitOfWork) throws -> Emission {
        let sequence = try unit.find(DefinedWord.self, command.key)?.sequence ?? 0
        try Refusal.requireNext(command.version, after: sequence, else: .wordVersionTaken)
        try requireKnown(command)
        var word = DefinedWord(
            kind: command.kind, code: command.code, dimension: command.dimension,
            nameZh: command.nameZh, nameEn: command.nameEn, reason: command.reason,
            sequence: sequence)
        return try unit.save(&word, WordDefined(command))
    }

    /// Refuses a word for something that does not exist.
    private static func requireKnown(_ command: DefineWord) throws(Refusal) {
        switch command.kind {
        case .series, .keyTask: return
        case .measure:
            guard Measures.named[command.code] != nil else {
                throw Refusal(.unknownMeasure, at: "/code")
            }
        case .part:
            guard let dimension = command.dimension.flatMap(Measure.Dimension.init) else {
                throw Refusal(.unknownDimension, at: "/dimension")
            }
            guard PartNames.allows(command.code, by: dimension) else {
                throw Refusal(
                    .unknownPart, at: "/code",
                    expected: "a word of the contract for \(dimension.rawValue)")
            }
        }
    }
}

/// The words in force.
struct DistrictWords: Sendable {
    private let words: [String: Words]

    init() { words = [:] }

    init(_ read: DatasetState.Reading) throws {
        let rows = try read("SELECT key, name_zh, name_en FROM word")
        words = try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                var row = row.cursor()
                return (try row.next(String.self), Words(try row.next(), try row.next()))
            })
    }

    /// Nil if the association has defined none.
    subscript(kind: WordKind, code: String, dimension: String? = nil) -> Words? {
        words[DefinedWord.key(kind, code, dimension)]
    }

    /// The codes of all words of a kind other than `part`.
    func codes(of kind: WordKind) -> [String] {
        let head = kind.rawValue + "/"
        return words.keys.filter { $0.hasPrefix(head) }.map { String($0.dropFirst(head.count)) }
    }
}

extension RefusalCode {
    static let wordVersionTaken = RefusalCode(
        "word_version_taken", "one more than the version in force")
    static let unknownDimension = RefusalCode(
        "unknown_dimension", "what a measure of the data dictionary is divided by")
}
