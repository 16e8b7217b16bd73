public import Foundation

/// The checkout that is tested.
public enum Project {
    public static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// - Parameter path: from the root of the project.
    public static func file(_ path: String) -> URL { root.appending(path: path) }
}
