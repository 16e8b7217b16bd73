import Messages
import Postgres
import ServiceKit

/// Checks a definition of the bulletin: all that it names exists, it fits itself, and the plan publishes its figures.
struct BulletinCheck {
    private let command: DefineBulletin
    private let measures: [String: PlannedMeasure]
    private let places: Set<TerritoryCode>
    private let programmes: Set<String>
    /// Of each measure, the programmes of which the district has a public figure; empty for none.
    private let figures: [String: Set<String>]

    init(_ command: DefineBulletin, _ read: DatasetState.Reading) throws {
        self.command = command
        measures = try PlannedMeasure.all(read)
        let named = Set([command.territory] + command.lines.map(\.territory))
        let known = try read("SELECT code FROM place WHERE code = ANY(\(Array(named)))")
        places = Set(try known.map { try $0.decode(TerritoryCode.self, at: 0) })
        programmes = try Self.programmes(of: command, read)
        figures = try Self.figures(of: command.territory, read)
    }

    private static func figures(
        of territory: TerritoryCode, _ read: DatasetState.Reading
    ) throws -> [String: Set<String>] {
        let district = String(territory.rawValue.prefix(6))
        let rows = try read(
            """
            WITH figure AS (
                SELECT DISTINCT split_part(f.name, ':', 1) COLLATE "C" AS measure, s.programme
                FROM summary s CROSS JOIN LATERAL unnest(s.measures) AS f (name)
                WHERE s.territory = \(district) AND s.superseded_by IS NULL
            )
            SELECT measure, programme FROM figure
            UNION
            -- What a line in force names may stay, though its figures are still to come.
            SELECT measure, programme FROM bulletin_line
            WHERE measure IN (SELECT measure FROM figure)
            """)
        var figures: [String: Set<String>] = [:]
        for row in rows {
            var row = row.cursor()
            figures[try row.next(), default: []].insert(try row.next())
        }
        return figures
    }

    /// The programmes of the definition that exist: they have a name or contributions.
    private static func programmes(
        of command: DefineBulletin, _ read: DatasetState.Reading
    ) throws -> Set<String> {
        let overview = command.sections.flatMap(\.overview)
        let all = command.lines.map(\.programme) + overview.map(\.programme)
        let named = Set(all.compactMap { $0?.rawValue })
        func codes(_ statement: Statement) throws -> [String] {
            try read(statement).map { try $0.decode(String.self, at: 0) }
        }
        let defined = Set(
            try codes("SELECT code FROM programme WHERE code = ANY(\(Array(named)))"))
        let others = Array(named.subtracting(defined))
        // Contributions are many and have no index by programme, so they are scanned only for programmes without a name.
        guard !others.isEmpty else { return defined }
        return defined.union(
            try codes(
                """
                SELECT code FROM unnest(\(others)) AS o (code)
                WHERE EXISTS (SELECT FROM contribution c WHERE c.programme = o.code)
                """))
    }

    /// Refuses the first mistake.
    func require() throws(Refusal) {
        guard places.contains(command.territory) else {
            throw Refusal(.unknownPlace, at: "/territory")
        }
        try requireOnce()
        try requireLines()
        try requireSections()
    }

    private func requireOnce() throws(Refusal) {
        var sections: Set<Programme> = []
        for (index, section) in command.sections.enumerated()
        where !sections.insert(section.section).inserted {
            throw Refusal(
                .bulletinRepeats, at: "/sections/\(index)/section",
                expected: "another code than \(section.section)")
        }
        var numbers: Set<Int> = []
        for (index, line) in command.lines.enumerated()
        where !numbers.insert(line.number).inserted {
            throw Refusal(
                .bulletinRepeats, at: "/lines/\(index)/number",
                expected: "another number than \(line.number)")
        }
    }

    // MARK: Lines

    private func requireLines() throws(Refusal) {
        let sections = command.sections.map(\.section)
        for (index, line) in command.lines.enumerated() {
            let pointer = "/lines/\(index)"
            guard sections.contains(line.section) else {
                throw Refusal(
                    .unknownSection, at: "\(pointer)/section",
                    expected: "one of " + sections.map(\.rawValue).joined(separator: ", "))
            }
            guard places.contains(line.territory) else {
                throw Refusal(.unknownPlace, at: "\(pointer)/territory")
            }
            guard command.territory.contains(line.territory) else {
                throw Refusal(
                    .bulletinContradicts, at: "\(pointer)/territory",
                    expected: "a territory in \(command.territory)")
            }
            let figure = DefineBulletin.KeyFigure(
                measure: line.measure, programme: line.programme, part: line.part)
            let span = PagePeriod(line.period).flatMap { PublicSpan(rawValue: $0.span) }
            try require(figure, in: line.territory, span, at: pointer)
        }
    }

    /// A figure must have a known measure, and the plan must publish it.
    /// - Parameter span: nil for a key figure, which has no territory and no period of its own.
    private func require(
        _ figure: DefineBulletin.KeyFigure, in territory: TerritoryCode, _ span: PublicSpan?,
        at pointer: String
    ) throws(Refusal) {
        let name = figure.measure
        guard let measure = measures[name] else {
            throw Refusal(.unknownMeasure, at: "\(pointer)/measure")
        }
        if let programme = figure.programme, !programmes.contains(programme.rawValue) {
            throw Refusal(.unknownProgramme, at: "\(pointer)/programme")
        }
        if let expected = rightProgramme(instead: figure.programme?.rawValue ?? "", of: name) {
            throw Refusal(.bulletinContradicts, at: "\(pointer)/programme", expected: expected)
        }
        if let part = figure.part, let expected = measure.rightPart(instead: part) {
            throw Refusal(.unknownPart, at: "\(pointer)/part", expected: expected)
        }
        guard let planned = measure.planned[territory.level] else {
            let levels = measure.planned.keys.sorted().map(\.code)
            throw Refusal(
                .notPlanned, at: pointer + (span == nil ? "/measure" : "/territory"),
                expected: levels.isEmpty
                    ? "another measure: the plan publishes nothing of \(name)"
                    : "a \(levels.joined(separator: " or ")): the plan publishes \(name) there")
        }
        guard planned.spans.contains(span ?? .all) else {
            let spans = planned.spans.map(\.rawValue).joined(separator: ", ")
            throw Refusal(
                .notPlanned, at: pointer + (span == nil ? "/measure" : "/period"),
                expected: "\(spans): what the plan publishes of \(name) at this level")
        }
        guard figure.part == nil || planned.hasParts else {
            throw Refusal(
                .notPlanned, at: "\(pointer)/part",
                expected: "none: the plan publishes \(name) at this level without parts")
        }
    }

    /// The programmes that the measure has figures of; nil if the programme is one of them, or may become one because neither
    /// has figures yet.
    private func rightProgramme(instead programme: String, of measure: String) -> String? {
        guard let known = figures[measure], !known.contains(programme) else { return nil }
        let isNew = !figures.values.contains { $0.contains(programme) }
        if isNew, !programme.isEmpty, known != [""] { return nil }
        let named = known.subtracting([""]).sorted().joined(separator: ", ")
        return named.isEmpty
            ? "none: \(measure) belongs to no programme"
            : "one of which \(measure) has figures: \(named)"
    }

    // MARK: Sections

    private func requireSections() throws(Refusal) {
        let cumulated = Set(command.lines.filter { $0.period == "all" }.map(\.number))
        for (index, section) in command.sections.enumerated() {
            let pointer = "/sections/\(index)"
            guard
                !section.overview.isEmpty
                    || command.lines.contains(where: { $0.section == section.section })
            else {
                throw Refusal(
                    .bulletinContradicts, at: pointer,
                    expected: "a line of this section, or a figure for the overview")
            }
            for (place, figure) in section.overview.enumerated() {
                try require(
                    figure, in: command.territory, nil, at: "\(pointer)/overview/\(place)")
            }
            for (place, sentence) in section.sentences.enumerated() {
                try require(
                    sentence, cumulated, at: "\(pointer)/sentences/\(place)/clauses")
            }
        }
    }

    /// Both languages must name the same figures, at least one, and all of all time.
    private func require(
        _ sentence: DefineBulletin.Sentence, _ cumulated: Set<Int>, at pointer: String
    ) throws(Refusal) {
        for (index, clause) in sentence.clauses.enumerated() {
            let chinese = BulletinSentences.figures(in: clause.zh)
            let english = BulletinSentences.figures(in: clause.en)
            let names = chinese.map(\.line)
            guard !names.isEmpty, names.allSatisfy(cumulated.contains) else {
                throw Refusal(
                    .bulletinContradicts, at: "\(pointer)/\(index)/zh",
                    expected: "figures such as {1}, each of a line of period all")
            }
            guard Set(chinese) == Set(english) else {
                throw Refusal(
                    .bulletinContradicts, at: "\(pointer)/\(index)/en",
                    expected: "the same figures as in Chinese")
            }
        }
    }
}

/// A measure, and what the plan publishes of it.
private struct PlannedMeasure {
    struct Planned {
        /// The shortest first.
        var spans: [PublicSpan] = []
        var hasParts = false
    }

    let dimension: Measure.Dimension?
    var planned: [TerritoryCode.Level: Planned] = [:]

    static func all(_ read: DatasetState.Reading) throws -> [String: PlannedMeasure] {
        var measures = Measures.named.mapValues { PlannedMeasure(dimension: $0.dimension) }
        for row in try read(
            "SELECT measure, level, span::text, has_parts FROM plan_cell p ORDER BY p.span")
        {
            var row = row.cursor()
            let name = try row.next(String.self)
            let level = TerritoryCode.Level(rawValue: Int(try row.next(Int32.self)))
            let span = PublicSpan(rawValue: try row.next(String.self))
            let hasParts = try row.next(Bool.self)
            guard let level, let span else { continue }
            measures[name]?.planned[level, default: Planned()].spans.append(span)
            measures[name]?.planned[level]?.hasParts = hasParts
        }
        return measures
    }

    /// - Returns: what would be a right part; nil if this one may be.
    func rightPart(instead part: String) -> String? {
        guard let dimension else { return "none: this measure is not divided" }
        return PartNames.allows(part, by: dimension)
            ? nil : "a word of the contract for \(dimension.rawValue)"
    }
}

extension RefusalCode {
    static let unknownPlace = RefusalCode(
        "unknown_territory", "the code of a territory that was loaded")
    static let unknownProgramme = RefusalCode(
        "unknown_programme", "the code of a programme that has a name, or figures")
    static let unknownSection = RefusalCode("unknown_section", "the code of a section")
    static let unknownPart = RefusalCode(
        "unknown_part", "a part of what the measure is divided by")
    static let notPlanned = RefusalCode("not_planned", "a figure that the plan publishes")
    static let bulletinRepeats = RefusalCode(
        "bulletin_repeats", "each section and each number once")
    static let bulletinContradicts = RefusalCode(
        "bulletin_contradicts", "a bulletin that fits itself")
}
