import Messages
import Postgres

/// All measures with the words of the district.
struct MeasureCatalogue: Sendable {
    private let measures: [String: Measure]
    /// Names of programmes, by which some measures are divided.
    let programmes: ProgrammeNames
    /// The association's names of some measures and parts, and of all series and key tasks.
    let words: DistrictWords

    init(_ read: DatasetState.Reading) throws {
        let words = try DistrictWords(read)
        measures = try Measures.inForce(read).mapValues { measure in
            var measure = measure
            measure.words = words[.measure, measure.name] ?? measure.words
            return measure
        }
        self.words = words
        programmes = try ProgrammeNames(read)
    }

    /// - Parameter name: with or without a part.
    subscript(name: String) -> Measure? { measures[Self.split(name).measure] }

    /// In the order of print.
    var all: [Measure] { measures.values.sorted { $0.place < $1.place } }

    /// The unit by which a measure's figures are written.
    func unit(of name: String) -> MeasureUnit? { self[name]?.unit }

    /// The name of a measure, or of the part with which `name` ends.
    func words(for name: String) -> Words {
        let (measure, part) = Self.split(name)
        guard let found = measures[measure] else { return Words(both: name) }
        return part.map { PartNames.name(of: $0, by: found.dimension, programmes, words) }
            ?? found.words
    }

    static func split(_ name: String) -> (measure: String, part: String?) {
        guard let colon = name.firstIndex(of: ":") else { return (name, nil) }
        return (String(name[..<colon]), String(name[name.index(after: colon)...]))
    }

    /// Names in the order of print, a measure before its parts.
    func sorted(_ names: some Sequence<String>) -> [String] {
        names.map { name -> (name: String, order: Int, part: String) in
            let (measure, part) = Self.split(name)
            return (name, Measures.order[measure] ?? .max, part ?? "")
        }.sorted { ($0.order, $0.part, $0.name) < ($1.order, $1.part, $1.name) }.map(\.name)
    }
}
