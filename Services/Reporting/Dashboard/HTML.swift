import Mustache

/// Text as it may stand in HTML, in an element or in a quoted attribute.
enum HTML {
    /// Works on scalars. A `Character` with a quotation mark and a combining accent is not equal to a quotation mark, but ends
    /// an attribute in a browser.
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

    /// The content type that templates name in their first line, so that our code escapes their values.
    struct ContentType: MustacheContentType {
        static let name = "NUANXIN"

        func escapeText(_ text: String) -> String { HTML.escaped(text) }
    }
}
