import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check documents offline, by the services' own rules.",
        discussion: """
            Each line is a CloudEvents document. Faults are reported in the services' own words. A field that \
            its type does not have is no fault, but it is named, because a service ignores it. Only a service can \
            check what depends on the clock, on the publisher or on stored records.

            Status 4 if a document is invalid.
            """)

    @Argument(help: "A file, or - for standard input.")
    var file: String
    @Flag(help: "The documents are facts that you received, not commands to send.")
    var facts = false
    @Flag(help: "Print one JSON object for each document.")
    var json = false

    func run() throws {
        let lines = try orExit { try LineReader(path: file) }
        let check = DocumentCheck(areFacts: facts)
        var (number, wrong, unread, isAtEnd) = (0, 0, 0, false)
        while !isAtEnd {
            switch try orExit({ try lines.next() }) {
            case .end: isAtEnd = true
            case .later: usleep(Self.pause)
            case .tooLong:
                (number, wrong) = (number + 1, wrong + 1)
                report(.tooLarge(LineReader.limit), number)
            case .line(let body):
                number += 1
                if body.allSatisfy(Self.isSpace) { continue }
                let (error, ignored) = check.findings(in: body)
                if error != nil { wrong += 1 }
                if !ignored.isEmpty { unread += 1 }
                report(error, number, ignored)
            }
        }
        fflush(nil)
        let remark = unread > 0 ? ", \(unread) with fields that are ignored" : ""
        writeError("\(number) lines: \(wrong) wrong\(remark)")
        if wrong > 0 { throw ExitCode(4) }
    }

    /// Microseconds before a pipe that has nothing is asked again.
    private static let pause: UInt32 = 20_000

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private func report(
        _ error: Refusal?, _ line: Int, _ ignored: [Receipt.IgnoredField] = []
    ) {
        guard json else {
            if let error { say("line \(line): \(error)") }
            for field in ignored { say("line \(line): \(field.text)") }
            return
        }
        var result: JSONValue = ["line": JSONValue(line), "valid": .flag(error == nil)]
        if let error {
            result["id"] = error.id.map { .text($0.wireText) }
            result["code"] = .text(error.code)
            result["pointer"] = .text(error.pointer)
            result["found"] = .text(error.found)
            result["expected"] = .text(error.expected)
        }
        if !ignored.isEmpty { result["ignored"] = .list(ignored.map(\.json)) }
        say(result.compact)
    }
}

/// Checks a document as a service does before it looks at stored records.
struct DocumentCheck {
    /// Bytes; as the services take.
    static let limit = 1 << 20

    private let catalogue: Catalogue

    init(areFacts: Bool) {
        catalogue = areFacts ? Catalogue(Catalogue.facts) : Catalogue(Catalogue.commands)
    }

    func error(in body: [UInt8]) -> Refusal? { findings(in: body).error }

    /// What is wrong with a document, and the fields of a command that its type does not have.
    func findings(in body: [UInt8]) -> (error: Refusal?, ignored: [Receipt.IgnoredField]) {
        guard body.count <= Self.limit else { return (.tooLarge(body.count), []) }
        do throws(Refusal) {
            return (nil, try catalogue.decode(body).ignored)
        } catch {
            return (error, catalogue.ignored(in: body))
        }
    }
}

extension Refusal {
    fileprivate static func tooLarge(_ count: Int) -> Refusal {
        Refusal(
            .tooLarge, pointer: "", found: "\(count) bytes",
            expected: "a body of at most \(DocumentCheck.limit) bytes")
    }
}
