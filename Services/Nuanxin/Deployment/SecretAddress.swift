import Foundation

/// An address with its password, as it stands in a file of secrets.
///
/// Parsed by hand, because Foundation accepts no URL with several hosts.
struct SecretAddress {
    let text: String
    private let passwordRange: Range<String.Index>

    var password: String { String(text[passwordRange]) }

    init?(_ text: String) {
        guard let start = text.range(of: "://")?.upperBound,
            let at = text[start...].firstIndex(of: "@"),
            let colon = text[start..<at].firstIndex(of: ":"), text.index(after: colon) < at
        else { return nil }
        self.text = text
        passwordRange = text.index(after: colon)..<at
    }

    /// The same place and user, with another password.
    func with(password: String) -> String {
        text.replacingCharacters(in: passwordRange, with: password)
    }
}
