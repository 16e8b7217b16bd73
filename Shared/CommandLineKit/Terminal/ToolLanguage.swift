public import ArgumentParser
import Foundation

/// A language that a program speaks to people.
public enum ToolLanguage: String, CaseIterable, ExpressibleByArgument, Sendable {
    case zh, en

    /// The language of a user's locale: Chinese for `zh_CN.UTF-8`, say, and English for all others. The first variable that
    /// is set decides, as it does in other programs.
    public init(_ environment: [String: String]) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy
            .compactMap { environment[$0] }.first { !$0.isEmpty }
        let language = locale?.lowercased().prefix { $0.isLetter }
        self = language == "zh" ? .zh : .en
    }
}

/// A text in each language. The initialiser needs both, so that none is forgotten.
public struct ToolWords: Hashable, Sendable {
    public let zh: String
    public let en: String

    public init(_ zh: String, _ en: String) {
        self.zh = zh
        self.en = en
    }

    public subscript(language: ToolLanguage) -> String {
        switch language {
        case .zh: zh
        case .en: en
        }
    }
}

/// The option of commands that speak several languages. JSON is the same in all.
public struct LanguageOptions: ParsableArguments {
    @Option(
        help: """
            The language: zh or en. Without it, that of LC_ALL, LC_MESSAGES or LANG. 输出的语言：zh 为中文，en 为英文；\
            不写则按系统的语言设置。
            """)
    public var lang: ToolLanguage?

    public init() {}

    public var language: ToolLanguage {
        lang ?? ToolLanguage(ProcessInfo.processInfo.environment)
    }
}
