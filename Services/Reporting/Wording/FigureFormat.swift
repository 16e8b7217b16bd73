import Messages

/// Writes figures for people.
///
/// In tables they are exact: money in yuan with two digits for fen, thousands apart. Elsewhere they are in short:
/// `562.69 万元`, `CNY 5.63 million`, `6.8 万余户`. A state without a value is a sign, never a number.
///
/// 余 stands behind 万 and 亿, 多 behind smaller round numbers, both before the measure word and only where
/// something was cut off: 68,050 households are `6.8 万余户`, 68,000 are `6.8 万户`, 420 in a sentence `400 多户`.
struct FigureFormat: Sendable {
    static let notCollected = "—"
    static let suppressed = "*"

    let language: Language

    /// As it stands in a table, the unit in a column of its own.
    func exact(_ figure: PublishedFigure, _ unit: MeasureUnit?) -> String {
        sign(of: figure) ?? exact(figure.value ?? 0, unit)
    }

    /// With its unit, in few digits.
    func short(_ figure: PublishedFigure, _ unit: MeasureUnit?) -> String {
        sign(of: figure) ?? short(figure.value ?? 0, unit)
    }

    /// In few digits, where its unit stands beside: `562.69 万`, `5.63 million`.
    func bare(_ figure: PublishedFigure, _ unit: MeasureUnit?) -> String {
        let text = unit == .fen ? short(figure, unit) : short(figure, nil)
        return String(text.trimmingPrefix("CNY ").replacing(/[ 元]+$/, with: ""))
    }

    /// With its unit, for a sentence: `400 多户`, `more than 400 families`.
    func round(_ value: Int64, _ unit: MeasureUnit) -> String {
        guard unit != .fen, value > 0 else { return short(value, unit) }
        let spoken = SpokenNumber.cut(value.magnitude, .round)
        switch language {
        case .zh: return chinese(spoken, unit.name(.zh, of: value))
        case .en:
            let step = spoken.isCut ? Self.roundedDown(value.magnitude, spoken) : value.magnitude
            let number =
                SpokenNumber.grouped(step) + " " + unit.name(.en, of: Int64(clamping: step))
            return spoken.isCut ? "more than \(number)" : number
        }
    }

    func short(_ value: Int64, _ unit: MeasureUnit?) -> String {
        guard value > 0 else { return plain(value, unit) }
        guard unit == .fen else {
            switch language {
            case .zh:
                return chinese(.cut(value.magnitude, .usual), unit?.name(.zh, of: value) ?? "")
            case .en:
                let name = unit.map { " " + $0.name(.en, of: value) } ?? ""
                return english(.rounded(value.magnitude)) + name
            }
        }
        // Below 万 or a million an amount is exact, to the fen if there are any.
        let (yuan, fen) = value.magnitude.quotientAndRemainder(dividingBy: 100)
        switch language {
        case .zh:
            guard yuan >= 10_000 else { return plain(value, unit) }
            let spoken = SpokenNumber.cut(yuan, .fine)
            return chinese(
                SpokenNumber(
                    digits: spoken.digits, scale: spoken.scale, isCut: spoken.isCut || fen > 0),
                "元")
        case .en:
            guard yuan >= 1_000_000 else { return plain(value, unit) }
            return "CNY " + english(.rounded(yuan))
        }
    }

    // MARK: Parts

    private func sign(of figure: PublishedFigure) -> String? {
        switch figure.state {
        case .notCollected: Self.notCollected
        case .suppressed: Self.suppressed
        case .zero, .value: nil
        }
    }

    private func exact(_ value: Int64, _ unit: MeasureUnit?) -> String {
        let minus = value < 0 ? "−" : ""
        guard unit == .fen else { return minus + SpokenNumber.grouped(value.magnitude) }
        let (yuan, fen) = value.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(minus)\(SpokenNumber.grouped(yuan)).\(fen < 10 ? "0" : "")\(fen)"
    }

    /// All digits, and the unit; of money the fen only if there are any.
    private func plain(_ value: Int64, _ unit: MeasureUnit?) -> String {
        var number = exact(value, unit)
        if unit == .fen, number.hasSuffix(".00") { number.removeLast(3) }
        guard let unit else { return number }
        switch language {
        case .en where unit == .fen:
            return value < 0 ? "−CNY \(number.dropFirst())" : "CNY \(number)"
        default: return "\(number) \(unit.name(language, of: value))"
        }
    }

    private func chinese(_ spoken: SpokenNumber, _ measureWord: String) -> String {
        let more = spoken.isCut
        return switch spoken.scale {
        case .wan: "\(spoken.digits) 万\(more ? "余" : "")\(measureWord)"
        case .yi: "\(spoken.digits) 亿\(more ? "余" : "")\(measureWord)"
        default: "\(spoken.digits) \(more ? "多" : "")\(measureWord)"
        }
    }

    private func english(_ spoken: SpokenNumber) -> String {
        switch spoken.scale {
        case .million: "\(spoken.digits) million"
        case .billion: "\(spoken.digits) billion"
        default: spoken.digits
        }
    }

    /// A cut number in full digits, for English.
    private static func roundedDown(_ number: UInt64, _ spoken: SpokenNumber) -> UInt64 {
        let step: UInt64 =
            switch spoken.scale {
            case .yi: 10_000_000
            case .wan: 1_000
            default: number < 100 ? 10 : 100
            }
        return number / step * step
    }
}
