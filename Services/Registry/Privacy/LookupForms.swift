import Foundation
import Messages

/// The forms in which names and telephone numbers are compared, however people write them. What is stored is
/// as it was written.
extension LookupField {
    /// One form for all ways to write it.
    func form(of text: String) -> String {
        switch self {
        case .name: Self.nameForm(text)
        // Checked when the message was read.
        case .phone: Telephone.normalForm(text) ?? text
        }
    }

    /// The dots between the parts of a name and after initials. Some people write a blank there, or nothing between
    /// Han characters, so that they count as blanks.
    private static let dots: Set<Unicode.Scalar> = [
        ".", "·", "‧", "・", "•", "∙", "⋅", "ꞏ", "\u{2E31}",
    ]

    /// Written for one apostrophe by keyboards, word processors and romanisations.
    private static let apostrophes: Set<Unicode.Scalar> = [
        "'", "\u{2018}", "\u{2019}", "\u{201B}", "\u{2032}", "\u{02B9}", "\u{02BB}", "\u{02BC}",
        "\u{02BD}", "\u{A78C}", "`", "\u{00B4}", "\u{02CA}", "\u{02CB}",
    ]

    /// Hyphens that no dashes of Unicode are.
    private static let hyphens: Set<Unicode.Scalar> = ["\u{2212}", "\u{2043}"]

    /// Compatible forms as one (NFKC), small letters, one apostrophe, one hyphen, and no blank or dot beside a Han
    /// character, an apostrophe or a hyphen. Other blanks and dots are one blank.
    private static func nameForm(_ text: String) -> String {
        // Most names are Han characters alone, which have no other form.
        if text.unicodeScalars.allSatisfy(\.properties.isUnifiedIdeograph) { return text }
        // Nor do digits and Latin letters, and to look for one costs a microsecond or two.
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.isASCII || $0.properties.isUnifiedIdeograph
        }
        let compatible =
            isPlain ? text : withPlainApostrophes(text).precomposedStringWithCompatibilityMapping
        let scalars = compatible.lowercased().unicodeScalars
        var form = String.UnicodeScalarView()
        var hasBlank = false
        for scalar in scalars {
            let properties = scalar.properties
            if properties.isWhitespace || dots.contains(scalar) {
                hasBlank = true
                continue
            }
            // Such as a choice between variants of one character.
            if properties.isDefaultIgnorableCodePoint { continue }
            let scalar = plain(scalar)
            if hasBlank, let last = form.last, !isTight(last), !isTight(scalar) {
                form.append(" ")
            }
            form.append(scalar)
            hasBlank = false
        }
        return String(form)
    }

    /// NFKC would make a blank and a combining accent of `´`.
    private static func withPlainApostrophes(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            plain.append(apostrophes.contains(scalar) ? "'" : scalar)
        }
        return String(plain)
    }

    /// One apostrophe for all, and one hyphen.
    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if apostrophes.contains(scalar) { return "'" }
        let isHyphen =
            scalar.properties.generalCategory == .dashPunctuation || hyphens.contains(scalar)
        return isHyphen ? "-" : scalar
    }

    /// Whether blanks beside it mean nothing.
    private static func isTight(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "'" || scalar == "-" || scalar.properties.isIdeographic
    }
}
