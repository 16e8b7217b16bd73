import Foundation
import Messages

/// Reads files that the user of a program has named. What cannot be read is told in plain words: which file, why, and what
/// would be right in its place.
public enum NamedFile {
    private static let pieceSize = 1 << 18

    /// The content of a file.
    /// - Parameters:
    ///   - path: `-` is standard input.
    ///   - wanted: what would be right there, such as `a query's data as a JSON object`.
    ///   - limit: bytes that it may have.
    public static func read(
        _ path: String, as wanted: String, upTo limit: Int = .max
    ) throws(FileProblem) -> [UInt8] {
        let descriptor = try descriptor(path, as: wanted)
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var content: [UInt8] = []
        while true {
            let count = content.count
            content.append(contentsOf: repeatElement(0, count: pieceSize))
            let received = content.withUnsafeMutableBytes { bytes in
                Glibc.read(descriptor, bytes.baseAddress.map { $0 + count }, pieceSize)
            }
            let reason = errno
            content.removeLast(pieceSize - max(0, received))
            if received < 0, reason != EINTR { throw problem(path, reason, as: wanted) }
            guard content.count <= limit else {
                throw FileProblem("\(path): it has more than \(limit) bytes; give \(wanted)")
            }
            if received == 0 { return content }
        }
    }

    /// A value that a file holds as JSON.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from path: String, as wanted: String
    ) throws(FileProblem) -> Value {
        let content = try read(path, as: wanted)
        do {
            // It says where a text is no JSON, which Foundation does not.
            _ = try JSONValue(content)
            return try JSONDecoder().decode(type, from: Data(content))
        } catch {
            throw FileProblem("\(path): \(reason(error)); give \(wanted)")
        }
    }

    /// Refuses a path that is no directory.
    public static func requireDirectory(
        _ path: String, as wanted: String
    ) throws(FileProblem) {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw FileProblem("\(path): there is no such directory; give \(wanted)")
        }
        guard isDirectory else {
            throw FileProblem("\(path): it is no directory; give \(wanted)")
        }
    }

    /// Why a file cannot be read, by the error number of the system.
    public static func problem(
        _ path: String, _ number: Int32, as wanted: String
    ) -> FileProblem {
        let reason =
            switch number {
            case ENOENT, ENOTDIR: "there is no such file"
            case EACCES, EPERM: "this user may not read it"
            case EISDIR: "it is a directory"
            default: "it cannot be read: \(String(cString: strerror(number)))"
            }
        return FileProblem("\(path): \(reason); give \(wanted)")
    }

    /// A file that can be read from its beginning.
    static func descriptor(_ path: String, as wanted: String) throws(FileProblem) -> Int32 {
        guard path != "-" else { return STDIN_FILENO }
        var isDirectory = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory {
            throw problem(path, EISDIR, as: wanted)
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem(path, errno, as: wanted) }
        return descriptor
    }

    /// What a decoder finds wrong, and where.
    private static func reason(_ error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            let pointer = JSONValue.pointer(
                path.map { $0.intValue.map(String.init) ?? $0.stringValue })
            return pointer.isEmpty ? "it" : pointer
        }
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .keyNotFound(let key, let context):
            return "\(place(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context): return "\(place(context.codingPath)) is null"
        case .typeMismatch(_, let context):
            return "\(place(context.codingPath)) is of another JSON type than belongs there"
        case .dataCorrupted(let context):
            return "\(place(context.codingPath)) is wrong: \(context.debugDescription)"
        @unknown default: return "it cannot be read"
        }
    }
}
