import Mustache

/// Text as it may stand in HTML, in an element or in a quoted attribute.
enum HTML {
    /// Works on scalars: in a `Character`, a quotation mark with a combining accent is no quotation mark, while to a
    /// browser it ends the attribute.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: isSpecial) else { return text }
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""),
            UInt8(ascii: "'"):
            true
        default: false
        }
    }

    /// What templates name in their first line, so that their values are escaped by us.
    struct ContentType: MustacheContentType {
        static let name = "NUANXIN"

        func escapeText(_ text: String) -> String { HTML.escaped(text) }
    }
}
