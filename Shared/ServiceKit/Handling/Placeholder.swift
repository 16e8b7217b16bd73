internal import Foundation

/// Recognises the placeholders that stand for secrets in examples.
enum Placeholder {
    private static let words: Set<String> = [
        "admin", "change", "changeit", "changeme", "changethis", "default", "dummy", "example",
        "fixme", "guest", "insecure", "nuanxin", "passwd", "password", "placeholder", "postgres",
        "rabbitmq", "replace", "replaceme", "replacethis", "root", "secret", "test", "todo",
        "yourpassword", "yoursecret",
    ]
    private static let brackets = [("<", ">"), ("${", "}"), ("{{", "}}"), ("[", "]"), ("%", "%")]

    /// Why a text cannot be a secret: an address with a password that is no password, or a key that is no key.
    /// The secret itself is not repeated. Empty texts are what `Settings.required` looks for.
    static func fault(in text: String) -> String? {
        guard text.contains("://") else {
            return isPlaceholder(text) ? "it is a placeholder" : nil
        }
        guard let password = password(in: text) else {
            // The broker's clients would take guest's password, which everybody knows; PostgreSQL's have none.
            return text.hasPrefix("amqp") ? "it names no password" : nil
        }
        if password.isEmpty { return "its password is empty" }
        return isPlaceholder(password) ? "its password is a placeholder" : nil
    }

    /// The text between the first colon and the last at sign of an address; nil if it names no password. The address is not
    /// parsed as a URL, because with a placeholder it is often no valid one.
    private static func password(in address: String) -> String? {
        guard let start = address.range(of: "://")?.upperBound else { return nil }
        guard let at = address[start...].lastIndex(of: "@") else { return nil }
        let login = address[start..<at]
        guard let colon = login.firstIndex(of: ":") else { return nil }
        let password = String(login[login.index(after: colon)...])
        return password.removingPercentEncoding ?? password
    }

    private static func isPlaceholder(_ secret: String) -> Bool {
        let isBracketed = brackets.contains { secret.hasPrefix($0) && secret.hasSuffix($1) }
        let letters = secret.lowercased().filter { $0.isLetter || $0.isNumber }
        // Such as 000…, xxx… or ***; a single letter is a bad password, but somebody's choice.
        let isOneCharacter = secret.count > 1 && Set(secret).count == 1
        return !secret.isEmpty && (isBracketed || isOneCharacter || words.contains(letters))
    }
}
