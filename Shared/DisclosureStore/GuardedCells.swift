public import Disclosure
public import Postgres

/// What reporting's database has of one table: the cells of a source and a programme, as they are and as they were.
///
/// The service protects by it, and the operator's tool checks by it.
public struct GuardedCells: Sendable {
    /// One cell in one edition.
    public struct Row: Sendable {
        public let territory: String
        public let period: String
        public let part: String
        public let seq: Int64
        /// The first edition that had the cell.
        public let born: Int64
        public let edition: Int64
        /// The edition in which it was replaced.
        public let ended: Int64?
        /// Times, amount and subjects, as far as they are measures.
        public let values: [Int64?]
        /// Smallest, largest and most.
        public let extremes: [Int64?]
        public let letter: Letter
        public let extremesLetter: Letter
    }

    /// How `summary.hiding` says what is hidden. A capital letter is of what is replaced and can be told no more, whatever
    /// later editions say.
    public enum Letter: String, Sendable {
        case primary = "p"
        case complementary = "c"
        case settledPrimary = "P"
        case settledComplementary = "C"
        case shown = "-"

        public init(_ showing: FigureTable.Showing) {
            self =
                switch showing {
                case .primary: .primary
                case .complementary: .complementary
                case .open, .published: .shown
                }
        }

        public var isHidden: Bool { self != .shown }

        var isSettled: Bool { self == .settledPrimary || self == .settledComplementary }

        public var settled: Letter {
            switch self {
            case .primary: .settledPrimary
            case .complementary: .settledComplementary
            default: self
            }
        }
    }

    /// What the layers of a cube are, as `measure.reads` says.
    public static let layerNames = ["times", "amount", "subjects"]

    public let source: String
    public let cube: Cube
    /// By key, then in order.
    public let rows: [Row]

    /// All tables of a programme in a dataset, as they are after the last edition.
    public static func all(
        _ dataset: String, _ programme: String, threshold: Int64, latest edition: Int64? = nil,
        _ run: (Statement) throws -> Rows
    ) throws -> [GuardedCells] {
        let rows = try run(select(dataset, programme, latest: edition))
        let subjects = try GuardedSource.all(dataset, run)
        var found: [String: [Row]] = [:]
        for row in rows {
            var row = row.cursor()
            found[try row.next(String.self), default: []].append(try Row(&row))
        }
        return found.sorted { $0.key < $1.key }.compactMap { source, rows in
            guard let layers = subjects[source] else { return nil }
            let cube = Cube(
                layers: layers.layers, isStock: layers.isStock,
                rule: SensitivityRule(threshold: threshold))
            return GuardedCells(source: source, cube: cube, rows: rows)
        }
    }

    /// The newest rows, what is hidden of earlier ones, and those that the latest edition has replaced.
    public static func select(
        _ dataset: String, _ programme: String, latest edition: Int64?
    ) -> Statement {
        """
        SELECT source, territory, period, part, seq, born, edition, ended, times, amount, subjects,
               smallest, largest, most, letter, extremes_letter
        FROM guarded_cell
        WHERE dataset = \(dataset) AND programme = \(programme)
          AND (superseded_by IS NULL OR hiding ~ '[pc]' OR ended = \(edition))
        ORDER BY source, territory, period, part, seq
        """
    }
}

extension GuardedCells.Row {
    fileprivate init(_ row: inout RowCursor) throws {
        territory = try row.next()
        period = try row.next()
        part = try row.next()
        seq = try row.next()
        born = try row.next()
        edition = try row.next()
        ended = try row.next(optional: Int64.self)
        values = try (0..<3).map { _ in try row.next(optional: Int64.self) }
        extremes = try (0..<3).map { _ in try row.next(optional: Int64.self) }
        letter = GuardedCells.Letter(rawValue: try row.next(String.self)) ?? .shown
        extremesLetter = GuardedCells.Letter(rawValue: try row.next(String.self)) ?? .shown
    }
}

/// What the figures of a source are.
public struct GuardedSource: Sendable {
    /// Of times, amount and subjects.
    let layers: [Cube.Layer]
    let isStock: Bool

    static func all(
        _ dataset: String, _ run: (Statement) throws -> Rows
    ) throws -> [String: GuardedSource] {
        var protections: [String: [String: String]] = [:]
        var stocks: Set<String> = []
        for row in try run(
            """
            SELECT source, reads, protection, is_stock FROM measure
            WHERE dataset = \(dataset) AND protection <> 'none'
            """)
        {
            let source = try row.decode(String.self, at: 0)
            protections[source, default: [:]][try row.decode(String.self, at: 1)] =
                try row.decode(String.self, at: 2)
            if try row.decode(Bool.self, at: 3) { stocks.insert(source) }
        }
        return protections.mapValuesWithKeys { source, reads in
            let layers = GuardedCells.layerNames.map { read in
                layer(reads[read], isDistinct: read == "subjects")
            }
            return GuardedSource(layers: layers, isStock: stocks.contains(source))
        }
    }

    private static func layer(_ protection: String?, isDistinct: Bool) -> Cube.Layer {
        switch protection {
        case "count": Cube.Layer(isDistinct ? .distinctCount : .count)
        case "money": Cube.Layer(.money)
        default: Cube.Layer(.accompanying)
        }
    }
}

extension Dictionary {
    fileprivate func mapValuesWithKeys<T>(_ transform: (Key, Value) -> T) -> [Key: T] {
        [Key: T](uniqueKeysWithValues: map { ($0.key, transform($0.key, $0.value)) })
    }
}
