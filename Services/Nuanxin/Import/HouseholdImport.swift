import CommandLineKit
import Crypto
import Foundation
import Messages
import ServiceKit

/// A file of households that is being imported. Progress is a place in the file: it passes a household when all households
/// up to it are decided.
final class HouseholdImport: CommandSource {
    /// A household that was read and sent, or refused before that.
    private struct Entry {
        let bytes: [UInt8]
        var household: ReadHousehold?
        var receipt: Receipt?
        var faults: [TableFault] = []
        /// No household: empty lines at the end of the file.
        var isEmpty = false

        var isDecided: Bool { isEmpty || receipt != nil || !faults.isEmpty }
    }

    /// Lines of one household; its command may name 20 persons.
    private static let lineLimit = 100
    /// The largest number of households read beyond the progress.
    private static let entryLimit = 10_000
    private static let saving = Duration.seconds(1)

    private let path: String
    private let source: String
    private let reader: CSVReader
    private let table: HouseholdTable
    private let encoder = MessageEncoder()
    private let report: RejectedLines
    private let bar: ProgressBar
    private var hash: SHA256
    private var saved = ContinuousClock.now
    /// Households read beyond the progress; the first one has the number `first`.
    private var entries: [Entry] = []
    private var first = 0
    /// The line that ended the household before it.
    private var held: CSVRecord?
    private(set) var progress: ImportProgress
    private(set) var missing = 0
    /// Households of this run of which registry has ignored a field, because it is of another version than this tool, and the
    /// first of these fields.
    private var ignored: (households: Int, first: Receipt.IgnoredField)?
    let isComplete: Bool

    init(_ path: String, source: String, inboxDays: Int) throws {
        self.path = path
        self.source = "import/\(source)"
        let lines = try LineReader(
            path: path, as: "a CSV file of households whose first line names the columns")
        let size = lines.size
        reader = CSVReader(lines)
        guard let header = try reader.next() else {
            throw FileProblem("\(path) is empty")
        }
        table = try HouseholdTable(header: header, namespace: source)
        var progress = try ImportProgress.read(path) ?? ImportProgress(time: .now())
        var hash = try progress.hashBeginning(path)
        if progress.bytes == 0 || hash.map(ImportProgress.text) != progress.digest {
            var beginning = SHA256()
            let bytes = header.skipped + header.bytes
            beginning.update(data: bytes)
            hash = beginning
            progress = ImportProgress(time: progress.time)
            (progress.bytes, progress.lines) = (bytes.count, Self.lines(in: bytes))
        } else {
            try reader.goOn(at: progress.bytes, after: progress.lines)
        }
        // A message's time must be one that the services still accept.
        let age = Timestamp.now().microseconds - progress.time.microseconds
        if age > Int64(inboxDays - 1) * 86_400_000_000 { progress.time = .now() }
        isComplete = progress.bytes == size
        self.hash = hash ?? SHA256()
        self.progress = progress
        report = try RejectedLines(path, keeping: progress.reportBytes)
        bar = ProgressBar("import", total: size, unit: "households ")
    }

    // MARK: Sending

    func supply() throws -> CommandSupply {
        // A waiting household must not let the following ones pile up.
        guard entries.count < Self.entryLimit else { return .later }
        guard let lines = try nextHousehold() else {
            // Nothing but empty lines.
            if !reader.skipped.isEmpty {
                entries.append(Entry(bytes: reader.skipped, isEmpty: true))
                reader.forgetSkipped()
            }
            return .end
        }
        let number = first + entries.count
        var entry = Entry(bytes: lines.records.flatMap { $0.skipped + $0.bytes })
        defer { entries.append(entry) }
        do throws(TableFault) {
            entry.household = try table.read(lines)
        } catch {
            entry.faults = lines.faults.isEmpty ? [error] : lines.faults
            return .nothing
        }
        guard let household = entry.household else { return .nothing }
        let id = table.messageID(lines, progress.time)
        let type = RegisterHousehold.type
        let header = Header(id: id, source: source, type: type, time: progress.time)
        return .command(
            OutgoingCommand(
                line: number, id: id.wireText, type: type,
                body: try encoder.encode(header, household.command)))
    }

    /// The next lines with the same key.
    private func nextHousehold() throws -> HouseholdLines? {
        guard let record = try held ?? nextRecord() else { return nil }
        held = nil
        var lines = HouseholdLines(key: table.key(of: record) ?? "", records: [record])
        while let record = try nextRecord() {
            // A line too broken to have a key belongs to the household around it.
            let key = table.key(of: record) ?? lines.key
            guard key == lines.key, lines.records.count < Self.lineLimit else {
                held = record
                break
            }
            lines.records.append(record)
        }
        return lines
    }

    private func nextRecord() throws -> CSVRecord? { try reader.next().map(table.checked) }

    // MARK: Answers

    func answered(_ answer: AnsweredCommand) throws {
        entries[answer.line - first].receipt = answer.receipt
        if let field = answer.receipt.ignored?.first {
            ignored = ((ignored?.households ?? 0) + 1, ignored?.first ?? field)
        }
        if answer.line == first { try advance() }
    }

    func pulse() throws {
        try advance()
        bar.show(
            progress.bytes, items: progress.households,
            note: progress.rejected > 0 ? "\(progress.rejected) rejected" : "")
        guard ContinuousClock.now - saved > Self.saving else { return }
        try save()
    }

    /// Advances the progress to the first undecided household.
    private func advance() throws {
        let count = entries.firstIndex { !$0.isDecided } ?? entries.count
        for entry in entries.prefix(count) {
            hash.update(data: entry.bytes)
            progress.bytes += entry.bytes.count
            progress.lines += Self.lines(in: entry.bytes)
            for fault in faults(of: entry) { try report.add(fault) }
            if entry.isEmpty {
                continue
            } else if entry.receipt?.isRejection != false {
                progress.rejected += 1
            } else if entry.receipt?.status == .duplicate {
                progress.duplicate += 1
            } else {
                progress.accepted += 1
            }
        }
        entries.removeFirst(count)
        first += count
    }

    private func faults(of entry: Entry) -> [TableFault] {
        guard let receipt = entry.receipt, receipt.isRejection, let household = entry.household
        else { return entry.faults }
        let decision = receipt.decision
        let place = household.place(of: decision.pointer ?? "")
        return [
            TableFault(
                line: place.line, column: place.column?.rawValue ?? "", code: decision.code ?? "",
                reason: decision.expected ?? "")
        ]
    }

    private static func lines(in bytes: [UInt8]) -> Int {
        bytes.count { $0 == UInt8(ascii: "\n") }
    }

    private func save() throws {
        saved = .now
        progress.digest = ImportProgress.text(hash)
        progress.reportBytes = report.size
        try progress.write(path)
    }

    // MARK: The end

    func finish(_ publisher: CommandPublisher) throws {
        try advance()
        try save()
        bar.finish(items: progress.households)
        missing = publisher.inFlight
        if let trouble = publisher.trouble, missing > 0 {
            writeError("the broker: \(trouble)")
        }
    }

    var summary: String {
        let counts =
            "\(progress.accepted) accepted, \(progress.duplicate) duplicate, "
            + "\(progress.rejected) rejected, \(missing) without a receipt"
        let place = progress.rejected > 0 ? "; see \(RejectedLines.path(of: path))" : ""
        let before = isComplete ? "nothing new; before: " : ""
        let remark = ignored.map { "; of \($0.households), \($0.first.text)" } ?? ""
        return "\(before)\(progress.households + missing) households: \(counts)\(place)\(remark)"
    }
}
