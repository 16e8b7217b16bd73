/// Kind of a chart: by territories inside, or month by month.
public enum KeyFigureChart: String, WireEnum {
    case byTerritory = "by_territory"
    case byMonth = "by_month"
}

/// Defines the sections and lines of a month's bulletin, from the next bulletin on. It replaces the
/// definition before; published bulletins do not change.
public struct DefineBulletin: Command, Territorial, Flattened {
    public static let type = "reporting.bulletin.define.v1"

    /// Largest number of lines of a bulletin.
    public static let lineLimit = 200

    /// A headline figure of a section, shown in the overview and on the pages of territories.
    public struct KeyFigure: Codable, Hashable, Sendable {
        /// A name of the data dictionary.
        public var measure: String
        /// Nil for figures of no programme.
        public var programme: Programme?
        /// One part of the measure's dimension; nil for the total.
        public var part: String?
        /// Nil if it has no chart. The overview draws the first chart of each kind, pages of
        /// datasets draw all of theirs.
        public var chart: KeyFigureChart?

        public init(
            measure: String, programme: Programme? = nil, part: String? = nil,
            chart: KeyFigureChart? = nil
        ) {
            self.measure = measure
            self.programme = programme
            self.part = part
            self.chart = chart
        }
    }

    /// Part of a sentence, in both languages. `{8}` is the all-time figure of line 8; `{8~}` is the
    /// same figure rounded down. It is printed only if each of its figures is above 0.
    public struct Clause: Codable, Hashable, Sendable {
        public var zh: String
        public var en: String

        public init(zh: String, en: String) {
            self.zh = zh
            self.en = en
        }
    }

    /// Clauses that are joined by commas.
    public struct Sentence: Codable, Hashable, Sendable {
        /// Whether the other clauses need the first one, and are not printed without it.
        public var led: Bool
        public var clauses: [Clause]

        public init(led: Bool, clauses: [Clause]) {
            self.led = led
            self.clauses = clauses
        }
    }

    /// Lines under a heading.
    public struct Section: Codable, Hashable, Sendable {
        /// Its code: lower-case words joined by hyphens.
        public var section: Programme
        public var nameZh: String
        public var nameEn: String
        public var overview: [KeyFigure]
        public var sentences: [Sentence]

        public init(
            section: Programme, nameZh: String, nameEn: String, overview: [KeyFigure] = [],
            sentences: [Sentence] = []
        ) {
            self.section = section
            self.nameZh = nameZh
            self.nameEn = nameEn
            self.overview = overview
            self.sentences = sentences
        }
    }

    /// A figure in print.
    public struct Line: Codable, Hashable, Sendable {
        /// 1 to 9999. Lines are printed in the order of their numbers.
        public var number: Int
        /// The code of its section.
        public var section: Programme
        public var nameZh: String
        public var nameEn: String
        /// A name of the data dictionary.
        public var measure: String
        /// Nil for figures of no programme.
        public var programme: Programme?
        /// One part of the measure's dimension; nil for the total.
        public var part: String?
        /// The territory of the bulletin, or one inside it.
        public var territory: TerritoryCode
        /// `all` for a line with the bulletin's month, its year and all time. A day, month, quarter or year is the same
        /// in every bulletin.
        public var period: String

        public init(
            number: Int, section: Programme, nameZh: String, nameEn: String, measure: String,
            programme: Programme? = nil, part: String? = nil, territory: TerritoryCode,
            period: String
        ) {
            self.number = number
            self.section = section
            self.nameZh = nameZh
            self.nameEn = nameEn
            self.measure = measure
            self.programme = programme
            self.part = part
            self.territory = territory
            self.period = period
        }
    }

    /// One more than the version in force; the first is 1.
    public var version: Int
    public var reason: String
    /// The territory of the bulletin.
    public var territory: TerritoryCode
    /// In the order of print.
    public var sections: [Section]
    public var lines: [Line]

    public init(
        version: Int, reason: String, territory: TerritoryCode, sections: [Section],
        lines: [Line]
    ) {
        self.version = version
        self.reason = reason
        self.territory = territory
        self.sections = sections
        self.lines = lines
    }

    public func check(_ checks: inout Checks) {
        checks.number(version, "version", 1...1_000_000)
        checks.text(reason, "reason", TextLimit.reason)
        checks.count(sections, "sections", 1...50)
        checks.each(sections, "sections") { $0.check(&$1) }
        checks.count(lines, "lines", 1...Self.lineLimit)
        checks.each(lines, "lines") { $0.check(&$1) }
    }
}

extension DefineBulletin.Section {
    fileprivate func check(_ checks: inout Checks) {
        checks.text(nameZh, "nameZh", TextLimit.name)
        checks.text(nameEn, "nameEn", TextLimit.name)
        checks.count(overview, "overview", 0...20)
        checks.each(overview, "overview") { figure, checks in
            checks.text(figure.measure, "measure", TextLimit.key)
            checks.text(figure.part, "part", TextLimit.key)
        }
        checks.count(sentences, "sentences", 0...20)
        checks.each(sentences, "sentences") { sentence, checks in
            checks.count(sentence.clauses, "clauses", 1...10)
            checks.each(sentence.clauses, "clauses") { clause, checks in
                checks.text(clause.zh, "zh", TextLimit.reason)
                checks.text(clause.en, "en", TextLimit.reason)
            }
        }
    }
}

extension DefineBulletin.Line {
    fileprivate func check(_ checks: inout Checks) {
        checks.number(number, "number", 1...9_999)
        checks.text(nameZh, "nameZh", TextLimit.name)
        checks.text(nameEn, "nameEn", TextLimit.name)
        checks.text(measure, "measure", TextLimit.key)
        checks.text(part, "part", TextLimit.key)
        checks.text(period, "period", 3...10)
        checks.require(
            period == "all" || Period(period) != nil, "period", Period.expected + ", or all")
    }
}

/// The sections and lines of bulletins are set.
public struct BulletinDefined: Fact, HasSubject {
    public static let type = "reporting.bulletin.defined.v1"

    public var about: DefineBulletin

    public init(_ about: DefineBulletin) {
        self.about = about
    }
}
