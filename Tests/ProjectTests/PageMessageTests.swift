import ArgumentParser
import Foundation
import Messages
import Support
import Testing

@testable import Nuanxin

private let id = "0190c0de-0000-7000-8000-000000000009"

/// The messages that pages show. Whoever copies one and puts in ids has a message that the services take.
@Suite struct PageMessageTests {
    /// When they are sent: after all days that they name.
    private static let time = "2026-12-31T08:00:00Z"
    /// Stands for a value that the reader chooses.
    private static let gap = "…"

    private let pages: [ProjectPage]

    init() throws { pages = try ProjectPage.all() }

    /// The fault of a document as a service would find it, or a field that its type does not have; nil if there is none.
    private static func fault(of document: JSONValue) throws -> String? {
        guard let name = document["type"]?.string, let data = document["data"] else {
            return "type and data are needed"
        }
        guard let type = Catalogue.all.first(where: { $0.type == name }) else {
            return "there is no \(name)"
        }
        let unknown = try UnknownFields.all(in: Array(data.compact.utf8), of: type)
        if let first = unknown.first { return first.description }
        do throws(Refusal) {
            _ = try Catalogue([type]).decode(Array(document.compact.utf8))
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// A message of a page, with ids for its gaps.
    private static func document(_ text: String) throws(Refusal) -> JSONValue {
        let timed = text.replacing(/"time": ?"…"/, with: #""time":"\#(time)""#)
        return try JSONValue(Array(timed.replacing(gap, with: id).utf8))
    }

    /// The message that a command of a page makes of the data in a file.
    private static func letter(_ type: String, _ data: String) throws(Refusal) -> JSONValue {
        [
            "specversion": "1.0", "id": .text(id), "source": "office.example",
            "type": .text(type), "time": .text(time), "data": try JSONValue(Array(data.utf8)),
        ]
    }

    /// The type and the file of each `letter TYPE FILE` that a page shows.
    private static func letters(of page: ProjectPage) -> [(type: String, file: String)] {
        page.commands.flatMap { ShellWords($0).commands }.compactMap { words in
            guard words.count >= 3, words[0] == "letter", words[2].hasSuffix(".json") else {
                return nil
            }
            return (words[1], words[2])
        }
    }

    /// Whole messages inside a text, from their first brace to their last.
    private static func messages(in text: String) -> [String] {
        text.ranges(of: /\{"specversion"/).compactMap { range in
            var depth = 0
            for index in text[range.lowerBound...].indices {
                switch text[index] {
                case "{": depth += 1
                case "}": depth -= 1
                default: break
                }
                if depth == 0 { return String(text[range.lowerBound...index]) }
            }
            return nil
        }
    }

    // MARK: The pages

    @Test func `the data in a file are those of the message that is made of it`() throws {
        var count = 0
        for page in pages {
            let letters = Self.letters(of: page)
            let files = page.documents.compactMap { document in
                document.file.map { (name: $0, text: document.text) }
            }
            #expect(Set(letters.map(\.file)) == Set(files.map(\.name)), "\(page.path)")
            for letter in letters {
                for file in files where file.name == letter.file {
                    count += 1
                    let fault = try Self.fault(of: Self.letter(letter.type, file.text))
                    #expect(fault == nil, "\(page.path): \(file.name)")
                }
            }
        }
        #expect(count > 15)
    }

    @Test func `each block of JSON is a file, or a message as a whole`() {
        for page in pages {
            for document in page.documents where document.file == nil {
                let isMessage = Self.messages(in: document.text).count == 1
                #expect(isMessage, "\(page.path): \(document.text)")
            }
        }
    }

    @Test func `a message as a whole is one that its service takes`() throws {
        var count = 0
        for page in pages {
            // What leaves out fields, or is the form of any message, is not shown as a whole.
            for text in Self.messages(in: page.text)
            where !text.contains("…}") && !text.contains("%s") {
                count += 1
                let fault = try Self.fault(of: Self.document(text))
                #expect(fault == nil, "\(page.path): \(text)")
            }
        }
        #expect(count >= 3)
    }

    @Test func `a query of the tool has the fields that it needs, and no others`() throws {
        var count = 0
        for page in pages {
            for words in page.commands.flatMap({ ShellWords($0).commands }) {
                guard let call = ShellWords.tool(words), call.first == "query",
                    let query = try? QueryCommand.parse(Array(call.dropFirst())),
                    let name = query.type, query.file == nil, !query.settings.isEmpty,
                    let type = Catalogue.all.first(where: { $0.type == name }) as? any Query.Type
                else { continue }
                count += 1
                let settings = query.settings.map {
                    $0.replacing("=ID", with: "=\(id)").replacing("=CODE", with: "=350203")
                }
                #expect(throws: Never.self, "\(page.path): \(words.joined(separator: " "))") {
                    _ = try QueryData(of: type, file: nil, settings: settings).first(1)
                }
            }
        }
        #expect(count > 10)
    }

    // MARK: What is found

    @Test(
        arguments: [
            ("registry.person.move.v1", #"{"person":"\#(id)","movedOn":"2026-05-02"}"#, nil),
            ("registry.person.move.v1", #"{"person":"\#(id)"}"#, "movedOn"),
            (
                "registry.person.move.v1", #"{"person":"\#(id)","movedOn":"2026-05-02","to":"x"}"#,
                "/to: unknown field"
            ),
            ("registry.person.move.v1", #"{"person":"\#(id)","movedOn":"2 May"}"#, "movedOn"),
            ("registry.person.moves.v1", #"{"person":"\#(id)"}"#, "there is no"),
        ] as [(String, String, String?)])
    func `a wrong message is found`(type: String, data: String, expected: String?) throws {
        let fault = try Self.fault(of: Self.letter(type, data))
        #expect((fault == nil) == (expected == nil))
        if let expected { #expect(fault?.contains(expected) == true, "\(fault ?? "")") }
    }

    @Test func `a block knows its file, and a message its end`() {
        let page = ProjectPage(
            "x.md",
            text: """
                `a.json`:

                ```json
                {"a": 1,
                 "b": 2}
                ```

                More.

                ```json
                {}
                ```
                """)
        #expect(page.documents.map(\.file) == ["a.json", nil])
        #expect(page.documents.map(\.text) == ["{\"a\": 1,\n\"b\": 2}\n", "{}\n"])
        let text = #"echo '{"specversion":"1.0","data":{"x":{}}}' | tr {"#
        #expect(Self.messages(in: text) == [#"{"specversion":"1.0","data":{"x":{}}}"#])
    }
}
