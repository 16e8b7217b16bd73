extension Language {
    /// The language that a browser prefers: the one with the highest weight, the first of equals. Chinese if the header names
    /// none of ours.
    init(acceptLanguage header: String?) {
        var (best, weight) = (Language.zh, 0.0)
        for item in (header ?? "").split(separator: ",").prefix(Self.itemLimit) {
            let parts = item.split(separator: ";").map { $0.trimmingPrefix(while: \.isWhitespace) }
            guard let range = parts.first?.lowercased(),
                let language = Self.allCases.first(where: {
                    range == $0.rawValue || range.hasPrefix($0.rawValue + "-")
                })
            else { continue }
            let quality =
                parts.dropFirst().lazy.compactMap { part -> Double? in
                    part.hasPrefix("q=") ? Double(part.dropFirst(2)) ?? 0 : nil
                }.first ?? 1
            if quality > weight { (best, weight) = (language, quality) }
        }
        self = best
    }

    private static let itemLimit = 20
}
