/// A field of a CSV file (RFC 4180).
public enum CSVField {
    /// Quoted where it must be. A text that a spreadsheet would take for a formula gets an apostrophe in
    /// front; a number stays as it is.
    public static func text(_ field: String) -> String {
        let field = isFormula(field) ? "'" + field : field
        let mustQuote = field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
        return mustQuote ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }

    public static func line(_ fields: [String]) -> String {
        fields.map(text).joined(separator: ",")
    }

    /// Whether spreadsheets calculate it: the signs of OWASP's list, and their full-width forms.
    private static func isFormula(_ field: String) -> Bool {
        guard let first = field.unicodeScalars.first,
            "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first)
        else { return false }
        return !isNumber(field)
    }

    private static func isNumber(_ field: String) -> Bool {
        let digits = field.utf8.dropFirst(field.hasPrefix("-") ? 1 : 0)
        return digits.first.map { (0x30...0x39).contains($0) } ?? false
            && digits.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    }
}
