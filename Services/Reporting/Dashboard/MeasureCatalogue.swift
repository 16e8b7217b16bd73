import Messages
import Postgres

/// A measure as readers know it.
struct MeasureInfo: Sendable {
    let name: String
    let dataset: Dataset
    let unit: MeasureUnit?
    let words: Words
    /// What it is divided by.
    let dimension: String?
    let isStock: Bool
    let isAdditive: Bool
    /// Whether the figures of several programmes may be added up.
    let addsProgrammes: Bool
    /// `times`, `amount`, `subjects`, `smallest`, `largest` or `most`.
    let reads: String
    let isAboutFamilies: Bool
    /// What is measured alike stands together.
    let order: Int
}

/// All measures, from the table that figures are made by.
struct MeasureCatalogue: Sendable {
    private let measures: [String: MeasureInfo]
    /// What some measures are divided by.
    let programmes: ProgrammeNames
    /// What the association calls some measures and parts, and all series and key tasks.
    let words: DistrictWords

    init(_ read: DatasetState.Reading) throws {
        let rows = try read(
            """
            SELECT name, dataset, unit, zh, en, dimension, is_stock, is_additive, adds_programmes,
                   reads, protection <> 'none'
            FROM measure
            ORDER BY dataset, source, array_position(
                ARRAY['times', 'subjects', 'amount', 'smallest', 'largest', 'most'], reads), name
            """)
        let words = try DistrictWords(read)
        var measures: [String: MeasureInfo] = [:]
        for (order, row) in rows.enumerated() {
            var row = row.cursor()
            let name = try row.next(String.self)
            guard let dataset = Dataset(rawValue: try row.next(String.self)) else { continue }
            let unit = MeasureUnit(rawValue: try row.next(String.self))
            let ours = Words(try row.next(), try row.next())
            measures[name] = MeasureInfo(
                name: name, dataset: dataset, unit: unit, words: words[.measure, name] ?? ours,
                dimension: try row.next(optional: String.self), isStock: try row.next(),
                isAdditive: try row.next(), addsProgrammes: try row.next(), reads: try row.next(),
                isAboutFamilies: try row.next(), order: order)
        }
        self.measures = measures
        self.words = words
        programmes = try ProgrammeNames(read)
    }

    /// - Parameter name: with or without a part.
    subscript(name: String) -> MeasureInfo? { measures[Self.split(name).measure] }

    var all: [MeasureInfo] { measures.values.sorted { $0.order < $1.order } }

    /// The unit by which a measure's figures are written.
    func unit(of name: String) -> MeasureUnit? { self[name]?.unit }

    /// What a measure is called, or the part of it that the name ends in.
    func words(for name: String) -> Words {
        let (measure, part) = Self.split(name)
        guard let info = measures[measure] else { return Words(both: name) }
        return part.map { PartNames.name(of: $0, by: info.dimension, programmes, words) }
            ?? info.words
    }

    static func split(_ name: String) -> (measure: String, part: String?) {
        guard let colon = name.firstIndex(of: ":") else { return (name, nil) }
        return (String(name[..<colon]), String(name[name.index(after: colon)...]))
    }

    /// Names in the order of print, a measure before its parts.
    func sorted(_ names: some Sequence<String>) -> [String] {
        names.map { name -> (name: String, order: Int, part: String) in
            let (measure, part) = Self.split(name)
            return (name, measures[measure]?.order ?? .max, part ?? "")
        }.sorted { ($0.order, $0.part, $0.name) < ($1.order, $1.part, $1.name) }.map(\.name)
    }
}
