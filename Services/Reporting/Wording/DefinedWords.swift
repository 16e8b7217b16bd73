import Messages
import Postgres
import ServiceKit

/// What the association calls a measure, a part, a series or a key task: `version` is its sequence.
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

    static let table = Table<DefinedWord>(
        "word", key: "key",
        columns: [
            Column("key", { $0.key }), Column("kind", { $0.kind.rawValue }),
            Column("code", { $0.code }), Column("dimension", optional: { $0.dimension }),
            Column("name_zh", { $0.nameZh }), Column("name_en", { $0.nameEn }),
            Column("reason", { $0.reason }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        _ = try row.next(String.self)
        return DefinedWord(
            kind: try row.next(enum: WordKind.self), code: try row.next(),
            dimension: try row.next(optional: String.self), nameZh: try row.next(),
            nameEn: try row.next(), reason: try row.next(), sequence: try row.next())
    }
}

extension DefineWord {
    var key: String { DefinedWord.key(kind, code, dimension) }
}

/// The association says what things are called in its district; the operator sends it, as the names of programmes.
enum DefinedWords {
    static func define(_ command: DefineWord, _ unit: UnitOfWork) throws -> Emission {
        guard unit.isUnlimited else { throw Refusal(.outOfScope, at: "") }
        let held = try unit.find(DefinedWord.self, command.key)
        let next = (held?.sequence ?? 0) + 1
        guard command.version == next else {
            throw Refusal(.wordVersionTaken, at: "/version", expected: "\(next)")
        }
        try requireKnown(command, unit)
        var word = DefinedWord(
            kind: command.kind, code: command.code, dimension: command.dimension,
            nameZh: command.nameZh, nameEn: command.nameEn, reason: command.reason,
            sequence: next - 1)
        return try unit.save(&word, WordDefined(command))
    }

    /// Refuses a word for what there is not.
    private static func requireKnown(_ command: DefineWord, _ unit: UnitOfWork) throws {
        switch command.kind {
        case .series, .keyTask: return
        case .measure:
            let known = try unit.query("SELECT FROM measure WHERE name = \(command.code)")
            guard !known.isEmpty else { throw Refusal(.unknownMeasure, at: "/code") }
        case .part:
            let dimension = command.dimension ?? ""
            let known = try unit.query(
                "SELECT FROM measure WHERE dimension = \(dimension) LIMIT 1")
            guard !known.isEmpty else { throw Refusal(.unknownDimension, at: "/dimension") }
            guard
                !PartNames.isClosed(dimension)
                    || PartNames.contractWord(command.code, by: dimension) != nil
            else {
                throw Refusal(
                    .unknownPart, at: "/code", expected: "a word of the contract for \(dimension)")
            }
        }
    }

    /// Words of one district's programmes were in the table of measures; there they are of no programme now.
    static let migration = Migration(
        "0039_words",
        """
        CREATE TABLE word (
            key       text COLLATE "C" PRIMARY KEY,
            kind      text NOT NULL CHECK (kind IN ('measure', 'part', 'series', 'key_task')),
            code      text COLLATE "C" NOT NULL,
            dimension text COLLATE "C",
            name_zh   text   NOT NULL,
            name_en   text   NOT NULL,
            reason    text   NOT NULL,
            sequence  bigint NOT NULL CHECK (sequence > 0),
            CHECK ((kind = 'part') = (dimension IS NOT NULL))
        );

        ALTER TABLE programme
            ADD COLUMN series   text COLLATE "C",
            ADD COLUMN key_task text COLLATE "C";

        -- Events, pieces and money of several programmes add up. Persons, families and those who look on may be of both.
        ALTER TABLE measure ADD COLUMN adds_programmes boolean NOT NULL DEFAULT false;
        COMMENT ON COLUMN measure.adds_programmes IS
            'whether the figures of several programmes may be added up, for a series or a key task';
        UPDATE measure SET adds_programmes = true
        WHERE is_additive AND NOT is_stock
          AND unit IN ('fen', 'loan', 'donation', 'grant', 'policy', 'claim', 'piece', 'visit', 'session',
                       'person-time', 'household-time', 'pair', 'shift', 'copy', 'commendation');

        UPDATE measure m SET zh = n.zh, en = n.en
        FROM (VALUES
            ('premium_paid_fen', '家庭投保保费', 'premium paid for households'),
            ('insured_persons', '投保人数', 'insured persons'),
            ('persons_covered', '期末在保人数', 'persons covered at the end'),
            ('supplement_paid_fen', '个人投保保费', 'premium paid for persons'),
            ('supplement_min_fen', '个人投保每人最低保费', 'smallest premium of a person'),
            ('supplement_max_fen', '个人投保每人最高保费', 'largest premium of a person')
        ) AS n (name, zh, en)
        WHERE n.name = m.name;
        """)
}

/// The words in force, as pages take them.
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

    /// Nil of what nothing is said.
    subscript(kind: WordKind, code: String, dimension: String? = nil) -> Words? {
        words[DefinedWord.key(kind, code, dimension)]
    }

    /// All of a kind that is no part.
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
