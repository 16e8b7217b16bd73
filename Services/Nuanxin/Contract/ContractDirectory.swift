import CommandLineKit
import Foundation
import Messages
import ServiceKit

/// The committed contract, as others read it.
struct ContractDirectory {
    let url: URL

    struct Example {
        struct Answer {
            let code: String
            let pointer: String
            let expected: String
        }

        let title: String
        var document: JSONValue
        /// Nil if it is valid.
        let answer: Answer?
        /// Whether it keeps the schema although it is refused.
        let isBeyondSchema: Bool

        /// The same with a new id and the present time, unless one of these is the fault.
        func refreshed() -> Example {
            var copy = self
            if isGood("id", as: ID<Never>.form) {
                copy.document["id"] = .text(UUID().wireText)
            }
            if isGood("time", as: Timestamp.form) {
                copy.document["time"] = .text(Timestamp.now().description)
            }
            return copy
        }

        private func isGood(_ name: String, as form: WireForm) -> Bool {
            document[name]?.string.map { form.takes($0) } ?? false
        }
    }

    /// - Parameter path: nil for `deploy/contract` of the checkout.
    init(_ path: String? = nil) throws {
        url =
            try path.map { URL(filePath: $0, directoryHint: .isDirectory) }
            ?? Checkout.find("deploy/contract/messages.json").deletingLastPathComponent()
    }

    func schema(_ type: String) throws -> String {
        String(decoding: try content(of: "schemas/\(type).json"), as: UTF8.self)
    }

    /// Valid examples first.
    func examples(_ type: String) throws -> [Example] {
        let content = try JSONValue(content(of: "examples/\(type).json"))
        let valid = (content["valid"]?.items ?? []).map {
            Example(title: "valid", document: $0, answer: nil, isBeyondSchema: false)
        }
        guard let first = valid.first?.document else { return [] }
        return valid
            + (content["invalid"]?.items ?? []).map { item in
                Example(
                    title: item["title"]?.string ?? "",
                    document: Self.patched(first, item["patch"]?.items ?? []),
                    answer: Example.Answer(
                        code: item["answer"]?["code"]?.string ?? "",
                        pointer: item["answer"]?["pointer"]?.string ?? "",
                        expected: item["answer"]?["expected"]?.string ?? ""),
                    isBeyondSchema: item["keepsSchema"] == true)
            }
    }

    private func content(of name: String) throws -> [UInt8] {
        try NamedFile.read(
            url.appending(path: name).path, as: "the directory of the contract, deploy/contract")
    }

    private static func patched(_ document: JSONValue, _ patch: [JSONValue]) -> JSONValue {
        patch.reduce(document) { document, operation in
            let path = operation["path"]?.string?.split(separator: "/").map(String.init) ?? []
            return document.replacing(path[...], with: operation["value"])
        }
    }
}
