import Foundation
import ServiceKit

/// The address of a database in two parts for PostgreSQL's programs. Everybody on a machine can read a program's
/// arguments, but only its owner can read its environment.
struct DatabaseAddress {
    /// With the password; for libpq in this process.
    let url: String
    /// Without it; for arguments.
    let publicURL: String
    let password: String?

    /// Parsed by hand, because Foundation accepts no URL with several hosts.
    /// - Throws: `Settings.Problem` for a password among the parameters, where it would be overlooked.
    init(_ url: String) throws {
        guard let start = url.range(of: "://")?.upperBound else {
            throw Settings.Problem("a database's address must begin with postgresql://")
        }
        guard url.range(of: "password=", range: start..<url.endIndex) == nil else {
            throw Settings.Problem(
                "a database's password must stand before its host: postgresql://user:password@host")
        }
        self.url = url
        guard let at = url[start...].lastIndex(of: "@"),
            let colon = url[start..<at].firstIndex(of: ":")
        else {
            (publicURL, password) = (url, nil)
            return
        }
        publicURL = String(url[..<colon] + url[at...])
        let text = String(url[url.index(after: colon)..<at])
        password = text.removingPercentEncoding ?? text
    }
}
