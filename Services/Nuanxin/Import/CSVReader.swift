import CommandLineKit
import Foundation

/// A record of a CSV file.
struct CSVRecord {
    /// Where it begins, from 1.
    let line: Int
    /// The text as it stands, line ends included.
    let bytes: [UInt8]
    /// Empty lines before it.
    var skipped: [UInt8] = []
    var fields: [String] = []
    /// The fault of the record; `fields` then ends before it.
    var fault: String?
}

/// Reads CSV (RFC 4180) record by record, in constant memory.
final class CSVReader {
    /// Bytes and lines of one record; a quote that is never closed must not swallow the file.
    static let recordLimit = 1 << 16
    private static let lineLimit = 20

    private let lines: LineReader
    /// Lines read ahead in search of a closing quote.
    private var pending: [[UInt8]] = []
    private var line = 0
    /// Empty lines since the last record: at the end, those that end the file.
    private(set) var skipped: [UInt8] = []

    init(_ lines: LineReader) { self.lines = lines }

    /// Continues after so many bytes and lines of the file.
    func goOn(at offset: Int, after line: Int) throws {
        try lines.seek(to: offset)
        pending = []
        skipped = []
        self.line = line
    }

    func forgetSkipped() { skipped = [] }

    /// The next record that is not empty, nil at the end.
    func next() throws -> CSVRecord? {
        while let first = try nextLine() {
            if first.allSatisfy({ $0 <= 0x20 }) {
                skipped += first
                continue
            }
            var record = CSVRecord(line: line, bytes: try whole(first))
            record.skipped = skipped
            skipped = []
            return Self.parse(record)
        }
        return nil
    }

    /// A line with those that follow it inside quotes; the line alone if the quotes are not closed.
    private func whole(_ first: [UInt8]) throws -> [UInt8] {
        guard Self.isInsideQuotes(first) else { return first }
        var bytes = first
        var more: [[UInt8]] = []
        while more.count < Self.lineLimit, bytes.count <= Self.recordLimit,
            let next = try nextLine()
        {
            more.append(next)
            bytes += next
            if Self.isInsideQuotes(next) { return bytes }
        }
        pending = more + pending
        line -= more.count
        return first
    }

    /// With its line end, except that the last one may have none.
    private func nextLine() throws -> [UInt8]? {
        if !pending.isEmpty {
            line += 1
            return pending.removeFirst()
        }
        let before = lines.bytesRead
        switch try lines.next() {
        case .line(var bytes):
            line += 1
            if lines.bytesRead - before > bytes.count { bytes.append(UInt8(ascii: "\n")) }
            return bytes
        case .tooLong:
            throw FileProblem(
                "line \(line + 1) is longer than \(LineReader.limit) bytes")
        case .later, .end:
            return nil
        }
    }

    /// Whether a text has an odd number of quotes.
    private static func isInsideQuotes(_ bytes: [UInt8]) -> Bool {
        bytes.reduce(false) { $1 == UInt8(ascii: "\"") ? !$0 : $0 }
    }

    private static func parse(_ record: CSVRecord) -> CSVRecord {
        var record = record
        guard record.bytes.count <= recordLimit else {
            record.fault = "at most \(recordLimit) bytes"
            return record
        }
        var bytes = record.bytes[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        // The mark that spreadsheets write at the beginning of a file.
        if record.line == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        while true {
            guard let field = takeField(&bytes) else {
                record.fault = "quotes around a field, closed in the end, with those inside doubled"
                return record
            }
            guard let text = String(validating: field, as: UTF8.self) else {
                record.fault = "UTF-8"
                return record
            }
            record.fields.append(text)
            guard bytes.popFirst() != nil else { return record }
        }
    }

    /// Takes a field up to the comma after it or the end; nil if its quotes are wrong.
    private static func takeField(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
        guard bytes.first == quote else {
            let end = bytes.firstIndex(of: comma) ?? bytes.endIndex
            defer { bytes = bytes[end...] }
            return bytes[..<end].contains(quote) ? nil : Array(bytes[..<end])
        }
        bytes.removeFirst()
        var field: [UInt8] = []
        while let byte = bytes.popFirst() {
            if byte != quote {
                field.append(byte)
            } else if bytes.first == quote {
                field.append(quote)
                bytes.removeFirst()
            } else {
                return bytes.isEmpty || bytes.first == comma ? field : nil
            }
        }
        return nil
    }
}
