/// A language of the pages.
enum Language: String, CaseIterable, Sendable {
    case zh, en

    /// As `lang` and `hreflang` have it.
    var tag: String {
        switch self {
        case .zh: "zh-CN"
        case .en: "en"
        }
    }

    /// Its name in itself.
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
}

/// A text in every language. Its initialiser needs all of them, so a missing translation fails the build.
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
