import Foundation

/// The first lines that `pg_restore` writes: comments and settings, before any object.
enum DumpPreamble {
    /// Leaves out settings that the server does not have. Programs write the settings of their own version: version 17 writes
    /// `transaction_timeout`, which would end the transaction on a server of version 15.
    /// - Parameter piece: the beginning of a dump; its lines are whole as far as the preamble goes.
    static func known(_ piece: Data, _ settings: Set<String>) -> Data {
        var (kept, rest) = (Data(), piece[...])
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            guard isPreamble(line) else { break }
            let name = line.firstMatch(of: /^SET ([a-z_]+) =/).map { String($0.1) }
            if name.map(settings.contains) ?? true { kept += rest[...end] }
            rest = rest[rest.index(after: end)...]
        }
        return kept + rest
    }

    private static func isPreamble(_ line: String) -> Bool {
        line.isEmpty
            || ["--", "SET ", "SELECT pg_catalog.set_config(", #"\restrict "#].contains {
                line.hasPrefix($0)
            }
    }
}
