import Foundation
import Messages
import Testing

@testable import CommandLineKit
@testable import Nuanxin

/// What the tool says of a file that it cannot read: plain words, and what would be right.
@Suite struct NamedFileTests {
    private let directory = FileManager.default.temporaryDirectory.appending(
        path: UUID().uuidString)

    init() throws {
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: false)
    }

    private func file(_ text: String) throws -> String {
        let url = directory.appending(path: UUID().uuidString)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    private func complaint(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let problem as FileProblem {
            return problem.description
        } catch {
            return "another error: \(error)"
        }
    }

    /// Each place of the tool that reads a file which its user has named.
    private static let readers: [(name: String, read: @Sendable (String) throws -> Void)] = [
        ("lines", { _ = try LineReader(path: $0) }),
        ("a definition", { _ = try DefinitionFile<DefinePlan>(path: $0) }),
        (
            "a query",
            { _ = try QueryData(of: GetSession.self, file: $0, settings: []) }
        ),
        ("figures", { _ = try ExpectedFigures(file: URL(filePath: $0)) }),
        (
            "a district",
            { path in
                _ = try DistrictSeeds(directory: URL(filePath: path, directoryHint: .isDirectory))
            }
        ),
        (
            "the contract",
            { _ = try ContractDirectory($0).examples("registry.person.get.v1") }
        ),
        ("snapshots", { _ = try PublicFigures(path: $0, []) }),
    ]

    @Test func `a file that is not there is told in plain words, and what to give instead`() {
        let path = directory.appending(path: "none.json").path
        for (name, read) in Self.readers {
            let text = complaint { try read(path) } ?? "nothing"
            #expect(text.contains("there is no such file; give "), "\(name): \(text)")
            #expect(text.hasPrefix(path), "\(name): \(text)")
            #expect(!text.contains("Cocoa"), "\(name): \(text)")
        }
    }

    @Test func `a directory is no file`() {
        for (name, read) in Self.readers where name != "a district" && name != "the contract" {
            let text = complaint { try read(directory.path) } ?? "nothing"
            #expect(text.contains("it is a directory; give "), "\(name): \(text)")
        }
    }

    @Test func `a file that nobody may read is told so`() {
        let problem = NamedFile.problem("secret.json", EACCES, as: "a plan")
        #expect(problem.description == "secret.json: this user may not read it; give a plan")
    }

    @Test func `the content of a file comes as it is, up to a limit`() throws {
        let path = try file("äö\n")
        #expect(try NamedFile.read(path, as: "x") == Array("äö\n".utf8))
        #expect(complaint { _ = try NamedFile.read(path, as: "x", upTo: 5) } == nil)
        #expect(
            complaint { _ = try NamedFile.read(path, as: "x", upTo: 4) }
                == "\(path): it has more than 4 bytes; give x")
        let large = String(repeating: "line\n", count: 200_000)
        #expect(try NamedFile.read(file(large), as: "x").count == 1_000_000)
    }

    @Test func `what JSON lacks is named by its place`() throws {
        func text(_ json: String) throws -> String? {
            let path = try file(json)
            return complaint { _ = try ExpectedFigures(file: URL(filePath: path)) }
                .map { $0.replacingOccurrences(of: path + ": ", with: "") }
        }
        #expect(try text("{")?.contains("not_json") == true)
        #expect(try text("{}")?.hasPrefix("/figures is missing; give ") == true)
        let wrong = #"{"figures": [{"measure": "loans", "territory": 350203, "period": "all"}]}"#
        #expect(
            try text(wrong)?.hasPrefix(
                "/figures/0/territory is of another JSON type than belongs there") == true)
    }

    @Test func `a directory that is not there is none`() {
        let path = directory.appending(path: "backups").path
        #expect(
            complaint { try NamedFile.requireDirectory(path, as: "the backups") }
                == "\(path): there is no such directory; give the backups")
        #expect(complaint { try NamedFile.requireDirectory(directory.path, as: "x") } == nil)
    }

    @Test func `a copy of figures that cannot be read is not overwritten`() throws {
        #expect(complaint { _ = try FileStore(directory.path, dataset: "funding") } != nil)
        let fresh = directory.appending(path: "fresh").path
        #expect(try FileStore(fresh, dataset: "funding").position == nil)
    }
}
