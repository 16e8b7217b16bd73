import Foundation
import Messages
import Support
import Testing

@testable import Reporting

@Suite("The committed data dictionary")
struct ReportingDictionaryTests {
    private static let directory = Project.file("deploy/contract/dictionary")

    /// Reporting serves it at `/v1/datasets/{d}/dictionary`; committed, it can be read and compared without one.
    @Test(
        "It is what reporting says: copy the file that a failure names",
        arguments: ["activities", "families", "funding"])
    func drift(_ dataset: String) throws {
        let bench = try ServiceBench(Reporting.definition)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let dictionary = try encoder.encode(DataDictionary(of: dataset, bench.connection))
        let text = try JSONValue(Array(dictionary)).pretty
        let file = Self.directory.appending(path: "\(dataset).json")
        guard (try? String(contentsOf: file, encoding: .utf8)) != text else { return }
        let copy = FileManager.default.temporaryDirectory.appending(path: "\(dataset).json")
        try Data(text.utf8).write(to: copy)
        Issue.record("deploy/contract/dictionary/\(dataset).json is to be as \(copy.path)")
    }
}
