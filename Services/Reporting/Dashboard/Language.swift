/// A language that the pages are in.
enum Language: String, CaseIterable, Sendable {
    case zh, en

    /// As `lang` and `hreflang` have it.
    var tag: String {
        switch self {
        case .zh: "zh-CN"
        case .en: "en"
        }
    }

    /// What it calls itself.
    var name: String {
        switch self {
        case .zh: "中文"
        case .en: "English"
        }
    }

    var other: Language {
        switch self {
        case .zh: .en
        case .en: .zh
        }
    }

    /// The language a browser asks for: of those it names, the one with the highest weight, the first of equals.
    /// Chinese if it names none of ours.
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

/// A text in every language. There is no other way to make one, so a missing translation fails the build.
struct Words: Hashable, Sendable {
    let zh: String
    let en: String

    init(_ zh: String, _ en: String) {
        self.zh = zh
        self.en = en
    }

    /// For codes and names that are the same everywhere.
    init(both text: String) { self.init(text, text) }

    subscript(language: Language) -> String {
        switch language {
        case .zh: zh
        case .en: en
        }
    }
}
