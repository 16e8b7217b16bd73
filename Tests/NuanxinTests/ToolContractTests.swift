import Foundation
import Messages
import Support
import Testing

@testable import ContractExport

@Suite("The committed contract")
struct ToolContractTests {
    private static let directory = Project.file("deploy/contract")

    private static let day = BusinessDate(day: 20_000)

    private static func committed(_ path: String) -> String? {
        try? String(contentsOf: directory.appending(path: path), encoding: .utf8)
    }

    @Test func `It is what the types say: run contract-export deploy/contract`() throws {
        let files = try ContractFiles(Self.directory, today: Self.day)
        #expect(files.violations == [])
        let different = files.files.filter { $0.value != Self.committed($0.key) }.keys.sorted()
        #expect(different == [])
        let forgotten = ContractFiles.present(in: Self.directory).filter {
            files.files[$0] == nil
        }
        #expect(forgotten == [])
    }

    @Test func `Within a version it only ever got optional fields`() throws {
        for path in ContractFiles.present(in: Self.directory) where path.hasPrefix("earlier/") {
            let type = path.dropFirst("earlier/".count).split(separator: ".").dropLast(2)
                .joined(separator: ".")
            // A type that is no more may have said what it liked.
            guard let now = Self.committed("schemas/\(type).json") else { continue }
            let before = try JSONValue(Array(#require(Self.committed(path)).utf8))
            let changes = ContractChanges(
                from: before, to: try JSONValue(Array(now.utf8)),
                isCommand: Catalogue.commands.contains { $0.type == type })
            #expect(changes.violations == [], "\(path)")
        }
    }

    // MARK: What counts as a change

    private static let old: JSONValue = [
        "type": "object", "required": ["a"],
        "properties": [
            "a": ["$ref": "#/$defs/A"], "b": ["type": ["string", "null"], "maxLength": 5],
        ],
        "$defs": ["A": ["type": "string", "enum": ["x", "y"], "description": "words"]],
    ]

    private func changes(_ change: (inout JSONValue) -> Void) -> ContractChanges {
        var new = Self.old
        change(&new)
        return ContractChanges(from: Self.old, to: new)
    }

    @Test func `An optional field may be added, words may change`() {
        let changes = changes {
            $0["properties"]?["c"] = ["anyOf": [["$ref": "#/$defs/A"], ["type": "null"]]]
            $0["$defs"]?["A"]?["description"] = "other words"
        }
        #expect(changes.violations == [])
        #expect(changes.additions == ["/c"])
    }

    @Test(
        "No field may go, become required, or mean something else",
        arguments: [
            ("/b is gone", ["properties", "b"], nil),
            ("/b is required now", ["required"], ["a", "b"]),
            ("/a is not required now", ["required"], []),
            (
                #"/b was {"type":["string","null"],"maxLength":5} and is {"type":["string","null"]}"#,
                ["properties", "b", "maxLength"], nil
            ),
            (
                #"/a was {"type":"string","enum":["x","y"]} and is {"type":"string","enum":["x"]}"#,
                ["$defs", "A", "enum"], ["x"]
            ),
        ] as [(String, [String], JSONValue?)])
    func violation(_ text: String, _ path: [String], _ value: JSONValue?) {
        let changes = changes { $0 = $0.replacing(path[...], with: value) }
        #expect(changes.violations == [text])
        #expect(changes.additions == [])
    }

    @Test func `A field that a command had to have may be left out, and still means the same`() {
        var new = Self.old
        new["required"] = []
        let command = ContractChanges(from: Self.old, to: new, isCommand: true)
        #expect(command.violations == [])
        #expect(command.omissions == ["/a"])
        new["$defs"]?["A"]?["enum"] = ["x"]
        #expect(ContractChanges(from: Self.old, to: new, isCommand: true).violations.count == 2)
    }

    @Test func `A required field may come only inside an object that is new`() {
        let object: JSONValue = [
            "type": "object", "required": ["e"], "properties": ["e": ["type": "string"]],
        ]
        let inside = changes { $0["properties"]?["d"] = object }
        #expect(inside.violations == [])
        #expect(inside.additions == ["/d", "/d/e"])
        let outside = changes {
            $0["properties"]?["d"] = ["type": "string"]
            $0["required"] = ["a", "d"]
        }
        #expect(outside.violations == ["/d is new and required"])
    }

    @Test func `What a schema said before today is kept, and the change log says what came`() throws
    {
        let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: place) }
        try ContractFiles(place, today: Self.day).write()
        let type = "funding.donation.receive.v1"
        let file = place.appending(path: "schemas/\(type).json")
        var schema = try JSONValue(Array(Data(contentsOf: file)))
        schema["properties"]?["data"]?["properties"]?["note"] = nil
        try Data(schema.pretty.utf8).write(to: file)
        let next = try ContractFiles(place, today: Self.day.adding(days: 1))
        #expect(next.violations == [])
        let earlier = "earlier/\(type).\(Self.day.adding(days: 1)).json"
        #expect(next.files[earlier] == schema.pretty)
        let log = try #require(next.files["CHANGES.md"])
        #expect(log.contains("## 2024-10-05\n\n- `\(type)` may have `/data/note`.\n"))
        schema["properties"]?["data"]?["properties"]?["extra"] = ["type": "string"]
        try Data(schema.pretty.utf8).write(to: file)
        let broken = try ContractFiles(place, today: Self.day)
        #expect(broken.violations == ["\(type): /data/extra is gone"])
    }

    @Test func `An export leaves the pages that people write as they are`() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: place) }
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let page = place.appending(path: "README.md")
        try Data("by hand".utf8).write(to: page)
        try ContractFiles(place, today: Self.day).write()
        #expect(try String(contentsOf: page, encoding: .utf8) == "by hand")
    }

    @Test func `Doc comments are found by type and field, also of nested types`() {
        let comments = DocComments(
            source: """
                /// An outer type.
                ///
                /// Something about its code.
                public struct Outer: Codable {
                    /// Inside it.
                    public struct Inner: Codable {
                        /// A field
                        /// of two lines.
                        public var field: Int

                        public init() {}
                    }

                    public var plain: Int
                    /// After it.
                    public var later: Int
                }

                extension Outer {
                    /// Of an extension.
                    public struct Other {}
                }
                """)
        #expect(comments["Outer", nil] == "An outer type.")
        #expect(comments["Outer.Inner", nil] == "Inside it.")
        #expect(comments["Outer.Inner", "field"] == "A field of two lines.")
        #expect(comments["Outer", "plain"] == nil)
        #expect(comments["Outer", "later"] == "After it.")
        #expect(comments["Outer.Other", nil] == "Of an extension.")
    }
}
