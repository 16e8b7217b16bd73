import Foundation
import Messages

/// The contract as it is committed in `deploy/contract`, read once when the service starts.
struct ContractFolder: Sendable {
    /// By type.
    let types: [ContractType]
    /// By path in the directory.
    private let files: [String: [UInt8]]

    private static let fileLimit = 5_000
    private static let byteLimit = 32 << 20

    /// An empty contract, for one that is not installed.
    static let none = ContractFolder()

    private init() { (types, files) = ([], [:]) }

    /// - Throws: `ContractFolder.Problem`, or what the system says of a file.
    init(_ directory: String) throws {
        let root = URL(filePath: directory, directoryHint: .isDirectory)
        var files: [String: [UInt8]] = [:]
        var size = 0
        let paths = FileManager.default.enumerator(atPath: root.path)
        for case let path as String in paths ?? .init() where Self.contentType(path) != nil {
            let bytes = Array(try Data(contentsOf: root.appending(path: path)))
            size += bytes.count
            guard files.count < Self.fileLimit, size <= Self.byteLimit else {
                throw Problem("NUANXIN_CONTRACT names a directory with more than a contract")
            }
            files[path] = bytes
        }
        guard let messages = files["messages.json"] else {
            throw Problem("NUANXIN_CONTRACT must be the directory with messages.json")
        }
        types = try JSONValue(messages).items.map(ContractType.init)
        self.files = files
    }

    struct Problem: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    func bytes(_ path: String) -> [UInt8]? { files[path] }

    func document(_ path: String) throws -> JSONValue? { try files[path].map { try JSONValue($0) } }

    /// Nil if it is no file of a contract.
    static func contentType(_ path: String) -> String? {
        switch path.split(separator: ".").last {
        case "json": "application/json"
        case "md": "text/markdown; charset=utf-8"
        default: nil
        }
    }
}

/// A type of the contract, as `messages.json` has it.
struct ContractType: Sendable {
    let type: String
    /// `command`, `query` or `fact`.
    let kind: String
    let owner: String
    let exchange: String
    let routingKey: String
    let takers: [String]
    let since: String
    /// The day from which it is no longer accepted.
    let until: String?
    let description: String

    init(_ item: JSONValue) {
        func text(_ name: String) -> String { item[name]?.string ?? "" }
        type = text("type")
        kind = text("kind")
        owner = text("owner")
        exchange = text("exchange")
        routingKey = text("routingKey")
        takers = (item["takenInBy"]?.items ?? []).compactMap(\.string)
        since = text("since")
        until = item["until"]?.string
        description = text("description")
    }
}
