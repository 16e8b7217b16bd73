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

    /// The dots that stand between the parts of a name, once compatible forms are one.
    private static let dots: Set<Unicode.Scalar> = [".", "·", "‧", "・", "•", "∙", "⋅"]

    /// Compatible forms as one (NFKC), small letters, one dot, and no blank beside a Han character or a dot. Other
    /// blanks are one.
    private static func nameForm(_ text: String) -> String {
        // Most names are Han characters alone, which have no other form.
        if text.unicodeScalars.allSatisfy(\.properties.isUnifiedIdeograph) { return text }
        // Nor do digits and Latin letters, and to look for one costs a microsecond or two.
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.isASCII || $0.properties.isUnifiedIdeograph
        }
        let compatible = isPlain ? text : text.precomposedStringWithCompatibilityMapping
        let scalars = compatible.lowercased().unicodeScalars
        var form = String.UnicodeScalarView()
        var hasBlank = false
        for scalar in scalars {
            let properties = scalar.properties
            if properties.isWhitespace {
                hasBlank = true
                continue
            }
            // Such as a choice between variants of one character.
            if properties.isDefaultIgnorableCodePoint { continue }
            let scalar = dots.contains(scalar) ? "·" : scalar
            if hasBlank, let last = form.last, !isTight(last), !isTight(scalar) {
                form.append(" ")
            }
            form.append(scalar)
            hasBlank = false
        }
        return String(form)
    }

    /// Whether blanks beside it mean nothing.
    private static func isTight(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "·" || scalar.properties.isIdeographic
    }
}
