/// Tells what can be a person's name or telephone number, as people write them.
///
/// It knows no list of names. It refuses what stands in the wrong field, and what nobody could read out.
enum PersonText {
    static let name =
        "a person's name: letters, without symbols, control characters or a number of more than 6 digits"
    static let telephone =
        "a telephone number of 7 to 15 digits, with a + before it, or blanks, hyphens, dots and brackets"

    /// Digits of a name, such as those of made-up names. More are a number in the wrong field.
    private static let digitsOfName = 6

    static func isName(_ text: String) -> Bool {
        var (hasLetter, digits) = (false, 0)
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            switch properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter, .letterNumber, .privateUse, .unassigned:
                hasLetter = true
            case .decimalNumber: digits += 1
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .enclosingMark,
                .mathSymbol, .currencySymbol, .otherSymbol:
                return false
            case .format where !properties.isJoinControl: return false
            case .modifierSymbol where properties.isEmojiPresentation: return false
            case .otherPunctuation where Telephone.narrow(scalar) == "@": return false
            default: break
            }
        }
        return hasLetter && digits <= digitsOfName
    }
}

/// Reads a telephone number as people write it.
public enum Telephone {
    /// By E.164, a number has at most 15 digits. The shortest that a person has is local.
    private static let lengths = 7...15

    /// The number in one form, however it was written: its digits, with a `+` and the country's code if it is
    /// one abroad. Width, blanks, hyphens, dots and brackets do not matter. Nor does China's code (`+86`, `0086`,
    /// `86`), or the 0 before an area code.
    /// - Returns: nil if the text is no telephone number.
    public static func normalForm(_ text: String) -> String? {
        guard var digits = digits(of: text) else { return nil }
        if digits.hasPrefix("00") { digits = "+" + digits.dropFirst(2) }
        if digits.first == "+" {
            guard digits.hasPrefix("+86") else {
                return lengths.contains(digits.utf8.count - 1) ? digits : nil
            }
            digits.removeFirst(3)
        } else if digits.hasPrefix("86"), digits.utf8.count == 12 || digits.utf8.count == 13 {
            digits.removeFirst(2)
        }
        if digits.first == "0" { digits.removeFirst() }
        return lengths.contains(digits.utf8.count) ? digits : nil
    }

    /// The digits, behind the `+` if there is one; nil if something stands there that is part of no number.
    private static func digits(of text: String) -> String? {
        var digits = ""
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            switch properties.generalCategory {
            case .decimalNumber:
                let digit = UInt8(properties.numericValue ?? 0)
                digits.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "0") + digit))
            case .mathSymbol where narrow(scalar) == "+" && digits.isEmpty: digits = "+"
            case .otherPunctuation where narrow(scalar) == ".": break
            case .spaceSeparator, .dashPunctuation, .openPunctuation, .closePunctuation: break
            default: return nil
            }
        }
        return digits
    }

    /// The usual form of a scalar that is as wide as a Han character; else the scalar itself.
    static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        // The wide forms stand in the order of ASCII.
        guard ("\u{FF01}"..."\u{FF5E}").contains(scalar) else { return scalar }
        return Unicode.Scalar(UInt8(scalar.value - 0xFF01 + 0x21))
    }
}

extension Unicode.Scalar {
    /// Whether somebody who reads it sees something: it is no blank, mark or control character, and takes up more than nothing.
    var isVisible: Bool {
        if value > 0x20, value < 0x7F { return true }
        // The blank of Braille is a symbol by its category.
        guard !properties.isDefaultIgnorableCodePoint, value != 0x2800 else { return false }
        return switch properties.generalCategory {
        case .control, .format, .surrogate, .spaceSeparator, .lineSeparator,
            .paragraphSeparator, .nonspacingMark, .enclosingMark:
            false
        default: true
        }
    }
}
