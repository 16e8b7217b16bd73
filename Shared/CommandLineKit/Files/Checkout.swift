public import Foundation

/// Files of the project that the tool reads beside what is built into it.
public enum Checkout {
    /// Where a file of the project lies: under the directory the tool is run in, or else in the checkout that it was
    /// built in.
    public static func find(_ path: String) throws -> URL {
        let manager = FileManager.default
        var places = [URL(filePath: manager.currentDirectoryPath)]
        var place = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        while place.pathComponents.count > 1 {
            place.deleteLastPathComponent()
            places.append(place)
        }
        for place in places {
            let file = place.appending(path: path)
            if manager.fileExists(atPath: file.path) { return file }
        }
        throw FileProblem("there is no \(path) here")
    }
}
