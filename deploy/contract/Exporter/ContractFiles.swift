import CommandLineKit
import Foundation
import Messages
import ServiceKit

/// Every file of the contract, made from the types of this build, the reviewed examples and the doc comments.
struct ContractFiles {
    /// Contents by path inside the directory.
    private(set) var files: [String: String] = [:]
    /// Changes that break the promise that a version only gets optional fields.
    private(set) var violations: [String] = []

    private let directory: URL
    private let today: BusinessDate
    private let comments: DocComments

    /// - Parameter directory: what it holds already says since when there are types, and what schemas said before.
    init(_ directory: URL, today: BusinessDate) throws {
        self.directory = directory
        self.today = today
        comments = try DocComments(sources: Checkout.find("Shared/Messages"))
        let examples = ContractExamples(golden: try Checkout.find("Tests/MessagesTests/Golden"))
        for entry in ContractEntry.all {
            let schema = try schema(of: entry.payload, [entry.type])
            try keep(schema, entry.type)
            files["examples/\(entry.type).json"] = try examples.file(entry).pretty
        }
        try keep(
            schema(of: Receipt.self, Topology.services.map { "\($0).\(Receipt.type)" }),
            Receipt.type)
        files["asyncapi.json"] = ContractAsyncAPI.document(ContractEntry.all).pretty
        files["topology.json"] = ContractTopology.document(Topology()).pretty
        try addHistory()
    }

    /// Writes what is new or different, and takes away the files of types that are no more.
    func write() throws {
        let manager = FileManager.default
        for (path, text) in files {
            let file = directory.appending(path: path)
            try manager.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            if text != (try? String(contentsOf: file, encoding: .utf8)) {
                try Data(text.utf8).write(to: file)
            }
        }
        for path in Self.present(in: directory) where files[path] == nil {
            try manager.removeItem(at: directory.appending(path: path))
        }
    }

    /// The files that an export is answerable for, as they are.
    static func present(in directory: URL) -> [String] {
        ["schemas", "examples", "earlier"].flatMap { folder in
            let names = try? FileManager.default.contentsOfDirectory(
                atPath: directory.appending(path: folder).path)
            return (names ?? []).filter { $0.hasSuffix(".json") }.map { "\(folder)/\($0)" }
        }.sorted()
    }

    private func schema(
        of payload: any Payload.Type, _ types: [String]
    ) throws -> JSONValue {
        try MessageSchema.document(of: payload, types: types) { comments[$0, $1] }
    }

    // MARK: History

    private func existing(_ path: String) -> String? {
        try? String(contentsOf: directory.appending(path: path), encoding: .utf8)
    }

    /// Adds a schema; what it said before today goes to `earlier`.
    private mutating func keep(_ schema: JSONValue, _ type: String) throws {
        let path = "schemas/\(type).json"
        files[path] = schema.pretty
        guard let text = existing(path) else { return }
        let changes = ContractChanges(
            from: try JSONValue(Array(text.utf8)), to: schema,
            isCommand: Catalogue.commands.contains { $0.type == type })
        violations += changes.violations.map { "\(type): \($0)" }
        let earlier = "earlier/\(type).\(today).json"
        if !(changes.additions + changes.omissions).isEmpty {
            files[earlier] = existing(earlier) ?? text
        }
    }

    private mutating func addHistory() throws {
        for path in Self.present(in: directory) where path.hasPrefix("earlier/") {
            files[path] = existing(path)
        }
        let known = try existing("messages.json").map { try JSONValue(Array($0.utf8)) }
        var since: [String: String] = [:]
        for item in known?.items ?? [] {
            since[item["type"]?.string ?? ""] = item["since"]?.string
        }
        var entries = ContractEntry.all.map { entry in
            var item = entry.json
            item["since"] = .text(since[entry.type] ?? "\(today)")
            let name = String(reflecting: entry.payload).split(separator: ".").dropFirst()
            item["description"] = comments[name.joined(separator: "."), nil].map { .text($0) }
            return item
        }
        let current = Set(ContractEntry.all.map(\.type))
        for var item in known?.items ?? [] where !current.contains(item["type"]?.string ?? "") {
            item["until"] = item["until"] ?? .text("\(today)")
            entries.append(item)
        }
        files["messages.json"] = JSONValue.list(entries).pretty
        files["CHANGES.md"] = try ContractChangeLog.text(entries, files)
    }
}
