import Foundation
import ServiceKit

/// Takes out of a text what must not leave the association, whoever wrote it there: the secrets of this environment,
/// passwords in addresses, and what looks like a person's number or name.
///
/// Rather too much than too little: a run of digits in a hash that happens to look like a telephone's goes too.
struct Redaction {
    private let secrets: [String]

    /// - Parameter secrets: texts that are replaced wherever they stand; short ones would make everything unreadable.
    init(secrets: [String]) {
        self.secrets = secrets.filter { $0.count >= Self.shortestSecret }
    }

    private static let shortestSecret = 6

    private static let patterns = [
        // A login before a host: user and password.
        (#"://[^/\s"'@]*:[^/\s"'@]*@"#, "://[login]@"),
        // Resident identity numbers of 18 and of 15 digits (GB 11643).
        (#"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])"#, "[resident id]"),
        (#"(?<![0-9])[1-9][0-9]{14}(?![0-9])"#, "[resident id]"),
        // Mobile telephones, and those of houses with their area.
        (#"(?<![0-9])(\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])"#, "[telephone]"),
        (#"(?<![0-9])0[1-9][0-9]{1,2}-[0-9]{7,8}(?![0-9])"#, "[telephone]"),
        // Electronic mail; not a login without a password, which stands behind a slash.
        (
            #"(?<![A-Za-z0-9._%+/-])[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"#,
            "[address]"
        ),
        // Services write English; Chinese in what they say is what somebody has sent.
        (#"\p{Han}[\p{Han}·]*"#, "[Chinese]"),
    ].compactMap { pattern, replacement in
        (try? NSRegularExpression(pattern: pattern)).map { ($0, replacement) }
    }

    func callAsFunction(_ text: String) -> String {
        var text = text
        for secret in secrets { text = text.replacing(secret, with: "[secret]") }
        for (expression, replacement) in Self.patterns {
            text = expression.stringByReplacingMatches(
                in: text, range: NSRange(text.startIndex..., in: text), withTemplate: replacement)
        }
        return text
    }
}

extension Settings {
    /// The values of all secrets that are set, and the passwords in them.
    var secrets: [String] {
        Key.allCases.filter(\.isSecret).flatMap { key -> [String] in
            guard let value = (try? optional(key)) ?? nil else { return [] }
            guard let address = try? DatabaseAddress(value), let password = address.password else {
                return [value]
            }
            return [value, password]
        }
    }

    /// What is set, one a line; of a secret, where it leads.
    var summary: String {
        Key.allCases.compactMap { key in
            do {
                guard let value = try optional(key) else { return nil }
                guard key.isSecret else { return "\(key.rawValue)=\(value)" }
                let address = try? DatabaseAddress(value)
                return "\(key.rawValue)=\(address?.publicURL ?? "[secret]")"
            } catch {
                return "\(key.rawValue): \(error)"
            }
        }.joined(separator: "\n")
    }
}
