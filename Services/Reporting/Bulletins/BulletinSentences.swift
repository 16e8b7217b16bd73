import Messages

/// The sentences of a bulletin about its figures. `{8}` is the figure of all time in line 8, in short; `{10~}` is the same cut
/// to a round number: `6.8 万余户`.
///
/// A clause is left out unless each figure in it is a value above 0. The table shows signs for figures that are suppressed,
/// not collected or zero.
enum BulletinSentences {
    /// The sentences with values.
    /// - Parameter figures: by the numbers of their lines.
    static func text(
        _ sentences: [DefineBulletin.Sentence], _ figures: [Int: BulletinFigure],
        _ format: FigureFormat
    ) -> [String] {
        sentences.compactMap { sentence in
            let texts = sentence.clauses.map { clause in
                filled(Words(clause.zh, clause.en)[format.language], figures, format)
            }
            if sentence.led, texts.first == .some(nil) { return nil }
            let said = texts.compactMap(\.self)
            guard let first = said.first else { return nil }
            switch format.language {
            case .zh: return said.joined(separator: "，") + "。"
            case .en:
                let text = said.joined(separator: ", ")
                return first.prefix(1).uppercased() + text.dropFirst() + "."
            }
        }
    }

    /// - Returns: nil if a figure is not a value above 0.
    private static func filled(
        _ clause: String, _ figures: [Int: BulletinFigure], _ format: FigureFormat
    ) -> String? {
        var text = ""
        for part in parts(of: clause) {
            switch part {
            case .text(let string): text += string
            case .figure(let line, let isRound):
                guard let figure = figures[line], let value = figure.figure.shown, value > 0,
                    let unit = figure.unit
                else { return nil }
                text += isRound ? format.round(value, unit) : format.short(value, unit)
            }
        }
        return text
    }

    enum Part: Equatable {
        case text(String)
        case figure(line: Int, isRound: Bool)
    }

    /// A figure that a clause names.
    struct Named: Hashable {
        let line: Int
        let isRound: Bool
    }

    static func figures(in clause: String) -> [Named] {
        parts(of: clause).compactMap {
            guard case .figure(let line, let isRound) = $0 else { return nil }
            return Named(line: line, isRound: isRound)
        }
    }

    static func parts(of clause: String) -> [Part] {
        var (parts, rest): ([Part], Substring) = ([], clause[...])
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = rest[rest.index(after: open)..<close]
            let isRound = name.last == "~"
            if let line = Int(isRound ? name.dropLast() : name) {
                parts += [
                    .text(String(rest[..<open])), .figure(line: line, isRound: isRound),
                ]
            }
            rest = rest[rest.index(after: close)...]
        }
        return parts + [.text(String(rest))]
    }
}
