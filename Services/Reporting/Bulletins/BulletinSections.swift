import FoundationEssentials
import Messages
import Postgres
import ServiceKit

/// Lines of a bulletin under a heading, with sentences about them.
struct BulletinSection: Sendable {
    let code: String
    let title: Words
    let overview: [DefineBulletin.KeyFigure]
    let sentences: [DefineBulletin.Sentence]
    /// The numbers of its lines.
    let lines: Set<Int>

    /// The id of its element on a page.
    var id: String { "section-\(code)" }

    /// The sections of a version of the bulletin, in the order of print.
    static func all(
        ofVersion version: Int64, _ read: DatasetState.Reading
    ) throws -> [BulletinSection] {
        try read(
            "SELECT content FROM bulletin_section WHERE version = \(version) ORDER BY place"
        ).map { row in
            let content = try row.decode(String.self, at: 0)
            let kept = try JSONDecoder().decode(Content.self, from: Data(content.utf8))
            let section = kept.section
            return BulletinSection(
                code: section.section.rawValue, title: Words(section.nameZh, section.nameEn),
                overview: section.overview, sentences: section.sentences, lines: Set(kept.lines))
        }
    }

    /// The sections of the bulletin in force; none before one is defined.
    static func inForce(_ read: DatasetState.Reading) throws -> [BulletinSection] {
        guard let bulletin = try DefinedBulletin.read(read) else { return [] }
        return try all(ofVersion: bulletin.sequence, read)
    }

    /// The lines by programme, for an edition from before sections were data.
    static func byProgramme(
        _ figures: [BulletinFigure], _ names: ProgrammeNames
    ) -> [BulletinSection] {
        var programmes: [String] = []
        for figure in figures where !programmes.contains(figure.programme) {
            programmes.append(figure.programme)
        }
        return programmes.map { programme in
            BulletinSection(
                code: programme.isEmpty ? "none" : programme, title: names[programme], overview: [],
                sentences: [],
                lines: Set(figures.filter { $0.programme == programme }.map(\.number)))
        }
    }

    // MARK: Keeping

    /// The content of a row of the table.
    private struct Content: Codable {
        let section: DefineBulletin.Section
        let lines: [Int]
    }

    static func rows(of command: DefineBulletin) throws -> [String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try command.sections.map { section in
            let lines = command.lines.filter { $0.section == section.section }.map(\.number)
            let content = Content(section: section, lines: lines.sorted())
            return String(decoding: try encoder.encode(content), as: UTF8.self)
        }
    }
}

extension DefineBulletin.KeyFigure {
    /// The measure with its part: `insured_households:low_income`.
    var name: String { part.map { "\(measure):\($0)" } ?? measure }
}
