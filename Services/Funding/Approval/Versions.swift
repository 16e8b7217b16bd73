import Messages

/// Versions of rules, products and kits. A version is never defined again: its number must be above the
/// last one.
enum Versions {
    /// The number of a new version. Refuses one that is not above the last.
    static func requireNew(
        _ version: Int, above last: Int32, at pointer: String = "/version"
    ) throws(Refusal) -> Int32 {
        guard version > Int(last) else {
            throw Refusal(.versionExists, at: pointer, expected: "a version above \(last)")
        }
        return Int32(version)
    }
}
