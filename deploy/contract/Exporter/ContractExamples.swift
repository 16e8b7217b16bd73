import CommandLineKit
import Foundation
import Messages

/// The file with a type's examples: the reviewed documents that tests decode, and what spoils them with the answer.
struct ContractExamples {
    private let golden: URL
    /// The services answer a publisher; facts are theirs.
    private let commands = Catalogue(Catalogue.commands)

    /// - Parameter golden: the directory with a document for each type.
    init(golden: URL) { self.golden = golden }

    func file(_ entry: ContractEntry) throws -> JSONValue {
        let valid = try document(golden.appending(path: "\(entry.type).json"))
        var file: JSONValue = ["type": .text(entry.type), "valid": .list([valid])]
        guard entry.kind != .fact else { return file }
        let invalid = try InvalidExamples.all(of: entry.payload, valid: valid, commands)
        file["invalid"] = .list(invalid.map(Self.invalid))
        return file
    }

    private static func invalid(_ example: InvalidExample) -> JSONValue {
        var item: JSONValue = ["title": .text(example.title), "patch": example.patch]
        if example.isBeyondSchema { item["keepsSchema"] = true }
        item["answer"] = [
            "status": "rejected", "code": .text(example.error.code),
            "pointer": .text(example.error.pointer), "expected": .text(example.error.expected),
        ]
        return item
    }

    private func document(_ file: URL) throws -> JSONValue {
        try JSONValue(Array(Data(contentsOf: file)))
    }
}
