public import Foundation

/// A list of figures that must come out, such as `seeds/expected.json`.
public struct ExpectedFigures: Codable {
    public var note: String?
    public var figures: [Figure]
    /// Cross-checks of figures with each other.
    public var ratios: [Ratio]?

    /// One cell and its value, in the measure's unit. What is 0 may also be missing.
    public struct Figure: Codable, Hashable {
        public var measure: String
        public var programme: String?
        public var dimension: String?
        public var territory: String
        /// `2020-05-26`, `2020-05`, `2020-Q2`, `2020` or `all`.
        public var period: String
        /// One of the two.
        public var value: Int64?
        public var atLeast: Int64?

        public init(
            measure: String, programme: String? = nil, dimension: String? = nil,
            territory: String, period: String, value: Int64? = nil, atLeast: Int64? = nil
        ) {
            self.measure = measure
            self.programme = programme
            self.dimension = dimension
            self.territory = territory
            self.period = period
            self.value = value
            self.atLeast = atLeast
        }

        /// Which cell it is.
        public var name: [String] {
            [measure, programme ?? "", dimension ?? "", territory, period]
        }

        public func isMet(by found: Int64) -> Bool {
            if let value, value != found { return false }
            if let atLeast, found < atLeast { return false }
            return true
        }
    }

    /// The quotient of two figures, such as yuan for each loan.
    public struct Ratio: Codable, Hashable {
        public var note: String
        public var of: Figure
        public var per: Figure
        public var atLeast: Double
        public var atMost: Double

        public func isMet(by value: Int64, per count: Int64) -> Bool {
            count > 0 && (atLeast...atMost).contains(Double(value) / Double(count))
        }
    }

    public init(figures: [Figure]) { self.figures = figures }

    public init(file: URL) throws {
        self = try NamedFile.decode(
            Self.self, from: file.path, as: "a file of figures such as seeds/expected.json")
    }

    /// One figure a line, so that two files can be compared.
    public func write(to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try figures.map {
            "  " + String(decoding: try encoder.encode($0), as: UTF8.self)
        }
        let text = "{\"figures\":[\n" + lines.joined(separator: ",\n") + "\n]}\n"
        try Data(text.utf8).write(to: file, options: .atomic)
    }
}
