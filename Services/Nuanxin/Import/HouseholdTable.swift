import CommandLineKit
import Crypto
import Foundation
import Messages

/// The columns of a file of households: a line for each person, with the lines of a household together.
enum HouseholdColumn: String, CaseIterable {
    /// The sender's key of the household, or its UUID.
    case household
    case territory
    case registeredOn = "registered_on"
    /// The sender's key of the person, or a UUID; without it the place in the household counts.
    case person
    case role
    case name
    case residentID = "resident_id"
    case phone
    /// `category@from`, `category@from..to`, separated by semicolons; `?` at the end: not verified; `person:` at
    /// the beginning: of this person and not of the household.
    case categories
    case evidence

    var isRequired: Bool {
        switch self {
        case .household, .territory, .registeredOn, .role, .name, .residentID: true
        case .person, .phone, .categories, .evidence: false
        }
    }
}

/// The fault of a line of a file.
struct TableFault: Error {
    let line: Int
    /// Empty if it is not one column.
    let column: String
    let code: String
    /// The right form.
    let reason: String
}

/// The lines of one household.
struct HouseholdLines {
    let key: String
    var records: [CSVRecord]

    var bytes: [UInt8] { records.flatMap(\.bytes) }
    var faults: [TableFault] {
        records.compactMap { record in
            record.fault.map {
                TableFault(line: record.line, column: "", code: "malformed_line", reason: $0)
            }
        }
    }
}

/// Turns lines into commands. The same lines give the same ids.
struct HouseholdTable {
    let places: [HouseholdColumn: Int]
    private let width: Int
    /// Tells files with the same keys apart.
    private let namespace: String

    /// - Parameter header: the first record.
    init(header: CSVRecord, namespace: String) throws {
        self.namespace = namespace
        var places: [HouseholdColumn: Int] = [:]
        for (place, name) in header.fields.enumerated() {
            let name = name.trimmingCharacters(in: .whitespaces).lowercased()
            guard let column = HouseholdColumn(rawValue: name) else {
                let names = HouseholdColumn.allCases.map(\.rawValue).joined(separator: ", ")
                throw FileProblem(
                    "line 1: \"\(name)\" is no column; columns are \(names)")
            }
            guard places.updateValue(place, forKey: column) == nil else {
                throw FileProblem("line 1: \(name) stands there twice")
            }
        }
        for column in HouseholdColumn.allCases where column.isRequired && places[column] == nil {
            throw FileProblem("line 1: \(column.rawValue) is missing")
        }
        self.places = places
        width = header.fields.count
    }

    /// The household's key, if the line is whole so far.
    func key(of record: CSVRecord) -> String? {
        let key = text(.household, record)
        return key.isEmpty ? nil : key
    }

    func text(_ column: HouseholdColumn, _ record: CSVRecord) -> String {
        guard let place = places[column], record.fields.indices.contains(place) else { return "" }
        return record.fields[place].trimmed
    }

    /// Whether a line has as many fields as the first one.
    func checked(_ record: CSVRecord) -> CSVRecord {
        var record = record
        if record.fault == nil, record.fields.count != width {
            record.fault = "\(width) fields, as the first line has; found \(record.fields.count)"
        } else if record.fault == nil, key(of: record) == nil {
            record.fault = "the key of a household"
        }
        return record
    }

    /// A UUID as it is; for a key, a UUID that follows from it (version 8).
    func id(_ kind: String, _ key: String) -> UUID {
        UUID(wireText: key) ?? Self.derived([namespace, kind, key])
    }

    /// The id of the message. It depends on the lines and the time, so that a corrected line is no conflict.
    func messageID(_ lines: HouseholdLines, _ time: Timestamp) -> UUID {
        Self.derived([namespace, "message", time.description, lines.key], lines.bytes)
    }

    private static func derived(_ parts: [String], _ rest: [UInt8] = []) -> UUID {
        var hash = SHA256()
        hash.update(data: Array("nuanxin.import".utf8))
        for part in parts {
            // The count keeps ("a", "bc") and ("ab", "c") apart.
            hash.update(data: Array("\n\(part.utf8.count) \(part)".utf8))
        }
        hash.update(data: rest)
        var bytes = Array(hash.finalize().prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}

extension String {
    /// Without blanks around it. Foundation's makes an NSString of each field, which took a third of an import's time here.
    fileprivate var trimmed: String {
        func isText(_ character: Character) -> Bool {
            !character.isWhitespace || character.isNewline
        }
        guard let start = firstIndex(where: isText), let end = lastIndex(where: isText) else {
            return ""
        }
        return String(self[start...end])
    }
}
