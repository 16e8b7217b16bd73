/// Text that somebody else wrote, made harmless for where it is shown.
public enum ForeignText {
    /// The text with each character that changes how others are shown, such as a control character of a
    /// terminal or a direction mark, written as `\u001b`. In a JSON document that means the same.
    /// - Parameter lines: leaves line feeds and tabs as they are.
    public static func visible(_ text: String, lines: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: { isHidden($0, lines) }) else { return text }
        var shown = ""
        shown.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            if isHidden(scalar, lines) {
                for unit in String(scalar).utf16 { shown += escape(unit) }
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// The same for a page: text that runs from right to left does not turn what stands beside it.
    public static func isolated(_ text: String) -> String {
        let shown = visible(text)
        guard shown.unicodeScalars.contains(where: runsLeft) else { return shown }
        // FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE
        return "\u{2068}\(shown)\u{2069}"
    }

    /// Control and format characters of Unicode.
    private static func isHidden(_ scalar: Unicode.Scalar, _ lines: Bool) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: !lines
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x061C, 0x180E, 0x200B...0x200F, 0x2028...0x202E,
            0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }

    /// Letters that run from right to left, in the blocks that Unicode has for them.
    private static func runsLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF,
            0x1E800...0x1EFFF:
            true
        default: false
        }
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
