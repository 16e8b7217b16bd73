import Foundation
import ServiceKit

/// Removes from a text everything that must not leave the association: the secrets of this environment, passwords in
/// addresses, and text that looks like a person's number or name.
///
/// It removes too much rather than too little, such as digits of a hash that look like a telephone number.
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
        // Passports, permits to travel and to stay, birth certificates: letters and digits.
        (#"(?<![0-9A-Za-z])[A-Z]{1,3}[0-9]{7,12}(?![0-9A-Za-z])"#, "[paper]"),
        // Mobile telephones, and those of houses with their area.
        (#"(?<![0-9])(\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])"#, "[telephone]"),
        (#"(?<![0-9])0[1-9][0-9]{1,2}-[0-9]{7,8}(?![0-9])"#, "[telephone]"),
        // Electronic mail; not a login without a password, which stands behind a slash.
        (
            #"(?<![A-Za-z0-9._%+/-])[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"#,
            "[address]"
        ),
        // Services write English. Chinese text in their output comes from messages.
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

    /// The settings, one a line; for a secret, the address without its password.
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
